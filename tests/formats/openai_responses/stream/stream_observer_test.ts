/** Streams that pass: what leaves, what is known of them, and how they end. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import type { JsonObject } from "../../../../src/core/text/json.ts";
import { cutsOf } from "../../stream_cases.ts";
import { FAULTLESS } from "../faultless_stream.ts";
import { checkResponsesStream } from "../stream_checker.ts";
import {
  type Bytes,
  decodeAll,
  framesOf,
  observerOf,
  readFrames,
  relayAll,
} from "./stream_cases.ts";

const CUTS = { seed: 23, maxTwoWay: 60, random: 10 };
const STREAM = framesOf(...FAULTLESS);
const text = new TextDecoder();

function joined(pieces: readonly Bytes[], observer = observerOf()): string {
  const { body, last } = relayAll(observer, pieces);
  return body + last;
}

Deno.test("a stream passes as it came, however it is cut", () => {
  for (const pieces of cutsOf(STREAM, CUTS)) {
    const observer = observerOf();
    assertEquals(joined(pieces, observer), text.decode(STREAM));
    const { progress } = observer;
    assertEquals(progress.model, "m");
    assertEquals(progress.answerId, "resp_1");
    assertEquals(progress.finishReason, "completed");
    assertEquals(progress.usage?.totalTokens, 30);
    assertEquals(progress.isFinished && progress.hasEnded && progress.hasOutput, true);
  }
});

Deno.test("the name of the last event says how a response ended, where that does not itself", () => {
  const [end, ...before] = FAULTLESS.toReversed();
  for (const status of [null, "", "eos", 1]) {
    const response = { ...end!["response"] as JsonObject, status };
    const stream = framesOf(...before.toReversed(), { ...end!, response });
    const observer = observerOf();
    assertEquals(joined([stream], observer), text.decode(stream));
    assertEquals(observer.progress.finishReason, "completed");
    const finish = decodeAll([stream]).find(({ type }) => type === "finish");
    assertEquals(finish, { type: "finish", choice: 0, reason: "tool_calls", raw: "completed" });
  }
});

Deno.test("the last event is held back until the answer is known to be whole", () => {
  const { body, last } = relayAll(observerOf(), [STREAM]);
  assertEquals(readFrames(body).at(-1)!["type"], "response.output_item.done");
  assertEquals(readFrames(last).map(({ type }) => type), ["response.completed"]);
});

Deno.test("a stream that is cut anywhere ends with a failure in its provider's response (T79)", () => {
  const frames = text.decode(STREAM).split(/(?<=\n\n)/);
  for (let count = 3; count < frames.length; count++) {
    const cut = new TextEncoder().encode(frames.slice(0, count).join("") + "event: response.out");
    for (const pieces of [[cut], [cut.slice(0, 40), cut.slice(40)]]) {
      const stream = joined(pieces);
      assertEquals(checkResponsesStream(stream), [], `after ${count} events`);
      const last = readFrames(stream).at(-1)!;
      assertEquals(last["type"], "response.failed");
      assertEquals((last["response"] as JsonObject)["id"], "resp_1");
    }
  }
});

Deno.test("a failure of the provider passes as it came, and nothing behind it", () => {
  const [created, inProgress] = FAULTLESS;
  const failed = {
    type: "response.failed",
    sequence_number: 3,
    response: {
      ...created!["response"] as JsonObject,
      status: "failed",
      error: { code: "rate_limit_exceeded", message: "Try again in 1.5s" },
    },
  };
  const error = {
    type: "error",
    sequence_number: 2,
    error: { code: "rate_limit_exceeded", message: "Try again in 1.5s" },
  };
  const stream = framesOf(created!, inProgress!, error, failed);
  for (const pieces of cutsOf(stream, CUTS)) {
    const observer = observerOf();
    assertEquals(joined([...pieces, framesOf(failed)], observer), text.decode(stream));
    assertEquals(observer.progress.fault?.status, 429);
    assertEquals(observer.progress.fault?.mayBePaid, undefined);
  }
  // The provider has said no more than that there is an error.
  const short = joined([framesOf(created!, inProgress!, error)]);
  assertStringIncludes(short, `"type":"response.failed","sequence_number":3`);
  assertStringIncludes(short, `"code":"rate_limit_exceeded"`);
});

Deno.test("events that are no JSON are left out, and so is the end mark of chats", () => {
  const [first, ...rest] = FAULTLESS;
  const bad = new TextEncoder().encode("event: response.x\ndata: {oops\n\n");
  const done = new TextEncoder().encode("data: [DONE]\n\n");
  const observer = observerOf();
  assertEquals(
    joined([framesOf(first!), bad, framesOf(...rest), done], observer),
    text.decode(STREAM),
  );
  assertEquals(observer.progress.malformedEvents, 1);
});

Deno.test("a last event whose blank line is missing is written with it", () => {
  assertEquals(joined([STREAM.slice(0, -2)]), text.decode(STREAM));
});

Deno.test("a whole answer where a stream was due is streamed", () => {
  const response = FAULTLESS.at(-1)!["response"] as JsonObject;
  const body = new TextEncoder().encode(JSON.stringify(response));
  for (const pieces of [[body], [body.slice(0, 9), body.slice(9)]]) {
    const observer = observerOf();
    const stream = joined(pieces, observer);
    assertEquals(checkResponsesStream(stream), []);
    assertEquals(observer.progress.finishReason, "completed");
    const output = (readFrames(stream).at(-1)!["response"] as JsonObject)["output"];
    assertEquals(
      (output as readonly JsonObject[]).map(({ type }) => type),
      [
        "reasoning",
        "message",
        "function_call",
        "custom_tool_call",
        "tool_search_call",
      ].map((type) => type === "tool_search_call" ? "function_call" : type),
    );
  }
});

Deno.test("decoding says the same however a stream is cut", () => {
  const events = decodeAll([STREAM]);
  for (const pieces of cutsOf(STREAM, CUTS)) assertEquals(decodeAll(pieces), events);
});

Deno.test("a last event that is too long to be held passes, and is known for what it is", () => {
  const failed = {
    type: "response.failed",
    response: { id: "resp_1", status: "failed", error: { code: "x", message: "y".repeat(900) } },
  };
  const streams = [[STREAM, "completed", false], [framesOf(failed), undefined, true]] as const;
  for (const [stream, finish, hasFailed] of streams) {
    for (const pieces of cutsOf(stream, CUTS)) {
      const observer = observerOf(700);
      assertEquals(joined(pieces, observer), text.decode(stream));
      const { finishReason, fault, isFinished } = observer.progress;
      assertEquals([finishReason, fault !== undefined, isFinished], [
        finish,
        hasFailed,
        !hasFailed,
      ]);
    }
  }
});
