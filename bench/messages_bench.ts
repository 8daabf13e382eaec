/**
 * Relaying of Messages streams beside chat streams: `deno bench bench/messages_bench.ts`.
 *
 * An iteration handles 1,000 events of the same texts, so microseconds per iteration are nanoseconds per
 * event. Messages events are padded as Anthropic pads them.
 *
 * @module
 */

import { openaiChat } from "../src/formats/openai_chat/mod.ts";
import { anthropicMessages } from "../src/formats/anthropic_messages/mod.ts";
import { chatStreamEvents, chatStreamTexts, ENCODE } from "./sse_fixtures.ts";

type Chunks = readonly Uint8Array<ArrayBuffer>[];

const EVENTS = 1_000;
const STREAM = { choices: 1, maxEventBytes: 8 << 20 };
const OBSERVE = {
  ...STREAM,
  dropUsageEvent: false,
  dropNullUsage: false,
  redact: (text: string): string => text,
  encode: ENCODE,
};

const utf8 = new TextEncoder();

function frame(event: Readonly<Record<string, unknown>>, padding: number): Uint8Array<ArrayBuffer> {
  const json = JSON.stringify(event).replace(/\}$/, `${" ".repeat(padding)}}`);
  return utf8.encode(`event: ${event["type"]}\ndata: ${json}\n\n`);
}

const messages: Chunks = [
  frame({ type: "message_start", message: { id: "msg_1", model: "claude" } }, 0),
  frame({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } }, 0),
  ...chatStreamTexts(EVENTS).map((text, index) =>
    frame({
      type: "content_block_delta",
      index: 0,
      delta: { type: "text_delta", text },
    }, index % 16)
  ),
];
const chat: Chunks = chatStreamEvents(EVENTS);

function relay(
  translation: { push(chunk: Uint8Array<ArrayBuffer>): Uint8Array },
  chunks: Chunks,
): number {
  let bytes = 0;
  for (const chunk of chunks) bytes += translation.push(chunk).length;
  return bytes;
}

/** Decodes and writes anew, as from one format to another. */
function writeAnew(chunks: Chunks): number {
  const decoder = anthropicMessages.streamDecoder(STREAM);
  const encoder = anthropicMessages.answer.streamEncoder(ENCODE);
  let bytes = 0;
  for (const chunk of chunks) bytes += encoder.encode(decoder.push(chunk)).length;
  return bytes;
}

if (writeAnew(messages) === 0) throw new Error("Nothing was written");

Deno.bench({ name: "chat, observed", baseline: true, group: "one event a chunk" }, () => {
  relay(openaiChat.answer.streamObserver(OBSERVE), chat);
});
Deno.bench({ name: "Messages, observed", group: "one event a chunk" }, () => {
  relay(anthropicMessages.answer.streamObserver(OBSERVE), messages);
});
Deno.bench({ name: "Messages, decoded and written anew", group: "one event a chunk" }, () => {
  writeAnew(messages);
});
