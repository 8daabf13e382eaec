/**
 * Makes the reply of an upstream's answer: relayed as a stream, whole, or put together.
 *
 * @module
 */

import type { Reply } from "../../core/call.ts";
import type { ChatEvent } from "../../core/chat/chat.ts";
import { GatewayError } from "../../core/gateway_error.ts";
import { AnswerHeaders } from "../../core/http/answer_headers.ts";
import type { Outcome } from "../../core/outcome.ts";
import { patchToMatch } from "../../bytes/json/patch.ts";
import { EventProgress } from "../../core/chat/stream_progress.ts";
import type { ByteSource } from "../../core/provider/transport.ts";
import { collectStream } from "./collect_stream.ts";
import { isEventStream } from "../../bytes/opening_scanner.ts";
import { withIdleTimeout } from "./idle_source.ts";
import { silenceAllowedMs } from "../options.ts";
import { peekBody, sourceOf } from "./peek_body.ts";
import { joinBytes, parseJsonBody, readWholeBody, takeWholeBody } from "../../bytes/read_whole.ts";
import { StreamRelay } from "./stream_relay.ts";
import { tellingCost, withCost } from "./tell_cost.ts";
import { createTranscoder } from "./transcode.ts";
import {
  canObserve,
  countIn,
  createTranslation,
  encodeOptions,
  readWhole,
  type Sent,
  showsUsage,
  streamDecoder,
  translateVectors,
} from "./translation.ts";
import { crossingHeaders, faultToError, isJsonType, toProviderError } from "./provider_answer.ts";
import { type AnswerEnding, type AnswerFacts, answerOutcome, judgeStream } from "./verdict.ts";

/** Headers that keep every proxy between here and the client from buffering a stream (T25). */
const STREAM_HEADERS: readonly [string, string][] = [
  ["cache-control", "no-cache, no-transform"],
  ["x-accel-buffering", "no"],
];

/**
 * Sizes of JSON answers that the server packs for clients that ask for it. What is smaller saves little;
 * for what is larger, all other calls would wait: packing a MiB takes the server 5 to 50 ms.
 */
const MIN_PACKED_BYTES = 1_024;
const MAX_PACKED_BYTES = 262_144;

/**
 * At once where JSON that is not to be streamed came whole with its head. Throws or rejects with `GatewayError` for
 * every failure before any output.
 */
export function answer(sent: Sent): Reply | Promise<Reply> {
  const { call, format, response } = sent;
  if (response.status < 200 || response.status > 299) return refused(sent);
  const contentType = response.headers.get("content-type") ?? "";
  if (/^\s*text\/html\b/i.test(contentType)) throw noApi();
  // JSON is an error even of a provider whose answers are text.
  if (!isJsonType(contentType)) {
    if (call.wantsStream) return relayStream(sent);
    const isStream = format.alwaysStreams || /event-stream|ndjson/i.test(contentType);
    if (isStream && call.operation === "chat") return collectAnswer(sent);
  } else if (call.wantsStream) {
    return relayPeeked(sent);
  }
  return relayJson(sent);
}

async function refused(sent: Sent): Promise<never> {
  const { target: { provider }, format, response, redactor, options, clock } = sent;
  const { maxErrorBytes } = options;
  // Silence within an error takes nothing from its status, which is known.
  const body = withIdleTimeout(
    response.body,
    clock,
    options.idleTimeoutMs,
    () => response.body.cancel(),
  );
  const epochMs = clock.epochMs();
  const ownHeaders = ownHeadersOf(sent);
  const reader = { provider, format, ownHeaders, redactor, maxErrorBytes, epochMs };
  throw await toProviderError({ ...response, body }, reader);
}

/** What is called JSON may be the stream that was asked for. */
async function relayPeeked(sent: Sent): Promise<Reply> {
  const { isStream, body } = await peekBody(sent.response.body, wholeSource(sent));
  const peeked = withBody(sent, body);
  return await (isStream ? relayStream(peeked) : relayJson(peeked));
}

