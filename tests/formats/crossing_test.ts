/** Streams of one format for a client of another: what they say is the same, and in the client's order. */

import { assertEquals } from "@std/assert";
import type { ChatEvent, Part } from "../../src/core/chat/chat.ts";
import { anthropicMessages } from "../../src/formats/anthropic_messages/mod.ts";
import type { StreamEnding } from "../../src/core/format.ts";
import { GatewayError } from "../../src/core/gateway_error.ts";
import { openaiResponses } from "../../src/formats/openai_responses/mod.ts";
import { checkResponsesStream } from "./openai_responses/stream_checker.ts";
import { collectAnswer } from "../../src/formats/collect_answer.ts";
import { openaiChat } from "../../src/formats/openai_chat/mod.ts";
import { checkMessagesStream } from "./anthropic_messages/stream_checker.ts";
import { framesOf } from "./anthropic_messages/stream/stream_cases.ts";
import { answerOf, callsOf, textOf } from "./expected_answer.ts";
import {
  concat,
  cutsOf,
  decodeAll,
  decoderOf,
  ENCODE_OPTIONS,
  loadGoldenCases,
} from "./stream_cases.ts";

const CUTS = { seed: 13, maxTwoWay: 40, random: 10 };
const STREAM = { choices: 1, maxEventBytes: 1_048_576 };

const COMPLETE: StreamEnding = { kind: "complete" };
const CUT: StreamEnding = {
  kind: "failed",
  error: new GatewayError("upstream_truncated", "The answer ended before it was whole"),
};

const cases = await loadGoldenCases(new URL("../golden/", import.meta.url));

/** A stream of a client's format, from events as they came. */
function write(
  answer: typeof openaiChat.answer,
  pushes: readonly (readonly ChatEvent[])[],
  ending: StreamEnding = COMPLETE,
): Uint8Array<ArrayBuffer> {
  const request = { reasoning: { summary: "auto" } };
  const encoder = answer.streamEncoder({ ...ENCODE_OPTIONS, request });
  const parts = pushes.map((events) => encoder.encode(events));
  return concat([...parts, encoder.close(ending)]);
}

for (const streamCase of cases) {
  const { name, bytes, expected } = streamCase;
  if (expected.ending !== "complete" || expected.asked !== undefined) continue;
  Deno.test(`golden ${name}: a Messages client reads the same, in order, however it is cut`, () => {
    for (const pieces of cutsOf(bytes, CUTS)) {
      const decoder = decoderOf(streamCase);
      const pushes = [...pieces.map((piece) => decoder.push(piece)), decoder.flush()];
      const stream = write(anthropicMessages.answer, pushes);
      assertEquals(checkMessagesStream(stream), []);
      const again = decodeAll(anthropicMessages.streamDecoder(STREAM), [stream]);
      const [told] = collectAnswer(again).choices;
      const [said] = expected.choices;
      if (told === undefined || said === undefined) continue;
      assertEquals(textOf(told, "reasoning"), said.reasoning ?? "");
      // A refusal is a text there.
      assertEquals(textOf(told, "text"), (said.text ?? "") + (said.refusal ?? ""));
      assertEquals(
        callsOf(told).map(({ name, input }) => [name, input]),
        (said.toolCalls ?? []).map(({ name, input }) => [name, input || "{}"]),
      );
    }
  });
}

for (const streamCase of cases) {
  const { name, bytes, expected } = streamCase;
  if (expected.asked !== undefined) continue;
  Deno.test(`golden ${name}: a Responses client reads the same, in order, however it is cut`, () => {
    for (const pieces of cutsOf(bytes, CUTS)) {
      const decoder = decoderOf(streamCase);
      const pushes = [...pieces.map((piece) => decoder.push(piece)), decoder.flush()];
      const isWhole = expected.ending === "complete";
      const stream = write(openaiResponses.answer, pushes, isWhole ? COMPLETE : CUT);
      assertEquals(checkResponsesStream(stream).filter(isOurs), []);
      const again = decodeAll(openaiResponses.streamDecoder(STREAM), [stream]);
      const [told] = collectAnswer(again).choices;
      const [said] = expected.choices;
      if (told === undefined || said === undefined || !isWhole) continue;
      assertEquals(textOf(told, "text"), said.text ?? "");
      assertEquals(textOf(told, "refusal"), said.refusal ?? "");
      assertEquals(textOf(told, "reasoning"), said.reasoning ?? "");
      assertEquals(
        callsOf(told).map(({ kind, name, input }) => [kind, name, input]),
        (said.toolCalls ?? []).map(({ kind, name, input }) => [
          kind,
          name,
          kind === "function" && input === "" ? "{}" : input,
        ]),
      );
    }
  });
}

/** What the arguments of a call are is the model's to say. */
function isOurs(problem: string): boolean {
  return !problem.includes("its arguments are no object");
}

