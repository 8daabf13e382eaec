/**
 * Feeds damaged streams in random cuts to every machine of framing and compares with plain
 * references. Runs for 1 s; `FUZZ_SECONDS` makes it longer, `FUZZ_SEED` repeats a failure.
 */

import { assert, assertEquals } from "@std/assert";
import { GatewayError } from "../../src/core/gateway_error.ts";
import { NdjsonDecoder } from "../../src/framing/ndjson_decoder.ts";
import { SentinelTextDecoder } from "../../src/framing/sentinel_text.ts";
import { SseDecoder } from "../../src/framing/sse_decoder.ts";
import { SseSplitter } from "../../src/framing/sse_splitter.ts";
import { joined, randomCuts, seededRandom, showCut } from "./cuts.ts";
import { countHandledBytes } from "./handled_bytes.ts";
import { bordersOf, referenceOf } from "./sse_reference.ts";
import { FIRST_SEED, fuzzSeconds } from "../support/fuzzing.ts";

type Random = () => number;
type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
const MARKERS = { open: "<|stats|>", close: "<|/stats|>" };

const SEEDS = [
  'data: {"choices":[{"delta":{"content":"é€😀"}}]}\n\n: ping\n\ndata: [DONE]\n\n',
  'event: error\r\nid: 7\r\nretry: 1500\r\ndata: {\r\ndata: "a": 1}\r\n\r\ndata: [DONE]\r\n\r\n',
  "\uFEFFdata: 1\r\rid\rdata\r\rid: \0\rdata:  2\r\r",
  '{"message":{"content":"é"}}\n\r\n{"done":true}\r\n{"error":"x"}',
  'Text <| of <|stats> é€😀\n<|stats|>{"done":true,"reason":"<|eot_id|>"}<|/stats|>\n',
].map((text) => encoder.encode(text));

// What the machines tell apart, so that damage meets their decisions and not only their data.
const SPLINTERS = ["\n", "\r", "\r\n", "\n\n", "\r\r", ":", " ", "\0", "\uFEFF", "data", "data: "]
  .concat(["id: 1\n", "event: a\n", "retry: 2\n", "<", "<|", MARKERS.open, MARKERS.close, "{}\n"])
  .map((text) => encoder.encode(text))
  .concat(
    [[0xff], [0xc3], [0xe2, 0x82], [0xf0, 0x9f], [0x80]].map((list) => Uint8Array.from(list)),
  );

function mutate(random: Random): Bytes {
  let bytes: Bytes = SEEDS[pick(random, SEEDS.length)]!;
  for (let round = 1 + pick(random, 8); round > 0; round--) {
    const at = pick(random, bytes.length + 1);
    const to = Math.min(bytes.length, at + pick(random, 24));
    const between = [
      () => SPLINTERS[pick(random, SPLINTERS.length)]!, // Replaces a part or is put in.
      () => Uint8Array.of(pick(random, 256)),
      () => new Uint8Array(0),
      () => joined([bytes.subarray(at, to), bytes.subarray(at, to), bytes.subarray(at, to)]),
      () => SEEDS[pick(random, SEEDS.length)]!,
    ][pick(random, 5)]!();
    const rest = random() < 0.5 ? at : to;
    bytes = joined([bytes.subarray(0, at), between, bytes.subarray(rest)]);
  }
  return bytes;
}

function pick(random: Random, count: number): number {
  return Math.floor(random() * count);
}

/** Whether it ran to its end; anything but a declared error is passed on. */
function succeeds(action: () => void): boolean {
  try {
    action();
    return true;
  } catch (error) {
    if (error instanceof GatewayError && error.kind === "upstream_invalid_response") return false;
    throw error;
  }
}

