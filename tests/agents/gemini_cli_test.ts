/** gemini-cli as it is: one turn, and a loop with its shell. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { checkGeminiStream } from "../formats/gemini/stream_checker.ts";
import { answerOf, GEMINI_WAYS, type GeminiWay } from "../support/gemini_ways.ts";
import type { OpenWay } from "../support/messages_ways.ts";
import { COMMAND_OUTPUT } from "../support/providers/agent_tools.ts";
import type { StandIn } from "../support/providers/stand_in.ts";
import { assertUntouched } from "../support/untouched.ts";
import { runAgent } from "./agent.ts";
import { geminiCli } from "./gemini_cli.ts";

/** Runs a prompt and holds against it all that must be so whatever the prompt. */
async function ask(way: GeminiWay, open: OpenWay<StandIn>, prompt: string) {
  const from = open.proxy.passed.length;
  const arrivedBefore = open.standIn?.requests.length ?? 0;
  const answer = await runAgent(geminiCli, open, { model: open.model, prompt });
  const passed = open.proxy.passed.slice(from);
  assertEquals(
    passed.map(({ method, path, status }) => [method, path, status]),
    passed.map(() => [
      "POST",
      `/v1beta/models/${open.model}:streamGenerateContent?alt=sse`,
      200,
    ]),
  );
  const arrived = open.standIn?.requests.slice(arrivedBefore) ?? [];
  if (way.isUntouched) assertUntouched(passed, arrived);
  for (const request of passed) {
    const stream = await request.answer;
    assertEquals(checkGeminiStream(stream), []);
    const { standIn } = open;
    if (!way.isUntouched || standIn === undefined) continue;
    assertEquals(stream, await answerOf(standIn, request));
  }
  return { ...answer, passed };
}

for (const way of GEMINI_WAYS) {
  Deno.test(`gemini-cli at ${way.name}`, async (test) => {
    await using open = await way.open();
    await test.step("one turn", async () => {
      const { text, passed } = await ask(way, open, "Say something.");
      assert(text.length > 0);
      // A second one would be the repetition of a stream that could not be read.
      assertEquals(passed.length, 1);
    });
    await test.step("a loop with its shell", async () => {
      const { text, passed } = await ask(way, open, way.toolPrompt);
      assertEquals(passed.length, 2);
      const [, second] = passed;
      assertStringIncludes(new TextDecoder().decode(second?.body), COMMAND_OUTPUT);
      if (open.standIn !== undefined) assertStringIncludes(text, COMMAND_OUTPUT);
    });
  });
}
