/**
 * Damaged streams: the format fails with `GatewayError` or not at all, and says the same however the damage
 * is cut; what is written of it is in order.
 *
 * `FUZZ_SECONDS` says how long, `FUZZ_SEED` repeats a run from the round that its failure names.
 */

import { assertEquals } from "@std/assert";
import type { ChatEvent } from "../../../../src/core/chat/chat.ts";
import { GatewayError } from "../../../../src/core/gateway_error.ts";
import { concat, cutAtRandom, seededRandom } from "../../stream_cases.ts";
import { FIRST_SEED, fuzzSeconds } from "../../../support/fuzzing.ts";
import {
  type Bytes,
  decodeAll,
  decoderOf,
  encodeAll,
  observerOf,
  readFrames,
  relayAll,
  tell,
} from "./stream_cases.ts";

const SECONDS = fuzzSeconds(1);
const MAX_EVENT_BYTES = 4_096;

/** What breaks readers of streams. */
const SNIPPETS = [
  "\n",
  "\r",
  "\r\n\r\n",
  "\n\n",
  "data: ",
  "data: [DONE]\n\n",
  "event: error\n",
  "event: content_block_delta\n",
  ": comment\n\n",
  "\uFEFF",
  "\u2028",
  "{",
  "}",
  "]",
  '"',
  "null",
  "-1",
  "1e999",
  '"index":7,',
  '"type":"text_delta",',
  '"text":"x",',
  '"partial_json":"{",',
  '"signature":"s",',
  '"error":{"type":"api_error","message":"boom"},',
  '"usage":{"input_tokens":-1},',
  '"stop_reason":"end_turn",',
  'event: message_start\ndata: {"type":"message_start","message":{"id":"b"}}\n\n',
  'event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t","name":"n","input":{"a":1}}}\n\n',
  'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{}"}}\n\n',
  'event: content_block_stop\ndata: {"type":"content_block_stop","index":0}\n\n',
  'event: message_stop\ndata: {"type":"message_stop"}\n\n',
].map((snippet) => new TextEncoder().encode(snippet));

const streams: Bytes[] = [];
const GOLDEN = new URL("golden/", import.meta.url);
for await (const { name } of Deno.readDir(GOLDEN)) {
  streams.push(await Deno.readFile(new URL(`${name}/provider.sse`, GOLDEN)));
}

function damage(bytes: Bytes, random: () => number): Bytes {
  let damaged = bytes;
  for (let count = 1 + Math.floor(random() * 4); count > 0; count--) {
    const from = Math.floor(random() * (damaged.length + 1));
    const to = Math.min(damaged.length, from + Math.floor(random() ** 4 * 80));
    const snippet = random() < 0.6 ? SNIPPETS[Math.floor(random() * SNIPPETS.length)]! : [];
    damaged = concat([damaged.slice(0, from), new Uint8Array(snippet), damaged.slice(to)]);
  }
  return damaged;
}

/** What comes of it, or the failure's kind. */
function outcomeOf<T>(run: () => T): T | string {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return error.kind;
  }
}

function answerOf(pieces: readonly Bytes[]): unknown {
  return outcomeOf(() => {
    const decoder = decoderOf(MAX_EVENT_BYTES);
    const events = decodeAll(pieces, decoder);
    return { told: tell(events), malformed: decoder.malformedEvents };
  });
}

/** Strict clients stop at the first thing out of order. */
function assertInOrder(events: readonly ChatEvent[]): void {
  let started = 0;
  let isOpen = false;
  const names = readFrames(encodeAll(events)).map(({ name, body }) => {
    if (name === "content_block_start") {
      assertEquals([isOpen, body["index"]], [false, started++]);
      isOpen = true;
    } else if (name.startsWith("content_block")) {
      assertEquals([isOpen, body["index"]], [true, started - 1]);
      isOpen = name !== "content_block_stop";
    }
    return name;
  });
  assertEquals(isOpen, false);
  assertEquals(names.filter((name) => name.startsWith("message")), [
    "message_start",
    "message_delta",
    "message_stop",
  ]);
  assertEquals(names[0], "message_start");
}

function checkRound(seed: number): void {
  const random = seededRandom(seed);
  const bytes = damage(streams[Math.floor(random() * streams.length)]!, random);
  const pieces = cutAtRandom(bytes, random, 1 + random() * 200);
  assertEquals(answerOf(pieces), answerOf([bytes]));

  const observed = [pieces, [bytes]].map((cut) =>
    outcomeOf(() => {
      const { body, last, progress } = relayAll(observerOf(MAX_EVENT_BYTES), cut);
      return { body, last, hasOutput: progress.hasOutput, finish: progress.finishReason };
    })
  );
  assertEquals(observed[0], observed[1]);

  outcomeOf(() => assertInOrder(decodeAll([bytes], decoderOf(MAX_EVENT_BYTES))));
}

Deno.test(`damaged Messages streams for ${SECONDS} s, FUZZ_SEED=${FIRST_SEED}`, () => {
  const endMs = performance.now() + SECONDS * 1_000;
  for (let seed = FIRST_SEED; performance.now() < endMs; seed++) {
    try {
      checkRound(seed);
    } catch (error) {
      throw new Error(`Round FUZZ_SEED=${seed} failed`, { cause: error });
    }
  }
});
