/** Claude Code's loop with its Bash tool, at a model that has no tools and writes each call in another form. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { throughWeir } from "../support/messages_ways.ts";
import { RESULTS, startTextOnly } from "../support/providers/text_only.ts";
import { runAgent } from "./agent.ts";
import { claudeCode } from "./claude_code.ts";

const WRITTEN = { name: "Bash", argument: "command", value: "echo weir-$((42 * 42))" };

Deno.test("Claude Code calls its tool through a model that has none, in every form that it may write", async () => {
  const standIn = startTextOnly(WRITTEN);
  await using open = await throughWeir(
    "llama",
    { CHATJIMMY_BASE_URL: standIn.origin },
    standIn,
  );
  const greeted = await runAgent(claudeCode, open, { model: "llama", prompt: "Hello" });
  assertEquals(greeted.turns, 1, "A greeting calls nothing");
  const { text, turns } = await runAgent(claudeCode, open, {
    model: "llama",
    prompt: "Print the number. [calls]",
    tools: ["Bash"],
  });
  assertEquals(text, `I was given ${RESULTS} results.`);
  assertEquals(turns, RESULTS + 1, "It counts results");
  assertStringIncludes(JSON.stringify(standIn.requests.at(-1)?.json), "weir-1764");
});
