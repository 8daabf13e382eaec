/**
 * Runs streams through the dialects in every cut, and says what the answer was.
 *
 * Golden and recorded streams, the property test and the fuzzer share it.
 *
 * @module
 */

import type { ChatEvent } from "../../src/core/chat/chat.ts";
import type {
  EncodeOptions,
  StreamDecoder,
  StreamEnding,
  StreamProgress,
  StreamTranslation,
} from "../../src/core/format.ts";
import { GatewayError } from "../../src/core/gateway_error.ts";
import { chatjimmy } from "../../src/formats/chatjimmy/mod.ts";
import { openaiChat } from "../../src/formats/openai_chat/mod.ts";
import { createTranscoder } from "../../src/gateway/relay/transcode.ts";
import { redactor } from "../support/redactor.ts";
import type { Ending, Expected } from "./expected_answer.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** A stream and what it says. */
export interface StreamCase {
  readonly name: string;
  readonly dialect: "openai_chat" | "chatjimmy";
  readonly bytes: Bytes;
  readonly expected: Expected;
}

/** How a test runs a stream. */
export interface RunOptions {
  /** 1 by default. */
  readonly choices?: number | undefined;
  /** More than any golden or recorded event by default. */
  readonly maxEventBytes?: number;
  /** `false` by default; only observers ask. */
  readonly dropNullUsage?: boolean;
}

const MAX_EVENT_BYTES = 1_048_576;

/** What the encoders of all tests are told. */
export const ENCODE_OPTIONS: EncodeOptions = {
  id: "weir",
  model: "asked-model",
  createdSeconds: 1_700_000_000,
  includeUsage: true,
};

const utf8 = new TextDecoder();

/** Reads `<folder>/<case>/upstream.*` and `expected.json`. */
export async function loadGoldenCases(folder: URL): Promise<readonly StreamCase[]> {
  const cases: StreamCase[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (!isDirectory) continue;
    const caseFolder = new URL(`${name}/`, folder);
    const isJimmy = name.startsWith("chatjimmy");
    const file = isJimmy ? "upstream.chatjimmy.txt" : "upstream.openai_chat.sse";
    cases.push({
      name,
      dialect: isJimmy ? "chatjimmy" : "openai_chat",
      bytes: await Deno.readFile(new URL(file, caseFolder)),
      expected: JSON.parse(await Deno.readTextFile(new URL("expected.json", caseFolder))),
    });
  }
  return cases.sort((a, b) => a.name < b.name ? -1 : 1);
}

/** A pseudo-random sequence in [0, 1), the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Cuts of a stream: whole, a byte at a time, in two (at every place, or at `maxTwoWay` of them
 * where there are more) and at random.
 */
export function* cutsOf(
  bytes: Bytes,
  options: { readonly seed: number; readonly maxTwoWay: number; readonly random: number },
): Generator<readonly Bytes[]> {
  const random = seededRandom(options.seed);
  yield [bytes];
  yield Array.from(bytes, (_, index) => bytes.slice(index, index + 1));
  const isEveryPlace = bytes.length <= options.maxTwoWay;
  for (let count = 0; count < Math.min(bytes.length, options.maxTwoWay); count++) {
    const at = isEveryPlace ? count : Math.floor(random() * bytes.length);
    yield [bytes.slice(0, at), bytes.slice(at)];
  }
  for (let count = 0; count < options.random; count++) {
    yield cutAtRandom(bytes, random, 1 + random() * 200);
  }
}

/** Pieces of 0 to `maxBytes` bytes. */
export function cutAtRandom(bytes: Bytes, random: () => number, maxBytes: number): Bytes[] {
  const pieces: Bytes[] = [];
  let from = 0;
  while (from < bytes.length) {
    const end = from + Math.floor(random() * (maxBytes + 1));
    pieces.push(bytes.slice(from, end));
    from = end;
  }
  return pieces;
}

/** The decoder of a case's upstream. */
export function decoderOf(
  { dialect }: Pick<StreamCase, "dialect">,
  { choices = 1, maxEventBytes = MAX_EVENT_BYTES }: RunOptions = {},
): StreamDecoder {
  const provider = dialect === "chatjimmy" ? chatjimmy : openaiChat;
  return provider.streamDecoder({ choices, maxEventBytes });
}

/** A translation for an OpenAI client that relays the bytes of an OpenAI upstream. */
export function observerOf(
  { choices = 1, maxEventBytes = MAX_EVENT_BYTES, dropNullUsage = false }: RunOptions = {},
): StreamTranslation {
  return openaiChat.answer.streamObserver({
    choices,
    maxEventBytes,
    dropUsageEvent: false,
    dropNullUsage,
    redact: redactor.forClient,
    encode: ENCODE_OPTIONS,
  });
}

/** A translation for an OpenAI client that writes the case anew. */
export function transcoderOf(
  streamCase: Pick<StreamCase, "dialect">,
  options: RunOptions = {},
): StreamTranslation {
  const encoder = openaiChat.answer.streamEncoder(ENCODE_OPTIONS);
  return createTranscoder(decoderOf(streamCase, options), encoder, options.choices ?? 1);
}

/** All events of a stream. */
export function decodeAll(decoder: StreamDecoder, pieces: readonly Bytes[]): readonly ChatEvent[] {
  return [...pieces.flatMap((piece) => decoder.push(piece)), ...decoder.flush()];
}

/** What a client gets of a stream, and of it what the relay's last word is. */
export interface Relayed {
  readonly body: string;
  readonly last: string;
  readonly progress: Readonly<StreamProgress>;
}

/** Relays a stream to its end. */
export function relayAll(translation: StreamTranslation, pieces: readonly Bytes[]): Relayed {
  const parts = pieces.map((piece) => translation.push(piece));
  parts.push(translation.flush());
  const body = utf8.decode(concat(parts));
  const last = utf8.decode(translation.close(streamEndingOf(translation.progress)));
  return { body, last, progress: translation.progress };
}

/** Joins pieces. */
export function concat(pieces: readonly Bytes[]): Bytes {
  const joined = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    joined.set(piece, offset);
    offset += piece.length;
  }
  return joined;
}

/** What a relay makes of a stream that has ended. */
export function endingOf({ fault, isFinished }: Readonly<StreamProgress>): Ending {
  if (fault !== undefined) return "fault";
  return isFinished ? "complete" : "truncated";
}

function streamEndingOf(progress: Readonly<StreamProgress>): StreamEnding {
  switch (endingOf(progress)) {
    case "complete":
      return { kind: "complete" };
    case "truncated": {
      const message = "The upstream's answer ended before it was whole";
      return { kind: "failed", error: new GatewayError("upstream_truncated", message) };
    }
    case "fault": {
      const { message, code, type } = progress.fault!;
      const options = { ...(code !== undefined && { code }), ...(type !== undefined && { type }) };
      return { kind: "failed", error: new GatewayError("upstream_error", message, options) };
    }
  }
}

/** The bytes that an observed stream must pass on, as text. */
export function observedBytes({ bytes, expected }: StreamCase): string {
  const blocks = utf8.decode(bytes).match(/[^]*?(\r?\n){2}/g) ?? [];
  const doneAt = blocks.findIndex((block) => /^data: *\[DONE\]/.test(block));
  const all = blocks.slice(0, doneAt === -1 ? blocks.length : doneAt);
  return (expected.observed?.map((index) => blocks[index]!) ?? all).join("");
}
