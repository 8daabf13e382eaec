/**
 * Damaged streams: the format fails with `GatewayError` or not at all, and says the same however the damage
 * is cut; what is written of it breaks no rule.
 *
 * `FUZZ_SECONDS` says how long, `FUZZ_SEED` repeats a run from the round that its failure names.
 */

import { assertEquals } from "@std/assert";
import { GatewayError } from "../../../../src/core/gateway_error.ts";
import { collectAnswer } from "../../../../src/formats/collect_answer.ts";
import { FIRST_SEED, fuzzSeconds } from "../../../support/fuzzing.ts";
import { concat, cutAtRandom, seededRandom } from "../../stream_cases.ts";
import { FAULTLESS } from "../faultless_stream.ts";
import { FAULTS } from "../planted_faults.ts";
import { checkResponsesStream } from "../stream_checker.ts";
import {
  type Bytes,
  CUT,
  decodeAll,
  decoderOf,
  encodeAll,
  framesOf,
  observerOf,
  relayAll,
} from "./stream_cases.ts";

const SECONDS = fuzzSeconds(2);
const MAX_EVENT_BYTES = 8_192;

/** What breaks readers of streams. */
const SNIPPETS = [
  "\n",
  "\r",
  "\r\n\r\n",
  "\n\n",
  "data: ",
  "data: [DONE]\n\n",
  "event: error\n",
  "event: response.output_text.delta\n",
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
  '"output_index":7,',
  '"content_index":7,',
  '"delta":"x",',
  '"type":"refusal",',
  '"error":{"code":"server_error","message":"boom"},',
  '"status":"incomplete",',
  'event: response.created\ndata: {"type":"response.created","response":{"id":"b"}}\n\n',
  'event: response.output_item.added\ndata: {"type":"response.output_item.added","output_index":1,"item":{"id":"i","type":"custom_tool_call","call_id":"c","name":"n","input":""}}\n\n',
  'event: response.refusal.delta\ndata: {"type":"response.refusal.delta","output_index":1,"delta":"no"}\n\n',
  'event: response.output_item.done\ndata: {"type":"response.output_item.done","output_index":1,"item":{"id":"i","type":"message"}}\n\n',
  'event: error\ndata: {"type":"error","code":"x","message":"boom"}\n\n',
].map((snippet) => new TextEncoder().encode(snippet));

const streams = [FAULTLESS, ...Object.values(FAULTS).map(([events]) => events)]
  .map((events) => framesOf(...events));

function damage(bytes: Bytes, random: () => number): Bytes {
  let damaged = bytes;
  for (let count = Math.floor(random() * 4); count > 0; count--) {
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
    return {
      answer: collectAnswer(decodeAll(pieces, decoder)),
      malformed: decoder.malformedEvents,
    };
  });
}

/** What the arguments of a call are is the model's to say. */
function isOurs(problem: string): boolean {
  return !problem.includes("its arguments are no object");
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

  for (const ending of [{ kind: "complete" }, { kind: "failed", error: CUT }] as const) {
    const stream = outcomeOf(() =>
      encodeAll(
        decodeAll([bytes], decoderOf(MAX_EVENT_BYTES)).filter(({ type }) =>
          type !== "fault" && type !== "end"
        ),
        {},
        ending,
      )
    );
    if (stream === "upstream_invalid_response") continue;
    assertEquals(checkResponsesStream(stream).filter(isOurs), []);
  }
}

Deno.test(`damaged Responses streams for ${SECONDS} s, FUZZ_SEED=${FIRST_SEED}`, () => {
  const endMs = performance.now() + SECONDS * 1_000;
  for (let seed = FIRST_SEED; performance.now() < endMs; seed++) {
    try {
      checkRound(seed);
    } catch (error) {
      throw new Error(`Round FUZZ_SEED=${seed} failed`, { cause: error });
    }
  }
});