function checkSseDecoder(bytes: Bytes, chunks: readonly Bytes[], maxEventBytes: number): void {
  const run = (parts: readonly Bytes[]) => {
    const decoder = new SseDecoder({ maxEventBytes });
    const events: unknown[] = [];
    let strict: unknown;
    const isWhole = succeeds(() => {
      for (const part of parts) events.push(...decoder.push(part));
      const { lastEventId, retryMs } = decoder;
      strict = { events: [...events], lastEventId, retryMs };
      events.push(...decoder.flush());
    });
    return { isWhole, events, strict: isWhole ? strict : undefined };
  };
  const result = run(chunks);
  assertEquals(result, run([bytes]), "The cut matters");
  const { events, lastEventId, retryMs } = referenceOf(bytes);
  if (result.isWhole) assertEquals(result.strict, { events, lastEventId, retryMs });
  else assertEquals(result.events, events.slice(0, result.events.length));
  if (maxEventBytes >= bytes.length) assert(result.isWhole, "Refused without a reason");
}

function checkSseSplitter(bytes: Bytes, chunks: readonly Bytes[], maxHeldBytes: number): void {
  const splitter = new SseSplitter({ maxHeldBytes });
  const blocks = chunks.map((chunk) => splitter.push(chunk));
  const rest = splitter.flush();
  assertEquals(joined([...blocks.map((block) => block.bytes), rest]), bytes);
  assert(rest.length <= maxHeldBytes, "Holds more than it may");
  assertEquals(blocks.flatMap(({ ends }) => ends).length, bordersOf(bytes).length);
}

function checkNdjsonDecoder(bytes: Bytes, chunks: readonly Bytes[], maxLineBytes: number): void {
  const decoder = new NdjsonDecoder({ maxLineBytes });
  const lines: string[] = [];
  const isWhole = succeeds(() => {
    for (const chunk of chunks) lines.push(...decoder.push(chunk));
    lines.push(...decoder.flush());
  });
  const expected = utf8.decode(bytes).split("\n").map((line) => line.trim()).filter(Boolean);
  assertEquals(lines, isWhole ? expected : expected.slice(0, lines.length));
  if (maxLineBytes >= bytes.length) assert(isWhole, "Refused without a reason");
}

function checkSentinelText(bytes: Bytes, chunks: readonly Bytes[], maxTrailerBytes: number): void {
  const decoder = new SentinelTextDecoder({ ...MARKERS, maxTrailerBytes });
  let text = "";
  const isWhole = succeeds(() => {
    for (const chunk of chunks) text += decoder.push(chunk).text;
    text += decoder.flush();
  });
  const [before = "", ...others] = utf8.decode(bytes).split(MARKERS.open);
  const [trailer, ...after] = others.join(MARKERS.open).split(MARKERS.close);
  const isClosed = others.length > 0 && after.length > 0;
  assertEquals(text, before);
  if (isWhole) {
    assertEquals(decoder.trailer, isClosed ? trailer : undefined);
    assertEquals(decoder.isTrailerOpen, others.length > 0 && !isClosed);
  }
  if (maxTrailerBytes >= bytes.length) assert(isWhole, "Refused without a reason");
}

const CHECKS = [checkSseDecoder, checkSseSplitter, checkNdjsonDecoder, checkSentinelText];

/** One damaged stream, made of the seed alone, through every machine. */
function fuzzOnce(seed: number): void {
  const random = seededRandom(seed);
  const bytes = mutate(random);
  const chunks = randomCuts(bytes, 1 + pick(random, random() < 0.5 ? 4 : 64), random);
  const bound = random() < 0.5 ? 1 << 16 : pick(random, 40);
  for (const check of CHECKS) {
    const where = `FUZZ_SEED=${seed} ${check.name}, bound ${bound}: ${showCut(chunks)}`;
    let handledBytes: number;
    try {
      handledBytes = countHandledBytes(() => check(bytes, chunks, bound));
    } catch (error) {
      throw new Error(where, { cause: error });
    }
    // References and comparisons included; quadratic copying would pass any such line.
    const limit = 16 * bytes.length + 32 * chunks.length + 16_384;
    assert(handledBytes <= limit, `${where}: ${handledBytes} bytes handled`);
  }
}

Deno.test(`framing survives damaged streams: any cut, bounded and linear, FUZZ_SEED=${FIRST_SEED}`, () => {
  const endMs = performance.now() + 1_000 * fuzzSeconds(1);
  let seed = FIRST_SEED;
  while (performance.now() < endMs) {
    for (let round = 0; round < 50; round++) fuzzOnce(seed++);
  }
});
