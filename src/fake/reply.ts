/**
 * Sends an answer with the faults that its tags ask for.
 *
 * @module
 */

import type { GatewayError } from "../core/gateway_error.ts";
import { randomDigits } from "./answer.ts";
import type { Api } from "./api.ts";
import { type RefusalName, refusalOf } from "./errors.ts";
import type { FakeOptions } from "./options.ts";
import type { Switches } from "./read_switches.ts";
import { type Step, streamSteps } from "./step_stream.ts";
import { MAX_WAIT_MS } from "./tags.ts";

/** What is said where nothing is wrong: the data of a stream's events, or a JSON body. */
export type Content =
  | {
    readonly type: "events";
    readonly payloads: Iterable<string>;
    /** The last of them, where it is another than the API's. */
    readonly end?: () => string;
  }
  | { readonly type: "body"; readonly text: string };

/** What is sent, and how. */
export interface Sending {
  readonly api: Api;
  readonly content: Content;
  readonly switches: Switches;
}

/** Status and headers of a reply. */
export interface ReplyHead {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** What all parts of one reply know. */
interface ReplyContext {
  readonly api: Api;
  readonly switches: Switches;
  readonly options: FakeOptions;
  readonly requestId: string;
}

const JSON_HEAD: ReplyHead = { status: 200, headers: { "content-type": "application/json" } };

const EVENT_STREAM = "text/event-stream; charset=utf-8";

const HTML_PAGE = "<html>\r\n<head><title>Error</title></head>\r\n<body>\r\n" +
  "<center><h1>Error</h1></center>\r\n</body>\r\n</html>\r\n";

/** Events made ahead of the reader, so that each does not cost a turn of the event loop. */
const MAX_QUEUED_BYTES = 16_384;

const DROP: readonly Step[] = ["drop"];

const STALL: readonly Step[] = [{ waitMs: MAX_WAIT_MS }, "drop"];

/** The error that a stream ends with, or that comes with status 200. */
const LATE_ERROR: RefusalName = "500";

const encoder = new TextEncoder();

/** Answers after the wait that `[slow=MS]` asks for, if any. */
export async function reply(
  { api, content, switches }: Sending,
  request: Request,
  options: FakeOptions,
): Promise<Response> {
  options.onAnswer?.("open");
  // Only a wait looks at the signal: touching it costs more than the rest of a plain answer.
  if (switches.slow !== undefined && !await hasWaited(switches.slow, request.signal, options)) {
    options.onAnswer?.("cancelled");
    return new Response(null, { status: 499 }); // Nobody is left to read it.
  }
  const context = { api, switches, options, requestId: newRequestId(options) };
  if (switches.refusal !== undefined) return refuse(switches.refusal, context);
  if (content.type === "events") {
    const steps = switches.empty ? [].values() : eventSteps(content, context);
    return streamReply(steps, streamHead(api), context);
  }
  const text = switches.error === undefined
    ? content.text
    : api.refusalText(LATE_ERROR, context.requestId);
  return bodyReply(text, JSON_HEAD, context);
}

/** A reply that is sent at once, JSON unless its head says otherwise. */
export function wholeReply(
  text: string,
  api: Api,
  options: FakeOptions,
  head = JSON_HEAD,
): Response {
  return textReply(text, api, newRequestId(options), head);
}

/** The reply to a request that has brought about an error. */
export function errorReply(
  error: GatewayError,
  api: Api,
  options: FakeOptions,
): Response {
  const requestId = newRequestId(options);
  const { status, allow } = error;
  const headers = allow === undefined ? {} : { allow: allow.join(", ") };
  return textReply(api.errorText(error, requestId), api, requestId, { status, headers });
}

function refuse(name: RefusalName, context: ReplyContext): Response {
  const { api, switches, requestId } = context;
  const refusal = refusalOf(name);
  const retryAfterSeconds = switches["retry-after"] ?? refusal.retryAfterSeconds;
  const headers = {
    "content-type": switches.html ? "text/html" : "application/json",
    ...(retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) }),
  };
  const text = switches.html ? HTML_PAGE : api.refusalText(name, requestId);
  return bodyReply(text, { status: refusal.status, headers }, context);
}

function bodyReply(text: string, head: ReplyHead, context: ReplyContext): Response {
  const { api, switches, options, requestId } = context;
  if (switches.cut !== undefined || switches.stall !== undefined) {
    return streamReply(halfBodySteps(text, switches), head, context);
  }
  options.onAnswer?.("done");
  const sent = switches.empty ? "" : switches.malformed ? halfOf(text) : text;
  return textReply(sent, api, requestId, head);
}

