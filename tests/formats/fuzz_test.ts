/**
 * Damaged streams: decoders and translations fail with `GatewayError` or not at all, stay within
 * their bounds, and say the same however the damage is cut.
 *
 * `FUZZ_SECONDS` says how long, `FUZZ_SEED` repeats a run from the round that its failure names.
 */

import { HeardText } from "../../src/core/chat/heard_text.ts";
import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { GatewayError } from "../../src/core/gateway_error.ts";
import { OpeningScanner } from "../../src/bytes/opening_scanner.ts";
import type { StreamDecoder, StreamProgress, StreamTranslation } from "../../src/core/format.ts";
import { FIRST_SEED, fuzzSeconds } from "../support/fuzzing.ts";
import { answerOf } from "./expected_answer.ts";
import {
  concat,
  cutAtRandom,
  decodeAll,
  decoderOf,
  ENCODE_OPTIONS,
  loadGoldenCases,
  observerOf,
  seededRandom,
  type StreamCase,
  transcoderOf,
} from "./stream_cases.ts";

type Bytes = Uint8Array<ArrayBuffer>;
type Random = () => number;

const SECONDS = fuzzSeconds(1);

/** What breaks readers of streams. */
const SNIPPETS = [
  "\n",
  "\r",
  "\r\n\r\n",
  "\n\n",
  "data: ",
  "data: [DONE]\n\n",
  "data: : keepalive\n\n",
  "event: error\n",
  "id: 7\n",
  ": comment\n\n",
  "\uFEFF",
  "\u2028",
  "\0",
  "{",
  "}",
  "[",
  '"',
  "null",
  "1e999",
  "-1",
  '"index":4096,',
  '"error":{"message":"boom","code":429},',
  '"error":"",',
  '"usage":{"prompt_tokens":1},',
  '"finish_reason":"stop",',
  '"finish_reason" : "stop",',
  '"content":["x",{"type":"text","text":"y"}],',
  '"tool_calls":[{"function":{"name":"f","arguments":{"a":1}}}],',
  '"__proto__":{"x":1},',
  '"choices":[],',
  '"choices":[{',
  '"code":500,"message":"boom",',
  '"detail":[{}],',
  '"usage":null,',
  "<|stats|>",
  "<|/stats|>",
].map((text) => new TextEncoder().encode(text));

const cases = await loadGoldenCases(new URL("../golden/", import.meta.url));

function below(limit: number, random: Random): number {
  return Math.floor(random() * limit);
}

/** One to eight wounds. */
function damage(original: Bytes, random: Random): Bytes {
  let bytes = original;
  for (let wounds = 1 + below(8, random); wounds > 0; wounds--) {
    const at = below(bytes.length + 1, random);
    const to = Math.min(bytes.length, at + below(40, random));
    const other = cases[below(cases.length, random)]!.bytes;
    const inserts = [
      SNIPPETS[below(SNIPPETS.length, random)]!,
      new Uint8Array([below(256, random)]),
      bytes.slice(at, to),
      other.slice(below(other.length, random)),
      new Uint8Array(0),
    ];
    const insert = inserts[below(inserts.length, random)]!;
    const isReplaced = random() < 0.5;
    bytes = concat([bytes.slice(0, at), insert, bytes.slice(isReplaced ? to : at)]);
  }
  return bytes;
}

/** Runs to the end or to the first error, which must be a declared one. */
function untilError(run: () => void): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    assertInstanceOf(error, GatewayError);
    assertEquals(error.kind, "upstream_invalid_response");
    return error.code;
  }
}

function decode(decoder: StreamDecoder, pieces: readonly Bytes[]): unknown {
  const { events, error } = collect(() => decodeAll(decoder, pieces));
  return { answer: answerOf(events ?? []), error, malformed: decoder.malformedEvents };
}

function collect<T>(run: () => T): { readonly events?: T; readonly error: string | undefined } {
  let events: T | undefined;
  const error = untilError(() => {
    events = run();
  });
  return { ...(events !== undefined && { events }), error };
}

const NOTHING_HEARD = new HeardText();

function relay(translation: StreamTranslation, pieces: readonly Bytes[]): {
  readonly body: string;
  readonly error: string | undefined;
  readonly progress: StreamProgress;
} {
  const parts: Bytes[] = [];
  const error = untilError(() => {
    for (const piece of pieces) parts.push(translation.push(piece));
    parts.push(translation.flush());
  });
  return {
    body: new TextDecoder().decode(concat(parts)),
    error,
    // How much text was heard is estimated from the pieces in which it came.
    progress: { ...translation.progress, heardText: NOTHING_HEARD },
  };
}

function round(streamCase: StreamCase, seed: number): void {
  const random = seededRandom(seed);
  const bytes = damage(streamCase.bytes, random);
  const pieces = cutAtRandom(bytes, random, 1 + below(100, random));
  // A small bound in some rounds, so that it is met.
  const run = {
    maxEventBytes: random() < 0.3 ? 300 : 1_048_576,
    dropNullUsage: random() < 0.5,
  };

  assertEquals(
    decode(decoderOf(streamCase, run), pieces),
    decode(decoderOf(streamCase, run), [bytes]),
  );

  const transcoded = relay(transcoderOf(streamCase, run), pieces);
  const whole = relay(transcoderOf(streamCase, run), [bytes]);
  assertEquals(transcoded.progress, whole.progress);
  if (streamCase.dialect !== "openai_chat") return;
  assertEquals(transcoded.body, whole.body);
  assertValidStream(transcoded.body);

  const observed = relay(observerOf(run), pieces);
  if (run.maxEventBytes > bytes.length) assertSameEnd(observed.progress, transcoded.progress);
  assertEquals(observed, relay(observerOf(run), [bytes]));
  // A body that is no stream of events is read, and written anew, as a whole.
  if (bytes[new OpeningScanner().push(bytes)] === "{".charCodeAt(0)) return;
  assertEquals(observed.error, undefined);
  assert(observed.body.length <= bytes.length + "data: \n\n".length, "observed grew");
}

/** Watching without parsing sees what parsing sees. */
function assertSameEnd(observed: StreamProgress, transcoded: StreamProgress): void {
  // A chunk whose choice is out of range looks like any other; its bytes are passed on.
  if (transcoded.fault?.message.includes("has choice")) return;
  for (const field of ["finishReason", "isFinished", "hasEnded", "usage", "fault"] as const) {
    assertEquals(observed[field], transcoded[field], field);
  }
}

/** What Weir writes itself is never malformed, whatever it was made of. */
function assertValidStream(body: string): void {
  const decoder = decoderOf({ dialect: "openai_chat" });
  decoder.push(new TextEncoder().encode(body));
  assertEquals(decoder.malformedEvents, 0);
  assert(!/[\u0085\u2028\u2029]/.test(body));
  assert(body === "" || body.includes(ENCODE_OPTIONS.id) || body.includes(`"id":`));
}

Deno.test(`damaged streams for ${SECONDS} s, FUZZ_SEED=${FIRST_SEED}`, () => {
  const endMs = performance.now() + SECONDS * 1_000;
  for (let seed = FIRST_SEED; performance.now() < endMs; seed++) {
    const streamCase = cases[seed % cases.length]!;
    try {
      round(streamCase, seed);
    } catch (error) {
      throw new Error(`Round FUZZ_SEED=${seed} of ${streamCase.name} failed`, { cause: error });
    }
  }
});
