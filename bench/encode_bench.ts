/**
 * Writing of answers, side by side with its peers: `deno bench bench/encode_bench.ts`.
 *
 * An iteration writes 1,000 events, so microseconds per iteration are nanoseconds per event. What each
 * contender writes is compared before it is measured.
 *
 * @module
 */

import fastJsonStringify from "npm:fast-json-stringify@^7.3.6";
import type { ChatEvent } from "../src/core/chat/chat.ts";
import { openaiChat } from "../src/formats/openai_chat/mod.ts";
import { chatStreamTexts, ENCODE } from "./sse_fixtures.ts";

const EVENTS = 1_000;

const utf8 = new TextEncoder();
const texts = chatStreamTexts(EVENTS);
const events: readonly ChatEvent[] = [
  { type: "block_start", choice: 0, block: 0, part: { type: "text", text: "" } },
  ...texts.map((text) => ({ type: "block_delta", block: 0, text }) as const),
];
const { model, createdSeconds: created } = ENCODE;
const id = `chatcmpl-${ENCODE.id}`;

/** The bytes of a stream are counted when measured and kept when compared. */
type Write = (keep?: (bytes: Uint8Array) => void) => number;

const encodeEach: Write = (keep) => {
  const encoder = openaiChat.answer.streamEncoder(ENCODE);
  let length = 0;
  for (const event of events) {
    const bytes = encoder.encode([event]);
    keep?.(bytes);
    length += bytes.length;
  }
  return length;
};

const encodeTogether: Write = (keep) => {
  const bytes = openaiChat.answer.streamEncoder(ENCODE).encode(events);
  keep?.(bytes);
  return bytes.length;
};

type Delta = Readonly<Record<string, string>>;

function chunkOf(delta: Delta): object {
  const choices = [{ index: 0, delta, logprobs: null, finish_reason: null }];
  return { id, object: "chat.completion.chunk", created, model, choices };
}

/** Writes each whole chunk with a function for JSON. */
function writeChunks(stringify: (chunk: object) => string): Write {
  return (keep) => {
    let length = 0;
    const write = (delta: Delta) => {
      const bytes = utf8.encode(`data: ${stringify(chunkOf(delta))}\n\n`);
      keep?.(bytes);
      length += bytes.length;
    };
    write({ role: "assistant", content: "" });
    for (const content of texts) write({ content });
    return length;
  };
}

const string = { type: "string" } as const;
const nothing = { type: "null" } as const;
const delta = { type: "object", properties: { role: string, content: string } } as const;
const choice = {
  type: "object",
  properties: { index: { type: "integer" }, delta, logprobs: nothing, finish_reason: nothing },
} as const;
const compiled = fastJsonStringify({
  type: "object",
  properties: {
    id: string,
    object: string,
    created: { type: "integer" },
    model: string,
    choices: { type: "array", items: choice },
  },
});

const streams: readonly (readonly [name: string, write: Write])[] = [
  ["StreamEncoder, one event a call", encodeEach],
  ["StreamEncoder, all in one call", encodeTogether],
  ["JSON.stringify of each whole chunk", writeChunks(JSON.stringify)],
  ["fast-json-stringify of each whole chunk", writeChunks(compiled)],
];

function textOf(write: Write): string {
  const decoder = new TextDecoder();
  let text = "";
  write((bytes) => text += decoder.decode(bytes, { stream: true }));
  return text;
}

for (const [name, write] of streams) {
  if (textOf(write) !== textOf(encodeEach)) throw new Error(`${name} writes another stream`);
  Deno.bench({
    name,
    group: `encode · stream of ${EVENTS} text events`,
    baseline: write === encodeEach,
    fn: () => {
      write();
    },
  });
}

function encodeAnswer(): string {
  const finish = { type: "finish", choice: 0, reason: "stop", raw: "stop" } as const;
  return JSON.stringify(
    openaiChat.answer.encodeWhole([...events, finish, { type: "end" }], ENCODE),
  );
}

function writeAnswer(): string {
  const message = { role: "assistant", content: texts.join(""), refusal: null };
  const choices = [{ index: 0, message, logprobs: null, finish_reason: "stop" }];
  return JSON.stringify({ id, object: "chat.completion", created, model, choices });
}

if (encodeAnswer() !== writeAnswer()) throw new Error("encodeWhole() writes another answer");
const group = `encode · answer of ${EVENTS} text events`;
Deno.bench({ name: "encodeWhole()", group, baseline: true }, () => {
  encodeAnswer();
});
Deno.bench({ name: "JSON.stringify of the joined texts", group }, () => {
  writeAnswer();
});
