/** The least bound of the output of a target (T110), in every format of a client. */

import { assertEquals, assertStrictEquals } from "@std/assert";
import type { Call } from "../../src/core/call.ts";
import type { RequestFormat } from "../../src/core/format.ts";
import type { Operation, Target } from "../../src/core/provider/provider.ts";
import type { JsonObject } from "../../src/core/text/json.ts";
import { ParsedBody } from "../../src/core/http/parsed_body.ts";
import { anthropicMessages } from "../../src/formats/anthropic_messages/mod.ts";
import { gemini } from "../../src/formats/gemini/mod.ts";
import { ollamaChat, ollamaGenerate } from "../../src/formats/ollama/mod.ts";
import { openaiChatFor } from "../../src/formats/openai_chat/mod.ts";
import { openaiCompletions } from "../../src/formats/openai_completions/mod.ts";
import { openaiResponses } from "../../src/formats/openai_responses/mod.ts";
import { raiseOutputBound } from "../../src/gateway/tries/sending/output_floor.ts";

const LEAST = 1_024;
const { request: chat } = openaiChatFor("common");

/** Where each format has its bound: how a body says one. */
const BOUNDS: readonly (readonly [RequestFormat, (bound: number) => JsonObject])[] = [
  [chat, (bound) => ({ max_tokens: bound })],
  [chat, (bound) => ({ max_completion_tokens: bound })],
  [openaiCompletions.request, (bound) => ({ max_tokens: bound })],
  [openaiResponses.request, (bound) => ({ max_output_tokens: bound })],
  [anthropicMessages.request, (bound) => ({ max_tokens: bound })],
  [ollamaChat.request, (bound) => ({ options: { num_predict: bound, seed: 7 } })],
  [ollamaGenerate.request, (bound) => ({ options: { num_predict: bound, seed: 7 } })],
  [gemini.request, (bound) => ({ generationConfig: { maxOutputTokens: bound, topK: 7 } })],
  [gemini.request, (bound) => ({ generation_config: { max_output_tokens: bound } })],
];

function raised(request: RequestFormat, body: JsonObject, operation: Operation = "chat") {
  return raiseOutputBound(callOf(request, body, operation), { minOutputTokens: LEAST } as Target);
}

/** Nothing else of a call or a target is read. */
function callOf(request: RequestFormat, json: JsonObject, operation: Operation): Call {
  return { body: new ParsedBody(json), operation, formats: { request } } as Call;
}

Deno.test("a bound below the target's least is raised to it in every format, and nothing else", () => {
  for (const [request, saying] of BOUNDS) {
    const { body, warnings } = raised(request, { other: 1, ...saying(99) });
    assertEquals(body, { other: 1, ...saying(LEAST) }, request.name);
    assertEquals(warnings.length, 1);
  }
});

Deno.test("other bounds stay as they are, and the body is the same", () => {
  for (const [request, saying] of BOUNDS) {
    for (const bound of [LEAST, LEAST + 1, 0, -1]) {
      const given = saying(bound);
      const { body, warnings } = raised(request, given);
      assertStrictEquals(body, given, `${request.name} ${bound}`);
      assertEquals(warnings, []);
    }
    const none: JsonObject = { options: "none", max_tokens: "99", generationConfig: null };
    assertStrictEquals(raised(request, none).body, none);
  }
});

Deno.test("nothing is raised without a least, nor of what has no output", () => {
  const given = { max_tokens: 99 };
  assertStrictEquals(raiseOutputBound(callOf(chat, given, "chat"), {} as Target).body, given);
  for (const operation of ["embeddings", "count_tokens", "compact"] as const) {
    assertStrictEquals(raised(chat, given, operation).body, given);
  }
});
