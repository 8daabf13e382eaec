/**
 * Makes the reply of an upstream's answer: relayed as a stream, whole, or put together.
 *
 * @module
 */

import type { Call, Reply } from "../../core/call.ts";
import type { ChatEvent } from "../../core/chat_event.ts";
import type { Clock } from "../../core/clock.ts";
import type { EncodeOptions, StreamTranslation } from "../../core/dialect.ts";
import { GatewayError } from "../../core/gateway_error.ts";
import type { JsonObject } from "../../core/json.ts";
import type { Outcome } from "../../core/outcome.ts";
import { patchToMatch } from "../../bytes/patch.ts";
import type { Redactor } from "../../core/redactor.ts";
import { EventProgress } from "../../core/stream_progress.ts";
import type { ByteSource, UpstreamResponse } from "../../core/transport.ts";
import type { Target } from "../../core/provider.ts";
import type { Attempt } from "../tries/attempt.ts";
import { collectStream } from "./collect_stream.ts";
import { convertEmbeddings, embeddingFormat, embeddingUsage } from "./embeddings.ts";
import type { ForwardedBody } from "../tries/forward_body.ts";
import { isEventStream } from "../../bytes/opening_scanner.ts";
import { DONE_EVENT, encodeSseData } from "../../framing/sse_encoder.ts";
import { withIdleTimeout } from "./idle_source.ts";
import { type RelayOptions, silenceAllowedMs } from "../options.ts";
import { peekBody, sourceOf } from "./peek_body.ts";
import { parseJsonBody, readWholeBody } from "../../bytes/read_whole.ts";
import { StreamRelay } from "./stream_relay.ts";
import { createTranscoder } from "./transcode.ts";
import { crossingHeaders, faultToError, isJsonType, toUpstreamError } from "./upstream_answer.ts";
import { type AnswerEnding, type AnswerFacts, answerOutcome, judgeStream } from "./verdict.ts";

/** One try whose answer has begun. */
export interface Sent {
  readonly call: Call;
  readonly target: Target;
  readonly attempt: Attempt;
  readonly forwarded: ForwardedBody;
  readonly response: UpstreamResponse;
  readonly sentMs: number;
  readonly clock: Clock;
  readonly redactor: Redactor;
  readonly options: RelayOptions;
}

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

/** Throws `GatewayError` for every failure before any output. */
export async function answer(sent: Sent): Promise<Reply> {
  const { call, target: { upstream }, response, redactor, options, clock } = sent;
  if (response.status < 200 || response.status > 299) {
    const { maxErrorBytes } = options;
    // Silence within an error takes nothing from its status, which is known.
    const body = withIdleTimeout(
      response.body,
      clock,
      options.idleTimeoutMs,
      () => response.body.cancel(),
    );
    const reader = { upstream, redactor, maxErrorBytes, epochMs: clock.epochMs() };
    throw await toUpstreamError({ ...response, body }, reader);
  }
  const contentType = response.headers.get("content-type") ?? "";
  if (/^\s*text\/html\b/i.test(contentType)) throw noApi();
  if (upstream.dialect.alwaysStreams || !isJsonType(contentType)) {
    if (call.wantsStream) return await relayStream(sent);
    const isStream = upstream.dialect.alwaysStreams || contentType.includes("event-stream");
    if (isStream && call.operation === "chat") return await collectAnswer(sent);
  } else if (call.wantsStream) {
    const { isStream, body } = await peekBody(response.body, wholeSource(sent));
    const peeked = withBody(sent, body);
    return await (isStream ? relayStream(peeked) : relayJson(peeked));
  }
  return await relayJson(sent);
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
  const relay = new StreamRelay({
    source: response.body,
    translation: createTranslation(sent),
    attempt,
    clock,
    redact: sent.redactor.forClient,
    options: { ...options, keepAlive: keepAliveOf(sent) },
    arrivedMs: call.arrivedMs,
    sentMs,
    settle: settled.resolve,
  });
  const stream = await relay.open();
  attempt.begin();
  return {
    response: new Response(stream, { headers: streamHeaders(sent) }),
    outcome: settled.promise,
  };
}

/** A chunk is a chat's; a stream of another kind gets the form that belongs to no kind. */
function keepAliveOf({ call, options: { keepAlive } }: Sent): RelayOptions["keepAlive"] {
  return keepAlive === "chunk" && call.operation !== "chat" ? "comment" : keepAlive;
}

/** Bytes pass as they are where both sides speak the same and nothing is to be repaired. */
function canObserve({ call, target: { upstream }, options }: Sent): boolean {
  return call.dialect.name === upstream.dialect.name &&
    (options.repair === "off" || call.operation !== "chat");
}

/** Observes where client and upstream speak the same, else transcodes. */
function createTranslation(sent: Sent): StreamTranslation {
  const { call, target: { upstream }, forwarded, options } = sent;
  const wishes = call.dialect.answerWishes(call.body);
  const streamOptions = { choices: wishes.choices, maxEventBytes: options.maxEventBytes };
  const encode = encodeOptions(sent, showsUsage(sent));
  if (canObserve(sent)) {
    const dropNullUsage = forwarded.hasUsageInjected && wishes.includeUsage === undefined;
    return call.dialect.streamObserver({
      ...streamOptions,
      dropNullUsage,
      dropUsageEvent: dropNullUsage && upstream.tellsUsage !== true,
      redact: sent.redactor.forClient,
      encode,
    });
  }
  return createTranscoder(
    upstream.dialect.streamDecoder(streamOptions),
    call.dialect.streamEncoder(encode),
    wishes.choices,
  );
}

