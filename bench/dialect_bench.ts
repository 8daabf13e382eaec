/**
 * Relaying of chat streams, side by side with its peers: `deno bench bench/dialect_bench.ts`.
 *
 * An iteration handles 1,000 events, so microseconds per iteration are nanoseconds per event.
 * What each contender makes of the input is compared before it is measured.
 *
 * @module
 */

import type { ProviderFormat, StreamTranslation } from "../src/core/format.ts";
import { chatjimmy } from "../src/formats/chatjimmy/mod.ts";
import { openaiChat } from "../src/formats/openai_chat/mod.ts";
import { createTranscoder } from "../src/gateway/relay/transcode.ts";
import { SseDecoder } from "../src/framing/sse_decoder.ts";
import { SseSplitter } from "../src/framing/sse_splitter.ts";
import { chatStreamEvents, chatStreamTexts, ENCODE, rechunk } from "./sse_fixtures.ts";

type Chunks = readonly Uint8Array<ArrayBuffer>[];

const EVENTS = 1_000;
const MAX_EVENT_BYTES = 8 << 20;
const STREAM = { choices: 1, maxEventBytes: MAX_EVENT_BYTES };

const utf8 = new TextEncoder();

function observer(): StreamTranslation {
  const redact = (text: string): string => text;
  return openaiChat.answer.streamObserver({
    ...STREAM,
    dropUsageEvent: false,
    dropNullUsage: false,
    redact,
    encode: ENCODE,
  });
}

function transcoderOf(format: ProviderFormat): StreamTranslation {
  return createTranscoder(format.streamDecoder(STREAM), openaiChat.answer.streamEncoder(ENCODE), 1);
}

/** Relays all chunks and returns how many bytes left. */
function relay(translation: StreamTranslation, chunks: Chunks): number {
  let bytes = 0;
  for (const chunk of chunks) bytes += translation.push(chunk).length;
  return bytes;
}

/** Finds each event's border and releases whole events, and looks at none. */
function split(chunks: Chunks): number {
  const splitter = new SseSplitter({ maxHeldBytes: MAX_EVENT_BYTES });
  let bytes = 0;
  for (const chunk of chunks) bytes += splitter.push(chunk).bytes.length;
  return bytes;
}

/** Observing as it is mostly done: every event is parsed to see whether it matters. */
function parseEverything(chunks: Chunks): number {
  const decoder = new SseDecoder({ maxEventBytes: MAX_EVENT_BYTES });
  let bytes = 0;
  let outputs = 0;
  for (const chunk of chunks) {
    for (const { data } of decoder.push(chunk)) {
      const parsed = JSON.parse(data);
      if (parsed.error || parsed.usage || parsed.choices[0].finish_reason) throw new Error(data);
      outputs += parsed.choices[0].delta.content.length;
    }
    bytes += chunk.length;
  }
  if (outputs === 0) throw new Error("No output");
  return bytes;
}

const perEvent = chatStreamEvents(EVENTS);
const streamBytes = perEvent.reduce((sum, chunk) => sum + chunk.length, 0);
const inputs = [
  { size: "one event a chunk", chunks: perEvent },
  { size: "64 KiB chunks", chunks: rechunk(perEvent, 65_536) },
];

for (const { size, chunks } of inputs) {
  for (const bytes of [relay(observer(), chunks), split(chunks), parseEverything(chunks)]) {
    if (bytes !== streamBytes) throw new Error(`${bytes} of ${streamBytes} bytes left`);
  }
  const group = `observe · ${EVENTS} OpenAI events · ${size}`;
  Deno.bench({ name: "StreamObserver", group, baseline: true }, () => {
    relay(observer(), chunks);
  });
  Deno.bench({ name: "SseSplitter alone", group }, () => {
    split(chunks);
  });
  Deno.bench({ name: "SseDecoder and JSON.parse of each", group }, () => {
    parseEverything(chunks);
  });
}

const texts = chatStreamTexts(EVENTS).map((text) => utf8.encode(text));
for (
  const { size, chunks } of [
    { size: "one fragment a chunk", chunks: texts },
    { size: "64 KiB chunks", chunks: rechunk(texts, 65_536) },
  ]
) {
  if (relay(transcoderOf(chatjimmy), chunks) === 0) throw new Error("Nothing was transcoded");
  Deno.bench({
    name: `chatjimmy to OpenAI · ${EVENTS} fragments · ${size}`,
    group: "transcode",
    baseline: chunks === texts,
  }, () => {
    relay(transcoderOf(chatjimmy), chunks);
  });
}
Deno.bench(
  { name: `OpenAI to OpenAI · ${EVENTS} events · one a chunk`, group: "transcode" },
  () => {
    relay(transcoderOf(openaiChat), perEvent);
  },
);
