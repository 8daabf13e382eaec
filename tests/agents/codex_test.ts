/** Codex as it is: one turn, a loop with its shell, a patch with its own tool, a compaction. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { checkResponsesStream } from "../formats/openai_responses/stream_checker.ts";
import type { OpenWay } from "../support/messages_ways.ts";
import type { StandIn } from "../support/providers/stand_in.ts";
import { COMMAND_OUTPUT, PATCHED_FILE, PATCHED_TEXT } from "../support/providers/agent_tools.ts";
import type { PassedRequest } from "../support/recording_proxy.ts";
import { RESPONSES_WAYS, type ResponsesWay } from "../support/responses_ways.ts";
import { assertUntouched } from "../support/untouched.ts";
import { type Agent, type AgentAnswer, makeHome, runAgent, type Turn } from "./agent.ts";
import { codex, codexWith } from "./codex.ts";

interface Asked extends AgentAnswer {
  readonly passed: readonly PassedRequest[];
}

/** Runs a prompt and holds against it all that must be so whatever the prompt. */
async function ask(
  way: ResponsesWay,
  open: OpenWay<StandIn>,
  turn: Omit<Turn, "model">,
  agent: Agent = codex,
): Promise<Asked> {
  const from = open.proxy.passed.length;
  const arrivedBefore = open.standIn?.requests.length ?? 0;
  const answer = await runAgent(agent, open, { model: open.model, ...turn });
  const passed = open.proxy.passed.slice(from).filter(({ path }) => path === "/v1/responses");
  assertEquals(
    passed.map(({ method, status }) => [method, status]),
    passed.map(() => ["POST", 200]),
  );
  if (way.isUntouched) {
    const arrived = open.standIn?.requests.slice(arrivedBefore) ?? [];
    assertUntouched(passed, arrived.filter(({ path }) => path === "/v1/responses"));
  }
  for (const { answer: stream } of passed) assertEquals(checkResponsesStream(await stream), []);
  return { ...answer, passed };
}

function bodyOf(request: PassedRequest | undefined): string {
  return new TextDecoder().decode(request?.body);
}

async function catalogOf({ origin, key }: OpenWay<StandIn>): Promise<string> {
  const response = await fetch(`${origin}/v1/models?client_version=0.171.0`, {
    headers: { authorization: `Bearer ${key}` },
  });
  return await response.text();
}

for (const way of RESPONSES_WAYS) {
  Deno.test(`Codex at ${way.name}`, async (test) => {
    await using open = await way.open();
    await test.step("one turn", async () => {
      const { text, passed } = await ask(way, open, { prompt: "Say something." });
      assert(text.length > 0);
      // A second one would be the repetition of a stream that could not be read.
      assertEquals(passed.length, 1);
    });
    await test.step("a loop with its shell", async () => {
      const { text, passed } = await ask(way, open, { prompt: way.toolPrompt });
      assertEquals(passed.length, 2);
      assertStringIncludes(bodyOf(passed[1]), COMMAND_OUTPUT);
      if (open.standIn !== undefined) assertStringIncludes(text, COMMAND_OUTPUT);
    });
    await test.step("a patch with its own tool, which it has for models that it is told of", async () => {
      const agent = codexWith(await catalogOf(open));
      let patched = "";
      const { passed } = await ask(way, open, { prompt: way.patchPrompt }, {
        ...agent,
        answerOf: async (finished) => {
          patched = await Deno.readTextFile(`${finished.home}/${PATCHED_FILE}`);
          return await agent.answerOf(finished);
        },
      });
      assertEquals(passed.length, 2);
      assertStringIncludes(bodyOf(passed[0]), '"apply_patch"');
      assertStringIncludes(bodyOf(passed[1]), '"custom_tool_call_output"');
      assertEquals(patched, PATCHED_TEXT);
    });
    await test.step("a loop over a WebSocket", async () => {
      const { key, model } = open;
      const weir = open.weir?.fromNow();
      if (weir === undefined) throw new Error("There is no Weir");
      const agent = codexWith(undefined, { usesWebSocket: true });
      const turn = { prompt: way.toolPrompt, model };
      const { text } = await runAgent(agent, { origin: weir.url, key }, turn);
      if (open.standIn !== undefined) assertStringIncludes(text, COMMAND_OUTPUT);
      // The log is written in batches, and Codex may have ended before its last lines are.
      const [, id] = await weir.printed(/"message":"websocket".*"request_id":"([^"]+)"/);
      await weir.printed(new RegExp(`(?:"message":"call".*"request_id":"${id}-[^]*){2}`));
      const lines = weir.output().split("\n");
      // What was written before it is of the step before.
      const opened = lines.findIndex((line) => line.includes('"status":101'));
      const calls = lines.slice(opened).filter((line) => line.includes('"message":"call"'));
      assertEquals(calls.map((line) => JSON.parse(line).outcome), ["complete", "complete"]);
      assertEquals(lines.filter((line) => line.includes('"message":"websocket"')).length, 1);
    });
    await test.step("a compaction", async () => {
      // What the first turn has counted is more than there may be.
      const agent = codexWith(undefined, {
        settings: "model_auto_compact_token_limit = 10",
      });
      const home = await makeHome();
      await ask(way, open, { prompt: "Say something.", home }, agent);
      const next = { prompt: "Say something else.", home, isResumed: true };
      const { text, passed } = await ask(way, open, next, agent);
      await Deno.remove(home, { recursive: true });
      assert(text.length > 0);
      assertEquals(passed.length, 2, passed.map(bodyOf).join("\n\n"));
      assertStringIncludes(bodyOf(passed[0]), "CONTEXT CHECKPOINT COMPACTION");
      assertStringIncludes(bodyOf(passed[1]), next.prompt);
    });
  });
}