/** A page with status 200 comes from a wrong base URL, or from a proxy in between (T50). */
function noApi(): GatewayError {
  return new GatewayError(
    "upstream_invalid_response",
    "The upstream answered with a web page; whoever runs this gateway should check its base URL",
  );
}

async function relayStream(sent: Sent): Promise<Reply> {
  const { call, attempt, response, clock, options, sentMs } = sent;
  const settled = Promise.withResolvers<Outcome>();
  const translation = tellingCost(sent, createTranslation(sent));
  attempt.heard = translation.progress;
  const relay = new StreamRelay({
    source: response.body,
    translation,
    attempt,
    clock,
    redact: sent.redactor.forClient,
    options,
    arrivedMs: call.arrivedMs,
    sentMs,
    settle: settled.resolve,
  });
  await relay.open();
  attempt.begin();
  return {
    answer: { status: 200, headers: streamHeaders(sent), body: relay },
    outcome: settled.promise,
  };
}

/** The answer was streamed, the client wants it whole. */
async function collectAnswer(sent: Sent): Promise<Reply> {
  const { call, forwarded: { facts }, options } = sent;
  const progress = sent.attempt.heard = new EventProgress(facts.choices);
  const { events, ending } = await collectStream(
    wholeSource(sent, progress),
    streamDecoder(sent),
    progress,
    options.maxResponseBytes,
    sent.redactor.forClient,
  );
  const json = call.formats.answer.encodeWhole(events, encodeOptions(sent, true));
  return wholeReply(sent, encodeJson(withCost(sent, progress, json)), progress, ending);
}

function relayJson(sent: Sent): Reply | Promise<Reply> {
  const { maxResponseBytes } = sent.options;
  const whole = takeWholeBody(sent.response.body, maxResponseBytes);
  if (whole !== undefined) return relayWhole(sent, whole);
  return readWholeBody(wholeSource(sent), maxResponseBytes).then((read) => relayWhole(sent, read));
}

function relayWhole(sent: Sent, whole: Uint8Array<ArrayBuffer>): Reply | Promise<Reply> {
  const { call, format, forwarded: { facts }, redactor } = sent;
  const { operation, formats } = call;
  if (operation === "chat" && !call.wantsStream && isEventStream(whole)) {
    return collectAnswer(withBody(sent, sourceOf(whole)));
  }
  const { bytes, json } = parseJsonBody(whole);
  const fault = format.faultOf(json);
  if (fault !== undefined) throw faultToError(fault, redactor.forClient);
  if (operation === "count_tokens") {
    const told = countIn(sent, json);
    return wholeReply(sent, told === undefined ? bytes : encodeJson(told), NOTHING_SAID);
  }
  const events = operation === "chat" ? readWhole(sent, json) : format.decodeWhole(json);
  if (call.wantsStream) return restream(sent, events, bytes);
  const progress = sent.attempt.heard = new EventProgress(facts.choices);
  for (const event of events) {
    progress.note(event);
    progress.heardText.noteEvent(event);
  }
  // What is packed is no answer to anybody yet: only its counts are known.
  if (operation === "compact") return wholeReply(sent, bytes, progress);
  if (operation === "embeddings") {
    if (formats.answer.name !== format.name) {
      return wholeReply(sent, encodeJson(translateVectors(sent, json)), progress);
    }
    const whole = formats.answer.fitWhole?.(json, call.body.json) ?? json;
    const fitted = withCost(sent, progress, whole);
    return wholeReply(sent, fitted === json ? bytes : patchToMatch(bytes, json, fitted), progress);
  }
  const verdict = judgeStream(progress, redactor.forClient);
  // An answer without a finish reason says so itself.
  const isTold = verdict?.kind === "upstream_truncated" && formats.answer.needsFinish !== true;
  if (verdict !== null && !isTold) throw verdict;
  if (canObserve(sent)) {
    const told = withCost(sent, progress, json);
    const body = told === json ? bytes : patchToMatch(bytes, json, told);
    return wholeReply(sent, body, progress, { verdict });
  }
  const encoded = formats.answer.encodeWhole(events, encodeOptions(sent, true));
  return wholeReply(sent, encodeJson(withCost(sent, progress, encoded)), progress, { verdict });
}

