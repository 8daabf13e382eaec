/**
 * Framing of a chat stream, side by side with its peers: `deno bench bench/sse_decoder_bench.ts`.
 *
 * An iteration handles a whole stream of 1,000 events of about 270 bytes, so microseconds per
 * iteration are nanoseconds per event, and the kilobytes of a name over its milliseconds are MB/s.
 * Every group names its chunk size. What each contender finds is compared before it is measured.
 *
 * @module
 */

import { createParser } from "eventsource-parser";
import { EventSourceParserStream } from "eventsource-parser/stream";
// @ts-types="./text_line_stream.d.ts"
import { TextLineStream } from "npm:deno-std@^1.4.0/streams/text_line_stream.js";
import { SseDecoder } from "../src/framing/sse_decoder.ts";
import { SseSplitter } from "../src/framing/sse_splitter.ts";
import { chatStreamEvents, rechunk } from "./sse_fixtures.ts";

type Chunks = readonly Uint8Array<ArrayBuffer>[];
type Contender = (chunks: Chunks, tally: Tally) => void | Promise<void>;

const MAX_EVENT_BYTES = 8 << 20;
const utf8 = new TextDecoder();

/** What a contender found: counted when measured, kept when compared. */
class Tally {
  length = 0;
  constructor(readonly found: string[] | null) {}

  add(data: string): void {
    this.length += data.length;
    this.found?.push(data);
  }
}

function sseDecoder(chunks: Chunks, tally: Tally): void {
  const decoder = new SseDecoder({ maxEventBytes: MAX_EVENT_BYTES });
  for (const chunk of chunks) {
    for (const { data } of decoder.push(chunk)) tally.add(data);
  }
}

function parserFeed(chunks: Chunks, tally: Tally): void {
  const decoder = new TextDecoder();
  const parser = createParser({ onEvent: ({ data }) => tally.add(data) });
  for (const chunk of chunks) parser.feed(decoder.decode(chunk, { stream: true }));
}

async function parserStream(chunks: Chunks, tally: Tally): Promise<void> {
  const events = streamOf(chunks)
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream());
  await readAll(events, ({ data }) => tally.add(data));
}

async function lineStream(chunks: Chunks, tally: Tally): Promise<void> {
  const lines = streamOf(chunks)
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream());
  await readAll(lines, (line) => {
    if (line.startsWith("data: ")) tally.add(line.slice(6));
  });
}

/** Relays and finds each event's border, but decodes nothing. */
function sseSplitter(chunks: Chunks): number {
  const splitter = new SseSplitter({ maxHeldBytes: MAX_EVENT_BYTES });
  let count = 0;
  for (const chunk of chunks) count += splitter.push(chunk).ends.length;
  return count;
}

/** A ceiling: text of every chunk and nothing made of it, wrong where a chunk ends in a character. */
function bareDecode(chunks: Chunks): number {
  let length = 0;
  for (const chunk of chunks) length += utf8.decode(chunk).length;
  return length;
}

/** The other ceiling: looks at each byte once, for line ends, and makes nothing of them. */
function bareScan(chunks: Chunks): number {
  let count = 0;
  for (const chunk of chunks) {
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) count++;
  }
  return count;
}

const perEvent = chatStreamEvents(1_000);
const inputs = [
  { size: "64 KiB chunks", chunks: rechunk(perEvent, 65_536), peers: { parserFeed } },
  {
    size: "one event a chunk",
    chunks: perEvent,
    peers: { parserFeed, parserStream, lineStream },
  },
  { size: "7 B chunks", chunks: rechunk(perEvent, 7), peers: { parserFeed } },
];

const PEER_NAMES: Readonly<Record<string, string>> = {
  parserFeed: "eventsource-parser feed",
  parserStream: "EventSourceParserStream",
  lineStream: "TextLineStream pipeline",
};

for (const { size, chunks, peers } of inputs) {
  const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const label = `${(bytes / 1_000).toFixed(0)} KB in ${chunks.length} chunks`;
  const expected = await dataOf(sseDecoder, chunks);
  if (expected.length !== 1_000) throw new Error(`SseDecoder found ${expected.length} events`);
  if (sseSplitter(chunks) !== 1_000) throw new Error("SseSplitter found other events");

  Deno.bench({ name: `SseDecoder · ${label}`, group: size, baseline: true }, () => {
    const tally = new Tally(null);
    sseDecoder(chunks, tally);
    consume(tally.length);
  });
  for (const [peer, run] of Object.entries<Contender>(peers)) {
    const found = await dataOf(run, chunks);
    if (JSON.stringify(found) !== JSON.stringify(expected)) {
      throw new Error(`${peer} and SseDecoder disagree on ${size}`);
    }
    Deno.bench({ name: `${PEER_NAMES[peer]} · ${label}`, group: size }, async () => {
      const tally = new Tally(null);
      await run(chunks, tally);
      consume(tally.length);
    });
  }
  Deno.bench({ name: `SseSplitter · ${label}`, group: size }, () => consume(sseSplitter(chunks)));
  Deno.bench({ name: `bare decode · ${label}`, group: size }, () => consume(bareDecode(chunks)));
  Deno.bench({ name: `bare scan · ${label}`, group: size }, () => consume(bareScan(chunks)));
}

async function dataOf(contender: Contender, chunks: Chunks): Promise<string[]> {
  const found: string[] = [];
  await contender(chunks, new Tally(found));
  return found;
}

/** Keeps a result alive, so that what made it cannot be optimised away. */
function consume(value: number): void {
  if (value < 0) throw new Error("A count is never negative");
}

/** One chunk a pull, as a body delivers them; faster here than `ReadableStream.from`. */
function streamOf(chunks: Chunks): ReadableStream<Uint8Array<ArrayBuffer>> {
  let next = 0;
  return new ReadableStream({
    pull(controller) {
      const chunk = chunks[next++];
      if (chunk === undefined) controller.close();
      else controller.enqueue(chunk);
    },
  });
}

/** Faster here than `for await`. */
async function readAll<T>(stream: ReadableStream<T>, onValue: (value: T) => void): Promise<void> {
  const reader = stream.getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) onValue(read.value);
}
