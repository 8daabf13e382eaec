/**
 * Runs Responses streams through the format in every cut, and says what the answer was.
 *
 * @module
 */

import type { ChatEvent } from "../../../../src/core/chat/chat.ts";
import type {
  EncodeOptions,
  StreamDecoder,
  StreamEnding,
  StreamProgress,
  StreamTranslation,
} from "../../../../src/core/format.ts";
import { GatewayError } from "../../../../src/core/gateway_error.ts";
import type { JsonObject } from "../../../../src/core/text/json.ts";
import { openaiResponses } from "../../../../src/formats/openai_responses/mod.ts";
import { redactor } from "../../../support/redactor.ts";
import { concat } from "../../stream_cases.ts";

export type Bytes = Uint8Array<ArrayBuffer>;

const utf8 = new TextDecoder();
const encoder = new TextEncoder();

/** What the encoders of all tests are told. */
export const ENCODE_OPTIONS: EncodeOptions = {
  id: "weir",
  model: "asked-model",
  createdSeconds: 1_700_000_000,
  includeUsage: true,
  request: { reasoning: { summary: "auto" } },
};

export function decoderOf(maxEventBytes = 1_048_576): StreamDecoder {
  return openaiResponses.streamDecoder({ choices: 1, maxEventBytes });
}

export function observerOf(maxEventBytes = 1_048_576): StreamTranslation {
  return openaiResponses.answer.streamObserver({
    choices: 1,
    maxEventBytes,
    dropUsageEvent: false,
    dropNullUsage: false,
    redact: redactor.forClient,
    encode: ENCODE_OPTIONS,
  });
}

/** All events of a stream. */
export function decodeAll(pieces: readonly Bytes[], decoder = decoderOf()): readonly ChatEvent[] {
  return [...pieces.flatMap((piece) => decoder.push(piece)), ...decoder.flush()];
}

/** A stream of events, each in its frame. */
export function framesOf(...events: readonly JsonObject[]): Bytes {
  return encoder.encode(
    events.map((event) => `event: ${event["type"]}\ndata: ${JSON.stringify(event)}\n\n`).join(""),
  );
}

/** The events of a stream as it was written, by the plainest of readers. */
export function readFrames(stream: string): readonly JsonObject[] {
  return stream.split("\n\n").filter((frame) => frame !== "" && !frame.startsWith(":"))
    .map((frame) => JSON.parse(/^event: \S+\ndata: (.*)$/.exec(frame)![1]!)); // Written a moment ago.
}

/** What a client gets of a stream, and of it what the last word is. */
export interface Relayed {
  readonly body: string;
  readonly last: string;
  readonly progress: Readonly<StreamProgress>;
}

/** Relays a stream to its end, as the gateway does. */
export function relayAll(translation: StreamTranslation, pieces: readonly Bytes[]): Relayed {
  const parts = pieces.map((piece) => translation.push(piece));
  parts.push(translation.flush());
  const { progress } = translation;
  return {
    body: utf8.decode(concat(parts)),
    last: utf8.decode(translation.close(endingOf(progress))),
    progress,
  };
}

function endingOf({ fault, isFinished }: Readonly<StreamProgress>): StreamEnding {
  if (fault !== undefined) {
    const status = fault.status === undefined ? {} : { status: fault.status };
    return { kind: "failed", error: new GatewayError("upstream_error", fault.message, status) };
  }
  if (isFinished) return { kind: "complete" };
  return { kind: "failed", error: CUT };
}

/** A stream that ended before its last event. */
export const CUT = new GatewayError(
  "upstream_truncated",
  "The provider's answer ended before it was whole",
);

/** Writes events as a stream. */
export function encodeAll(
  events: readonly ChatEvent[],
  options: Partial<EncodeOptions> = {},
  ending: StreamEnding = { kind: "complete" },
  perCall = Math.max(1, events.length),
): string {
  const stream = openaiResponses.answer.streamEncoder({ ...ENCODE_OPTIONS, ...options });
  const parts: Bytes[] = [];
  for (let at = 0; at < events.length; at += perCall) {
    parts.push(stream.encode(events.slice(at, at + perCall)));
  }
  return utf8.decode(concat([...parts, stream.close(ending)]));
}
