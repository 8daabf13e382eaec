/** Answers of Converse, whole and streamed, however the stream is cut. */

import { assertEquals, assertThrows } from "@std/assert";
import type { ChatEvent } from "../../../src/core/chat/chat.ts";
import { GatewayError } from "../../../src/core/gateway_error.ts";
import type { JsonObject } from "../../../src/core/text/json.ts";
import { bedrockConverse } from "../../../src/formats/bedrock_converse/mod.ts";
import { encodeAwsMessage } from "../../../src/framing/aws_event_stream.ts";
import { collectAnswer } from "../../../src/formats/collect_answer.ts";
import { placesToCut } from "../../support/fuzzing.ts";
import { joined } from "../../framing/cuts.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();

function event(type: string, payload: JsonObject): Bytes {
  return encodeAwsMessage(
    { ":event-type": type, ":message-type": "event" },
    encoder.encode(JSON.stringify(payload)),
  );
}

function exception(type: string, payload: JsonObject): Bytes {
  return encodeAwsMessage(
    { ":exception-type": type, ":message-type": "exception" },
    encoder.encode(JSON.stringify(payload)),
  );
}

const delta = (contentBlockIndex: number, said: JsonObject) =>
  event("contentBlockDelta", { contentBlockIndex, delta: said });
const stop = (contentBlockIndex: number) => event("contentBlockStop", { contentBlockIndex });

const USAGE = {
  inputTokens: 10,
  outputTokens: 5,
  totalTokens: 18,
  cacheReadInputTokens: 2,
  cacheWriteInputTokens: 1,
};
const START = event("messageStart", { role: "assistant" });
const STREAM = [
  START,
  delta(0, { reasoningContent: { text: "Hm" } }),
  delta(0, { reasoningContent: { signature: "sig" } }),
  stop(0),
  delta(1, { text: "Hello " }),
  delta(1, { text: "wörld" }),
  stop(1),
  event("contentBlockStart", {
    contentBlockIndex: 2,
    start: { toolUse: { toolUseId: "t1", name: "get" } },
  }),
  delta(2, { toolUse: { input: '{"a":' } }),
  delta(2, { toolUse: { input: "1}" } }),
  stop(2),
  event("messageStop", { stopReason: "tool_use" }),
  event("metadata", { usage: USAGE, metrics: { latencyMs: 1 } }),
];
const WHOLE = {
  output: {
    message: {
      role: "assistant",
      content: [
        { reasoningContent: { reasoningText: { text: "Hm", signature: "sig" } } },
        { text: "Hello wörld" },
        { toolUse: { toolUseId: "t1", name: "get", input: { a: 1 } } },
      ],
    },
  },
  stopReason: "tool_use",
  usage: USAGE,
};

function decode(chunks: readonly Bytes[]): readonly ChatEvent[] {
  const decoder = bedrockConverse.streamDecoder({ choices: 1, maxEventBytes: 4_096 });
  return [...chunks.flatMap((chunk) => decoder.push(chunk)), ...decoder.flush()];
}

Deno.test("a stream says what the whole answer says", () => {
  const [streamed, whole] = [decode(STREAM), bedrockConverse.decodeWhole(WHOLE)]
    .map((events) => collectAnswer(events));
  assertEquals(streamed, whole);
  assertEquals(whole?.choices[0]?.finish?.reason, "tool_calls");
  const { inputTokens, outputTokens, totalTokens, cachedInputTokens } = whole?.usage ?? {};
  assertEquals([inputTokens, outputTokens, totalTokens, cachedInputTokens], [13, 5, 18, 2]);
});

Deno.test("it says the same however it is cut", () => {
  const stream = joined(STREAM);
  const whole = decode([stream]);
  const step = Math.ceil(stream.length / placesToCut(100));
  for (let cut = 0; cut <= stream.length; cut += step) {
    assertEquals(decode([stream.slice(0, cut), stream.slice(cut)]), whole);
  }
});

Deno.test("exceptions within a stream are faults with the status that they stand for", () => {
  const cases = {
    throttlingException: 429,
    modelStreamErrorException: 502,
    internalServerException: 500,
    serviceUnavailableException: 503,
    validationException: 400,
    modelTimeoutException: 504,
  };
  for (const [type, status] of Object.entries(cases)) {
    const events = decode([START, exception(type, { message: "It failed" }), ...STREAM]);
    assertEquals(events.at(-1), {
      type: "fault",
      fault: { message: "It failed", code: type, status },
    });
  }
  const error = encodeAwsMessage({
    ":message-type": "error",
    ":error-code": "InternalFailure",
    ":error-message": "It broke",
  }, new Uint8Array(0));
  assertEquals(decode([error]), [{
    type: "fault",
    fault: { message: "It broke", code: "InternalFailure" },
  }]);
});

Deno.test("a prompt that is too long is known as such", () => {
  const message = "Input is too long for requested model.";
  assertEquals(bedrockConverse.faultOf({ message })?.code, "context_length_exceeded");
});

Deno.test("a stream that breaks off has no end, and a broken frame is an error", () => {
  const types = decode(STREAM.slice(0, 6)).map(({ type }) => type);
  assertEquals(types.includes("finish"), false);
  const broken = joined(STREAM);
  broken[200]! ^= 1;
  assertThrows(() => decode([broken, new Uint8Array(0)]), GatewayError, "wrong checksum");
});

Deno.test("input of a call that never began is no answer", () => {
  const events = decode([START, delta(0, { toolUse: { input: "{}" } })]);
  assertEquals(events.at(-1)?.type, "fault");
});