/** Whether a stream that is written anew tells its usage. */
function showsUsage({ call, target: { upstream } }: Sent): boolean {
  const { includeUsage } = call.dialect.answerWishes(call.body);
  return includeUsage ?? upstream.tellsUsage === true;
}

/** The answer was streamed, the client wants it whole. */
async function collectAnswer(sent: Sent): Promise<Reply> {
  const { call, target: { upstream }, options } = sent;
  const { choices } = call.dialect.answerWishes(call.body);
  const progress = new EventProgress(choices);
  const { events, ending } = await collectStream(
    wholeSource(sent, progress),
    upstream.dialect.streamDecoder({ choices, maxEventBytes: options.maxEventBytes }),
    progress,
    options.maxResponseBytes,
    sent.redactor.forClient,
  );
  const json = call.dialect.encodeResponse(events, encodeOptions(sent, true));
  return wholeReply(sent, encodeJson(json), progress, ending);
}

async function relayJson(sent: Sent): Promise<Reply> {
  const { call, target: { upstream: { dialect } }, redactor, options } = sent;
  const whole = await readWholeBody(wholeSource(sent), options.maxResponseBytes);
  if (call.operation === "chat" && !call.wantsStream && isEventStream(whole)) {
    return await collectAnswer(withBody(sent, sourceOf(whole)));
  }
  const { bytes, json } = parseJsonBody(whole);
  const fault = dialect.faultOf(json);
  if (fault !== undefined) throw faultToError(fault, redactor.forClient);
  if (call.operation === "embeddings") {
    const converted = convertEmbeddings(json, embeddingFormat(call.body));
    const body = converted === json ? bytes : patchToMatch(bytes, json, converted);
    return wholeReply(sent, body, embeddingFacts(json));
  }
  const events = dialect.decodeResponse(json);
  if (call.wantsStream) return restream(sent, events, bytes);
  const progress = new EventProgress(call.dialect.answerWishes(call.body).choices);
  for (const event of events) progress.note(event);
  const verdict = judgeStream(progress, redactor.forClient);
  // An answer without a finish reason says so itself.
  const isTold = verdict?.kind === "upstream_truncated" && call.dialect.needsFinish !== true;
  if (verdict !== null && !isTold) throw verdict;
  const body = canObserve(sent)
    ? bytes
    : encodeJson(call.dialect.encodeResponse(events, encodeOptions(sent, true)));
  return wholeReply(sent, body, progress, { verdict });
}

/**
 * The upstream ignored `stream: true`: its whole answer becomes a stream of one piece (T27), and ends as
 * that of an upstream that streams. A legacy completion has the same form streamed and whole.
 */
function restream(
  sent: Sent,
  events: readonly ChatEvent[],
  whole: Uint8Array<ArrayBuffer>,
): Reply {
  const { call: { dialect, body, operation }, redactor } = sent;
  const { choices } = dialect.answerWishes(body);
  const decoder = { push: () => events, flush: () => [], malformedEvents: 0 };
  const encoder = dialect.streamEncoder(encodeOptions(sent, showsUsage(sent)));
  const translation = createTranscoder(decoder, encoder, choices);
  const encoded = translation.push(whole);
  const { progress } = translation;
  const verdict = judgeStream(progress, redactor.forClient);
  if (verdict !== null && !progress.hasOutput) throw verdict;
  const event = operation === "completions"
    ? encodeSseData(new TextDecoder().decode(whole))
    : encoded;
  const isComplete = verdict === null;
  const last = translation.close(
    isComplete ? { kind: "complete" } : { kind: "failed", error: verdict },
  );
  // The encoder's last chunks are a chat's.
  const end = operation === "completions" && isComplete ? DONE_EVENT : last;
  return wholeReply(sent, new Blob([event, end]), progress, { verdict });
}

function embeddingFacts(json: JsonObject): AnswerFacts {
  const model = typeof json["model"] === "string" ? json["model"] : undefined;
  return { usage: embeddingUsage(json), finishReason: undefined, malformedEvents: 0, model };
}

function wholeReply(
  sent: Sent,
  body: Uint8Array<ArrayBuffer> | Blob,
  facts: AnswerFacts,
  ending: AnswerEnding = { verdict: null },
): Reply {
  const { call, attempt, clock } = sent;
  attempt.signal.throwIfAborted();
  attempt.release();
  const bytes = body instanceof Blob ? body.size : body.length;
  const headers = call.wantsStream ? streamHeaders(sent) : jsonHeaders(sent, bytes);
  const outcome = answerOutcome(facts, ending, bytes, clock.nowMs() - call.arrivedMs);
  return { response: new Response(body, { headers }), outcome: Promise.resolve(outcome) };
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

function jsonHeaders({ response, redactor }: Sent, lengthBytes: number): [string, string][] {
  const headers = crossingHeaders(response.headers, redactor.forHeader);
  headers.push(["content-type", "application/json"]);
  if (lengthBytes < MIN_PACKED_BYTES || lengthBytes > MAX_PACKED_BYTES) {
    headers.push(["cache-control", "no-transform"]);
  }
  return headers;
}

function streamHeaders({ call, response, redactor }: Sent): [string, string][] {
  return [
    ...crossingHeaders(response.headers, redactor.forHeader),
    ["content-type", call.dialect.streamContentType],
    ...STREAM_HEADERS,
  ];
}

function encodeOptions({ call, clock }: Sent, includeUsage: boolean): EncodeOptions {
  return {
    id: `chatcmpl-${call.id}`,
    model: call.model,
    createdSeconds: Math.floor(clock.epochMs() / 1000),
    includeUsage,
  };
}

function encodeJson(json: object): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(json));
}
