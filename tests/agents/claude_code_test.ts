/** Claude Code as it is: one turn, a loop with its Bash tool, its context, its list of models. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { checkMessagesStream } from "../formats/anthropic_messages/stream_checker.ts";
import { COMMAND_OUTPUT } from "../support/providers/agent_tools.ts";
import { type OpenWay, type Way, WAYS } from "../support/messages_ways.ts";
import type { PassedRequest } from "../support/recording_proxy.ts";
import { assertUntouched } from "../support/untouched.ts";
import { runAgent, type Turn } from "./agent.ts";
import { claudeCode } from "./claude_code.ts";

/** Runs a prompt and holds against it all that must be so whatever the prompt. */
async function ask(way: Way, open: OpenWay, turn: Omit<Turn, "model">) {
  const from = open.proxy.passed.length;
  const arrivedBefore = open.standIn?.requests.length ?? 0;
  const answer = await runAgent(claudeCode, open, { model: open.model, ...turn });
  const passed = open.proxy.passed.slice(from);
  const refused = passed.filter((request) => !isServed(way, request));
  assertEquals(refused.map(({ method, path, status }) => [method, path, status]), []);
  if (way.isUntouched) {
    assertUntouched(passed, open.standIn?.requests.slice(arrivedBefore) ?? []);
  }
  for (const { answerHeaders, answer } of passed) {
    if (!answerHeaders.get("content-type")?.startsWith("text/event-stream")) continue;
    assertEquals(checkMessagesStream(await answer), []);
  }
  return { ...answer, passed };
}

/** A provider that cannot count is no failure: the agent estimates, and asks once only for a 4xx. */
function isServed(way: Way, { path, status }: PassedRequest): boolean {
  const mayRefuse = !way.isUntouched && path.startsWith("/v1/messages/count_tokens");
  return status === 200 || (mayRefuse && status >= 400 && status < 500);
}

function messagesAmong(passed: readonly PassedRequest[]): readonly PassedRequest[] {
  return passed.filter(({ path }) => path.split("?")[0] === "/v1/messages");
}

for (const way of WAYS) {
  Deno.test(`Claude Code at ${way.name}`, async (test) => {
    await using open = await way.open();
    await test.step("one turn", async () => {
      const { text, passed, turns } = await ask(way, open, { prompt: "Say something." });
      assert(text.length > 0);
      assertEquals(turns, 1);
      // A second one would be the repetition of a stream that could not be read.
      assertEquals(messagesAmong(passed).length, 1);
    });
    await test.step("a loop with its Bash tool", async () => {
      const { text, passed, turns } = await ask(way, open, {
        prompt: way.toolPrompt,
        tools: ["Bash"],
      });
      assertEquals(turns, 2);
      const [, second] = messagesAmong(passed);
      assertStringIncludes(new TextDecoder().decode(second?.body), COMMAND_OUTPUT);
      if (open.standIn !== undefined) assertStringIncludes(text, COMMAND_OUTPUT);
    });
    await test.step("the list of models is read", async () => {
      const list = open.proxy.passed.find(({ path }) => path === "/v1/models?limit=1000");
      const { data, has_more: hasMore } = JSON.parse(new TextDecoder().decode(await list?.answer));
      assertEquals([data[0].type, typeof data[0].display_name, hasMore], [
        "model",
        "string",
        false,
      ]);
    });
    await test.step("/context", async () => {
      const { text } = await ask(way, open, { prompt: "/context" });
      assertMatch(text, /## Context Usage[\s\S]*\| System tools \|/);
    });
  });
}
