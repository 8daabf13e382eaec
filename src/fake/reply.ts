/**
 * Sends an answer with the faults that its tags ask for.
 *
 * @module
 */

import { randomDigits } from "./answer.ts";
import { errorText, type RefusalName, refusalOf, REFUSALS } from "./errors.ts";
import type { FakeOptions } from "./options.ts";
import type { Switches } from "./read_switches.ts";
import { type Step, streamSteps } from "./step_stream.ts";
import { MAX_WAIT_MS } from "./tags.ts";

/** What is said where nothing is wrong: the data of a stream's events, or a JSON body. */
export type Content =
  | { readonly type: "events"; readonly payloads: Iterable<string> }
  | { readonly type: "body"; readonly text: string };

/** Status and headers of a reply. */
export interface ReplyHead {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

const JSON_HEAD: ReplyHead = { status: 200, headers: { "content-type": "application/json" } };

const STREAM_HEAD: ReplyHead = {
  status: 200,
  headers: { "content-type": "text/event-stream; charset=utf-8", "x-accel-buffering": "no" },
};

const HTML_PAGE = "<html>\r\n<head><title>Error</title></head>\r\n<body>\r\n" +
  "<center><h1>Error</h1></center>\r\n</body>\r\n</html>\r\n";

/** Events made ahead of the reader, so that each does not cost a turn of the event loop. */
const MAX_QUEUED_BYTES = 16_384;

const DROP: readonly Step[] = ["drop"];

const STALL: readonly Step[] = [{ waitMs: MAX_WAIT_MS }, "drop"];

const encoder = new TextEncoder();

/** Answers after the wait that `[slow=MS]` asks for, if any. */
export async function reply(
  content: Content,
  switches: Switches,
  request: Request,
  options: FakeOptions,
): Promise<Response> {
  options.onAnswer?.("open");
  // Only a wait looks at the signal: touching it costs more than the rest of a plain answer.
  if (switches.slow !== undefined && !await hasWaited(switches.slow, request.signal, options)) {
    options.onAnswer?.("cancelled");
    return new Response(null, { status: 499 }); // Nobody is left to read it.
  }
  if (switches.refusal !== undefined) return refuse(switches.refusal, switches, options);
  if (content.type === "events") {
    const steps = switches.empty ? [].values() : eventSteps(content.payloads, switches);
    return streamReply(steps, STREAM_HEAD, switches, options);
  }
  const text = switches.error === undefined ? content.text : errorText(REFUSALS["500"]);
  return bodyReply(text, JSON_HEAD, switches, options);
}

/** A reply that is sent at once, JSON unless its head says otherwise. */
export function wholeReply(text: string, options: FakeOptions, head = JSON_HEAD): Response {
  return new Response(text, {
    status: head.status,
    headers: { ...commonHeaders(options), ...JSON_HEAD.headers, ...head.headers },
  });
}

function refuse(name: RefusalName, switches: Switches, options: FakeOptions): Response {
  const refusal = refusalOf(name);
  const retryAfterSeconds = switches["retry-after"] ?? refusal.retryAfterSeconds;
  const headers = {
    "content-type": switches.html ? "text/html" : "application/json",
    ...(retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) }),
  };
  const text = switches.html ? HTML_PAGE : errorText(refusal);
  return bodyReply(text, { status: refusal.status, headers }, switches, options);
}

function bodyReply(
  text: string,
  head: ReplyHead,
  switches: Switches,
  options: FakeOptions,
): Response {
  if (switches.cut !== undefined || switches.stall !== undefined) {
    return streamReply(halfBodySteps(text, switches), head, switches, options);
  }
  options.onAnswer?.("done");
  return wholeReply(switches.empty ? "" : switches.malformed ? halfOf(text) : text, options, head);
}

function streamReply(
  steps: Iterator<Step>,
  head: ReplyHead,
  switches: Switches,
  options: FakeOptions,
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
    headers: { ...commonHeaders(options), ...head.headers },
  });
}

/** The events of a stream as steps. Made as they are read: a stream may have a million of them. */
function* eventSteps(payloads: Iterable<string>, switches: Switches): Generator<Step> {
  const { pace, comments = 0, malformed, error } = switches;
  for (let comment = 0; comment < comments; comment++) {
    yield encoder.encode(": waiting\n\n");
    if (pace !== undefined) yield { waitMs: pace };
  }
  let events = 0;
  for (const payload of withDone(payloads, switches)) {
    const fault = faultAfter(events, switches);
    if (fault !== undefined) return yield* fault;
    if (events === error) break;
    if (pace !== undefined && events > 0) yield { waitMs: pace };
    events += 1;
    yield encoder.encode(`data: ${events === malformed ? halfOf(payload) : payload}\n\n`);
  }
  yield* faultAfter(events, switches) ?? [];
  if (events === error) yield encoder.encode(`data: ${errorText(REFUSALS["500"])}\n\n`);
}

function* withDone(payloads: Iterable<string>, { nodone }: Switches): Generator<string> {
  yield* payloads;
  if (!nodone) yield "[DONE]";
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

function commonHeaders(options: FakeOptions): Record<string, string> {
  return {
    // Bytes leave as they are written: the runtime would compress JSON.
    "cache-control": "no-cache, no-transform",
    "x-request-id": `req_${randomDigits(options)}`,
  };
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