/**
 * The upstream ignored `stream: true`: its whole answer becomes a stream of one piece (T27), and ends as
 * that of an upstream that streams.
 */
function restream(
  sent: Sent,
  events: readonly ChatEvent[],
  whole: Uint8Array<ArrayBuffer>,
): Reply {
  const { call: { formats }, forwarded: { facts }, redactor } = sent;
  const decoder = { push: () => events, flush: () => [], malformedEvents: 0 };
  const encoder = formats.answer.streamEncoder(encodeOptions(sent, showsUsage(sent)));
  const translation = tellingCost(sent, createTranscoder(decoder, encoder, facts.choices));
  const encoded = translation.push(whole);
  const { progress } = translation;
  const verdict = judgeStream(progress, redactor.forClient);
  if (verdict !== null && !progress.hasOutput) throw verdict;
  const piece = formats.answer.wholeAsStream?.(whole) ?? encoded;
  const end = translation.close(
    verdict === null ? { kind: "complete" } : { kind: "failed", error: verdict },
  );
  const body = joinBytes([piece, end], piece.length + end.length);
  return wholeReply(sent, body, progress, { verdict });
}

/** Of an answer that is no conversation's. */
const NOTHING_SAID: AnswerFacts = {
  finishReason: undefined,
  malformedEvents: 0,
  model: undefined,
  usage: undefined,
};

function wholeReply(
  sent: Sent,
  body: Uint8Array<ArrayBuffer>,
  facts: AnswerFacts,
  ending: AnswerEnding = { verdict: null },
): Reply {
  const { call, attempt, clock } = sent;
  attempt.throwIfAborted();
  attempt.release();
  const headers = call.wantsStream ? streamHeaders(sent) : jsonHeaders(sent, body.length);
  const outcome = answerOutcome(facts, ending, body.length, clock.nowMs() - call.arrivedMs);
  return { answer: { status: 200, headers, body }, outcome: Promise.resolve(outcome) };
}

/** A body that is read to its end before anything is answered. */
function wholeSource(
  { response: { body }, attempt, clock, options }: Sent,
  progress?: EventProgress,
): ByteSource {
  const isFinished = () => progress?.isFinished === true;
  return withIdleTimeout(
    body,
    clock,
    () => silenceAllowedMs(options, isFinished()),
    (error) => isFinished() ? body.cancel() : attempt.abort(error),
  );
}

function withBody(sent: Sent, body: ByteSource): Sent {
  return { ...sent, response: { ...sent.response, body } };
}

function jsonHeaders(sent: Sent, lengthBytes: number): AnswerHeaders {
  const headers = headersOf(sent);
  headers.append("content-type", "application/json");
  if (lengthBytes < MIN_PACKED_BYTES || lengthBytes > MAX_PACKED_BYTES) {
    headers.append("cache-control", "no-transform");
  }
  return headers;
}

function streamHeaders(sent: Sent): AnswerHeaders {
  const headers = headersOf(sent);
  headers.append("content-type", sent.call.formats.answer.streamContentType);
  for (const [name, value] of STREAM_HEADERS) headers.append(name, value);
  return headers;
}

function headersOf(sent: Sent): AnswerHeaders {
  const { response, redactor, forwarded: { emulated } } = sent;
  const headers = new AnswerHeaders(
    crossingHeaders(response.headers, redactor.forHeader, ownHeadersOf(sent)),
  );
  if (emulated !== undefined) headers.append("x-weir-tools", "emulated");
  return headers;
}

/** What a provider says in its format's own words means nothing to clients of another. */
function ownHeadersOf({ call, target: { provider }, format }: Sent): RegExp | undefined {
  return call.formats.answer.name === format.name ? provider.answerHeaders : undefined;
}

function encodeJson(json: object): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(json));
}