const MESSAGE = framesOf(
  { type: "message_start", message: { id: "msg_1", model: "claude", usage: { input_tokens: 3 } } },
  { type: "content_block_start", index: 0, content_block: { type: "thinking", thinking: "" } },
  { type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "H" } },
  { type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "m" } },
  { type: "content_block_delta", index: 0, delta: { type: "signature_delta", signature: "c2ln" } },
  { type: "content_block_stop", index: 0 },
  {
    type: "content_block_start",
    index: 1,
    content_block: { type: "redacted_thinking", data: "eA" },
  },
  { type: "content_block_stop", index: 1 },
  { type: "content_block_start", index: 2, content_block: { type: "text", text: "" } },
  { type: "content_block_delta", index: 2, delta: { type: "text_delta", text: "Two" } },
  { type: "content_block_delta", index: 2, delta: { type: "text_delta", text: " calls." } },
  { type: "content_block_stop", index: 2 },
  {
    type: "content_block_start",
    index: 3,
    content_block: { type: "tool_use", id: "a", name: "f", input: {} },
  },
  { type: "content_block_delta", index: 3, delta: { type: "input_json_delta", partial_json: "{" } },
  { type: "content_block_delta", index: 3, delta: { type: "input_json_delta", partial_json: "}" } },
  { type: "content_block_stop", index: 3 },
  {
    type: "content_block_start",
    index: 4,
    content_block: { type: "tool_use", id: "b", name: "g", input: {} },
  },
  { type: "content_block_stop", index: 4 },
  {
    type: "message_delta",
    delta: { stop_reason: "tool_use" },
    usage: { output_tokens: 5, cache_creation_input_tokens: 2, cache_read_input_tokens: 1 },
  },
  { type: "message_stop" },
);

/** What a chat client can send back: signed reasoning, redacted reasoning, text and calls, in order. */
const PARTS: readonly Part[] = [
  { type: "reasoning", text: "Hm", seal: { value: "c2ln", issuer: "anthropic_messages" } },
  { type: "sealed", seal: { value: "eA", issuer: "anthropic_messages" } },
  { type: "text", text: "Two calls." },
  { type: "tool_call", callId: "a", kind: "function", name: "f", input: "{}" },
  { type: "tool_call", callId: "b", kind: "function", name: "g", input: "{}" },
];

Deno.test("a message reads the same to a chat client, streamed in any cut and whole", () => {
  for (const pieces of cutsOf(MESSAGE, CUTS)) {
    const decoder = anthropicMessages.streamDecoder(STREAM);
    const pushes = [...pieces.map((piece) => decoder.push(piece)), decoder.flush()];
    const stream = write(openaiChat.answer, pushes);
    const again = decodeAll(openaiChat.streamDecoder(STREAM), [stream]);
    assertEquals(collectAnswer(again).choices[0]?.parts, PARTS);
    const { choices, usage } = answerOf(again);
    assertEquals(choices[0]?.finish, { reason: "tool_calls", raw: "tool_calls" });
    assertEquals(usage, {
      prompt_tokens: 6,
      completion_tokens: 5,
      total_tokens: 11,
      prompt_tokens_details: { cached_tokens: 1, cache_write_tokens: 2 },
    });
    const whole = openaiChat.answer.encodeWhole(pushes.flat(), ENCODE_OPTIONS);
    const wholeAgain = openaiChat.decodeWhole(whole);
    assertEquals(collectAnswer(wholeAgain).choices[0]?.parts, PARTS);
  }
});

Deno.test("a chat client's next request gives Anthropic back what it signed, in its place (T64)", () => {
  const events = anthropicMessages.streamDecoder(STREAM).push(MESSAGE);
  const { choices } = openaiChat.answer.encodeWhole(events, ENCODE_OPTIONS);
  const [choice] = choices as unknown as readonly { readonly message: Record<string, string> }[];
  const request = openaiChat.request.decode({
    model: "claude-sonnet-4-5",
    messages: [
      { role: "user", content: "Hi" },
      choice!.message,
      { role: "tool", tool_call_id: "a", content: "1" },
      { role: "tool", tool_call_id: "b", content: "2" },
    ],
  });
  const { body, warnings } = anthropicMessages.encodeRequest(request);
  assertEquals(warnings, []);
  assertEquals(body["messages"], [
    { role: "user", content: [{ type: "text", text: "Hi" }] },
    {
      role: "assistant",
      content: [
        { type: "thinking", thinking: "Hm", signature: "c2ln" },
        { type: "redacted_thinking", data: "eA" },
        { type: "text", text: "Two calls." },
        { type: "tool_use", id: "a", name: "f", input: {} },
        { type: "tool_use", id: "b", name: "g", input: {} },
      ],
    },
    {
      role: "user",
      content: [
        { type: "tool_result", tool_use_id: "a", content: [{ type: "text", text: "1" }] },
        { type: "tool_result", tool_use_id: "b", content: [{ type: "text", text: "2" }] },
      ],
    },
  ]);
});
