/** Messages streams that pass unchanged. */

import { assert, assertEquals } from "@std/assert";
import { anthropicMessages } from "../../../../src/formats/anthropic_messages/mod.ts";
import { isPlainDelta } from "../../../../src/formats/anthropic_messages/stream/plain_delta.ts";
import { type Bytes, ENCODE_OPTIONS, framesOf, observerOf, relayAll } from "./stream_cases.ts";

const START = { type: "message_start", message: { model: "m", usage: { input_tokens: 1 } } };
const BLOCK = {
  type: "content_block_start",
  index: 0,
  content_block: { type: "text", text: "" },
};

const encoder = new TextEncoder();
const utf8 = new TextDecoder();

function bytesOf(text: string): Bytes {
  return encoder.encode(text);
}

function delta(
  text: string,
): { type: string; index: number; delta: { type: string; text: string } } {
  return { type: "content_block_delta", index: 0, delta: { type: "text_delta", text } };
}

Deno.test("the observer knows when output begins, and not before", () => {
  const observer = observerOf();
  for (const event of [START, { type: "ping" }, BLOCK, delta("")]) observer.push(framesOf(event));
  assertEquals(observer.progress.hasOutput, false);
  assertEquals(observer.progress.model, "m");
  observer.push(framesOf(delta("a")));
  assertEquals(observer.progress.hasOutput, true);
});

const FIRST_OUTPUT = [
  { type: "content_block_start", content_block: { type: "tool_use", id: "a", name: "b" } },
  { type: "content_block_start", content_block: { type: "redacted_thinking", data: "x" } },
  { type: "content_block_start", content_block: { type: "server_tool_use", name: "x" } },
  { type: "content_block_delta", delta: { type: "thinking_delta", thinking: "x" } },
];

for (const event of FIRST_OUTPUT) {
  Deno.test(`the observer takes ${JSON.stringify(event)} for output`, () => {
    const observer = observerOf();
    observer.push(framesOf(START, event));
    assertEquals(observer.progress.hasOutput, true);
  });
}

Deno.test("the observer masks what an error must not tell, and passes on any other", () => {
  const observer = anthropicMessages.answer.streamObserver({
    choices: 1,
    maxEventBytes: 10_000,
    dropUsageEvent: true,
    dropNullUsage: false,
    redact: (text) => text.replaceAll("secret", "***"),
    encode: ENCODE_OPTIONS,
  });
  const error = { type: "error", error: { type: "api_error", message: "secret host" } };
  const { body, last, progress } = relayAll(observer, [framesOf(START, BLOCK, delta("a"), error)]);
  assertEquals(body.includes("event: error"), false);
  assert(last.startsWith("event: error\n"));
  assertEquals(progress.fault?.status, 500);
});

Deno.test("the observer writes an error anew that clients would not see", () => {
  const unnamed = bytesOf(`data: {"type":"error","error":{"type":"api_error","message":"x"}}\n\n`);
  const { body, last } = relayAll(observerOf(), [framesOf(START), unnamed]);
  assertEquals(body.includes("error"), false);
  assert(last.startsWith("event: error\n"), last);
});

Deno.test("the observer passes a delta with the name of another event on, and reads it", () => {
  const observer = observerOf();
  observer.push(framesOf(START, BLOCK, delta("a")));
  const odd = bytesOf(
    `event: content_block_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn"}}\n\n`,
  );
  assertEquals(utf8.decode(observer.push(odd)), utf8.decode(odd));
  assertEquals(observer.progress.isFinished, true);
});

Deno.test("the observer sees an error in the lines of a delta", () => {
  const observer = observerOf();
  observer.push(framesOf(START, BLOCK, delta("a")));
  const plain = `event: content_block_delta\ndata: {"type":"content_block_delta","index":0}`;
  for (const end of ["\nevent: error\n\n", "\revent: error\n\n", "\r\nevent: error\r\n\r\n"]) {
    const bytes = bytesOf(plain + end);
    assertEquals(isPlainDelta(bytes, 0, bytes.length), false);
  }
});

