/** Reasoning that several providers have sealed, in one conversation: each gets its own back, and nobody's else. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { JsonObject } from "../../../src/core/text/json.ts";
import { type Program, startProgram } from "../../support/program.ts";
import {
  ANTHROPIC_KEY,
  ANTHROPIC_THINKING,
  startAnthropic,
} from "../../support/providers/anthropic.ts";
import { SIGNATURE } from "../../support/providers/anthropic_rules.ts";
import { RESPONSES_KEY } from "../../support/providers/responses.ts";
import { serveStandIn, type StandIn } from "../../support/providers/stand_in.ts";
import { ask } from "../../support/responses.ts";

const SEALED = "gAAAAABsealed-by-the-provider-of-responses";
const ENVELOPE = "weir1.";

/** Seals its reasoning, and refuses what it has not sealed. */
function startSealing(): StandIn {
  return serveStandIn(({ json }) => {
    const items = Array.isArray(json.input) ? json.input as readonly JsonObject[] : [];
    const sealed = items.map(({ encrypted_content: content }) => content).filter(Boolean);
    if (sealed.some((content) => content !== SEALED)) {
      const message = "The encrypted content could not be verified.";
      const error = { message, type: "invalid_request_error", param: null };
      return Response.json({ error: { ...error, code: "invalid_encrypted_content" } }, {
        status: 400,
      });
    }
    const part = { type: "output_text", annotations: [], logprobs: [], text: "sealed" };
    return Response.json({
      id: `resp_${"0".repeat(48)}`,
      object: "response",
      created_at: 1,
      status: "completed",
      model: json.model ?? null,
      output: [
        { id: "rs_1", type: "reasoning", summary: [], encrypted_content: SEALED },
        {
          id: "msg_1",
          type: "message",
          status: "completed",
          role: "assistant",
          content: [part],
        },
      ],
      usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 },
    });
  });
}

/** Thinks aloud, and takes its thoughts back. */
function startThinking(): StandIn {
  return serveStandIn(({ json: { model } }) => {
    const message = { role: "assistant", content: "thought", reasoning_content: "Hm." };
    return Response.json({
      id: "chatcmpl-1",
      object: "chat.completion",
      created: 1,
      model,
      choices: [{ index: 0, message, finish_reason: "stop" }],
      usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
    });
  });
}

interface Turn {
  readonly output: readonly JsonObject[];
  readonly warning: string;
}

async function turn(weir: Program, model: string, input: readonly object[]): Promise<Turn> {
  const include = ["reasoning.encrypted_content"];
  const body = { model, input, store: false, include, reasoning: { effort: "high" } };
  const response = await ask(weir, "/responses", { body });
  const { output, error } = await response.json();
  assertEquals([response.status, error ?? null], [200, null]);
  return { output, warning: response.headers.get("x-weir-warning") ?? "" };
}

function user(content: string): object {
  return { type: "message", role: "user", content };
}

Deno.test("reasoning goes back to its issuer alone, through three providers in turn", async () => {
  await using claude = startAnthropic();
  await using chat = startThinking();
  await using sealing = startSealing();
  await using weir = await startProgram({
    env: {
      ANTHROPIC_API_KEY: ANTHROPIC_KEY,
      ANTHROPIC_BASE_URL: claude.origin,
      UPSTREAM_CHAT_BASE_URL: `${chat.origin}/v1`,
      OPENAI_API_KEY: RESPONSES_KEY,
      OPENAI_BASE_URL: `${sealing.origin}/v1`,
      MAX_RETRIES: "0",
    },
  });
  const sentTo = ({ requests }: StandIn): string => JSON.stringify(requests.at(-1)?.json);
  let conversation: readonly object[] = [user("One? [think]")];

  const first = await turn(weir, "anthropic/claude-stand-in-0", conversation);
  const [thought] = first.output;
  assertEquals(thought?.type, "reasoning");
  assert(String(thought?.encrypted_content).startsWith(ENVELOPE));
  conversation = [...conversation, ...first.output, user("Two? [think]")];

  const second = await turn(weir, "chat/thinking", conversation);
  assert(!sentTo(chat).includes(ENVELOPE) && !sentTo(chat).includes(SIGNATURE));
  assertStringIncludes(second.warning, "reasoning");
  conversation = [...conversation, ...second.output, user("Three?")];

  const third = await turn(weir, "openai/sealing", conversation);
  assertEquals(sealing.received("/v1/responses").length, 1);
  assert(!sentTo(sealing).includes(ENVELOPE) && !sentTo(sealing).includes(SIGNATURE));
  assertEquals(third.output[0]?.encrypted_content, SEALED);
  conversation = [...conversation, ...third.output, user("Four?")];

  const fourth = await turn(weir, "anthropic/claude-stand-in-0", conversation);
  assertStringIncludes(sentTo(claude), `${SIGNATURE}${ANTHROPIC_THINKING.length}`);
  assert(!sentTo(claude).includes(SEALED) && !sentTo(claude).includes(ENVELOPE));
  assertStringIncludes(fourth.warning, "openai_responses has signed is left out");
  conversation = [...conversation, ...fourth.output, user("Five?")];

  const fifth = await turn(weir, "openai/sealing", conversation);
  assertStringIncludes(sentTo(sealing), SEALED);
  assert(!sentTo(sealing).includes(ENVELOPE));
  assertEquals(fifth.output[1]?.type, "message");
  assertEquals(sealing.received("/v1/responses").length, 2);
});

Deno.test("what a provider cannot check is left out once, and said", async () => {
  await using sealing = startSealing();
  await using weir = await startProgram({
    env: {
      OPENAI_API_KEY: RESPONSES_KEY,
      OPENAI_BASE_URL: `${sealing.origin}/v1`,
      MAX_RETRIES: "0",
    },
  });
  const foreign = {
    type: "reasoning",
    id: "rs_0",
    summary: [],
    encrypted_content: "gAAAA-foreign",
  };
  const { output, warning } = await turn(weir, "openai/sealing", [
    user("One?"),
    foreign,
    user("Two?"),
  ]);
  assertEquals(output[1]?.type, "message");
  assertEquals(sealing.received("/v1/responses").length, 2);
  assert(!JSON.stringify(sealing.requests.at(-1)?.json).includes("gAAAA-foreign"));
  assertStringIncludes(warning, "Reasoning that the provider could not check is left out");
});