function textReply(text: string, api: Api, requestId: string, head: ReplyHead): Response {
  return new Response(text, {
    status: head.status,
    headers: { ...commonHeaders(api, requestId), ...JSON_HEAD.headers, ...head.headers },
  });
}

function streamReply(
  steps: Iterator<Step>,
  head: ReplyHead,
  { api, switches, options, requestId }: ReplyContext,
): Response {
  const body = streamSteps(steps, {
    clock: options.clock,
    maxQueuedBytes: switches.cut === undefined && switches.stall === undefined
      ? MAX_QUEUED_BYTES
      : 0,
    onEnd: (event) => options.onAnswer?.(event),
  });
  return new Response(body, {
    status: head.status,
    headers: { ...commonHeaders(api, requestId), ...head.headers },
  });
}

/** The events of a stream as steps. Made as they are read: a stream may have a million of them. */
function* eventSteps(
  { payloads, end = () => context.api.end }: Extract<Content, { readonly type: "events" }>,
  context: ReplyContext,
): Generator<Step> {
  const { api, switches, requestId } = context;
  const { pace, comments = 0, malformed, error } = switches;
  for (let comment = 0; comment < comments; comment++) {
    yield encoder.encode(api.keepAlive);
    if (pace !== undefined) yield { waitMs: pace };
  }
  let events = 0;
  for (const payload of switches.nodone ? payloads : withEnd(payloads, end)) {
    const fault = faultAfter(events, switches);
    if (fault !== undefined) return yield* fault;
    if (events === error) break;
    if (pace !== undefined && events > 0) yield { waitMs: pace };
    events += 1;
    yield frameOf(api, events === malformed ? halfOf(payload) : payload, payload, events - 1);
  }
  const fault = faultAfter(events, switches);
  if (fault !== undefined) return yield* fault;
  if (events === error) {
    const refusal = api.errorEvent?.(LATE_ERROR, events) ??
      api.refusalText(LATE_ERROR, requestId);
    yield frameOf(api, refusal, refusal, events);
  }
  if (api.closing !== undefined) yield encoder.encode(api.closing);
}

function* withEnd(payloads: Iterable<string>, end: () => string): Generator<string> {
  yield* payloads;
  yield end();
}

function streamHead({ streamType = EVENT_STREAM }: Api): ReplyHead {
  return { status: 200, headers: { "content-type": streamType, "x-accel-buffering": "no" } };
}

/** @param whole What the data was before it was broken, which says its name. */
function frameOf(api: Api, data: string, whole: string, index: number): Uint8Array {
  const name = api.nameOf(whole);
  const text = api.frame?.(data, index) ??
    (name === undefined ? `data: ${data}\n\n` : `event: ${name}\ndata: ${data}\n\n`);
  return encoder.encode(text);
}

/** Half of a body, for a reader that must not take it for the whole. */
function* halfBodySteps(text: string, switches: Switches): Generator<Step> {
  yield encoder.encode(halfOf(text));
  yield* switches.cut === undefined ? STALL : DROP;
}

/** How a stream ends when `[cut=N]` or `[stall=N]` says so after this many events. */
function faultAfter(events: number, { cut, stall }: Switches): readonly Step[] | undefined {
  if (events === cut) return DROP;
  if (events === stall) return STALL;
  return undefined;
}

/** What is left is broken JSON in any case: the end of the object is missing. */
function halfOf(text: string): string {
  return text.slice(0, Math.ceil(text.length / 2));
}

function commonHeaders(api: Api, requestId: string): Record<string, string> {
  return {
    // Bytes leave as they are written: the runtime would compress JSON.
    "cache-control": "no-cache, no-transform",
    [api.requestIdHeader]: requestId,
  };
}

function newRequestId(options: FakeOptions): string {
  return `req_${randomDigits(options)}`;
}

/** Whether the time passed before the client left. */
function hasWaited(waitMs: number, signal: AbortSignal, { clock }: FakeOptions): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(false);
    const leave = () => {
      cancelTimer();
      resolve(false);
    };
    const cancelTimer = clock.schedule(waitMs, () => {
      signal.removeEventListener("abort", leave);
      resolve(true);
    });
    signal.addEventListener("abort", leave, { once: true });
  });
}