Deno.test("isPlainDelta() knows the forms that are written", () => {
  const data =
    `{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"{\\n}"}`;
  const plain = [
    `event: content_block_delta\ndata: ${data}}\n\n`,
    `event: content_block_delta\ndata: ${data}      }\n\n`,
    `event: content_block_delta\r\ndata: ${data}}\r\n\r\n`,
    `event: content_block_delta\ndata:${data}}\n\n`,
    `event: content_block_delta\ndata: ${data.replace(":", ": ")}}\n\n`,
  ];
  for (const frame of plain) {
    const bytes = bytesOf(`x${frame}event: message_stop`);
    assertEquals(isPlainDelta(bytes, 1, 1 + bytesOf(frame).length), true, frame);
  }
  const others = [
    `data: ${data}}\n\n`,
    `event: content_block_stop\ndata: ${data}}\n\n`,
    `event: content_block_delta\ndata: ${data}\ndata: }\n\n`,
    `event: content_block_delta\nid: 1\ndata: ${data}}\n\n`,
    `event: content_block_delta\ndata: {"index":0,"type":"content_block_delta"}\n\n`,
    `event: content_block_delta\ndata: {"type":"content_block_delta"\n\n`,
    `event: content_block_delta\n\n`,
    `\n`,
  ];
  for (const frame of others) {
    const bytes = bytesOf(frame);
    assertEquals(isPlainDelta(bytes, 0, bytes.length), false, frame);
  }
});

Deno.test("the observer leaves out events without data and keeps comments", () => {
  const observer = observerOf();
  assertEquals(utf8.decode(observer.push(bytesOf(": hi\n\n"))), ": hi\n\n");
  assertEquals(utf8.decode(observer.push(bytesOf("event: ping\n\n"))), "");
  assertEquals(utf8.decode(observer.push(bytesOf("event: ping\ndata:\n\n"))), "");
  assertEquals(observer.progress.malformedEvents, 0);
});

Deno.test("the observer passes an event too long to hold, and ends it before the last word", () => {
  const observer = observerOf(200);
  observer.push(framesOf(START));
  const long = bytesOf(`event: content_block_delta\ndata: {"type":"${"x".repeat(300)}`);
  assertEquals(observer.push(long).length, long.length);
  assertEquals(observer.progress.hasOutput, true);
  assertEquals(observer.keepAlive("comment").length, 0);
  assert(utf8.decode(observer.close({ kind: "complete" })).startsWith("\n\nevent: message_stop"));
});

Deno.test("the observer writes an event anew whose blank line is missing", () => {
  const cut = utf8.decode(framesOf(START, BLOCK, delta("a"))).slice(0, -1);
  const { body, last } = relayAll(observerOf(), [bytesOf(cut)]);
  assertEquals(body, utf8.decode(framesOf(START, BLOCK, delta("a"))));
  assert(last.startsWith("event: error\n"));
});

function finish(reason: string): { type: string; delta: { stop_reason: string } } {
  return { type: "message_delta", delta: { stop_reason: reason } };
}

Deno.test("the observer believes an unknown reason, and one that text follows, at the end mark alone", () => {
  const unsure = [
    [START, BLOCK, delta("a"), finish("eos")],
    [START, BLOCK, delta("a"), finish("end_turn"), delta("b")],
  ];
  for (const events of unsure) {
    const observer = observerOf();
    observer.push(framesOf(...events));
    assertEquals(observer.progress.isFinished, false, JSON.stringify(events.at(-1)));
    assertEquals(observer.progress.isFinishedByEnd, true);
  }
  const observer = observerOf();
  observer.push(framesOf(START, BLOCK, delta("a"), finish("end_turn")));
  assertEquals(observer.progress.isFinished, true);
});

Deno.test("the observer writes an error anew that is too long to hold, and tells one that it could not", () => {
  const error = `event: error\ndata: {"type":"error","error":{"message":"${"x".repeat(300)}"}}\n\n`;
  const late = `event: error\ndata: {"x":"${"x".repeat(300)}","error":{"type":"api_error"}}\n\n`;
  const opening = framesOf(START, BLOCK, delta("a"));
  const whole = relayAll(observerOf(200), [opening, bytesOf(error)]);
  assertEquals(whole.body, utf8.decode(opening));
  assert(whole.last.startsWith("event: error\n"), whole.last);
  assert(whole.progress.fault !== undefined);
  const passed = relayAll(observerOf(200), [
    opening,
    bytesOf(late.slice(0, 250)),
    bytesOf(late.slice(250)),
  ]);
  assertEquals([passed.body, passed.last], [utf8.decode(opening) + late, ""]);
  assert(passed.progress.fault !== undefined);
});

Deno.test("the observer reads an error that is the only item of a list", () => {
  const listed = bytesOf(`data: [{"error":{"code":400,"message":"Out of range"}}]\n\n`);
  const { last, progress } = relayAll(observerOf(), [framesOf(START), listed]);
  assert(last.includes("Out of range"), last);
  assertEquals([progress.fault?.status, progress.malformedEvents], [400, 0]);
});
