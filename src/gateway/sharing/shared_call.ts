/**
 * One upstream call for several client calls. Each client leaves by itself; the upstream is cancelled when
 * all have left.
 *
 * @module
 */

import type { Call, CallTrace, Exchange, Reply } from "../../core/call.ts";
import type { Clock } from "../../core/clock.ts";
import { NO_COST } from "../../core/ledger/call_record.ts";
import { clientGone, GatewayError } from "../../core/gateway_error.ts";
import { AnswerHeaders } from "../../core/http/answer_headers.ts";
import { type HttpAnswer, isStreamed, type StreamedAnswer } from "../../core/http/http.ts";
import { type Outcome, outcomeKindOf } from "../../core/outcome.ts";
import { OwnSignal } from "../../core/http/signal.ts";
import { type SharedEnding, SharedStream } from "./shared_stream.ts";

export interface SharedCallParts {
  readonly next: Exchange;
  readonly maxBufferBytes: number;
  readonly clock: Clock;
  /** Called when nobody can join any more; perhaps more than once. */
  readonly onClose: () => void;
}

/** The upstream's reply, whole or as it comes. */
interface SharedReply {
  readonly reply: Reply;
  readonly body: Exclude<HttpAnswer["body"], StreamedAnswer> | SharedStream;
}

function tooSlow(): GatewayError {
  return new GatewayError(
    "client_closed",
    "The stream is shared with other clients, and this one read it too slowly; send the request again",
    { code: "client_too_slow" },
  );
}

export class SharedCall {
  readonly #parts: SharedCallParts;
  /** Of what is sent upstream; what it costs is told to one of the calls. */
  readonly #trace: CallTrace;
  readonly #leadersTrace: CallTrace;
  readonly #signal = new OwnSignal();
  readonly #pending: Promise<SharedReply>;
  #stream: SharedStream | undefined;
  #waiting = 0;
  #isClosed = false;
  #isUsageReported = false;
  #hasReply = false;

  /** @param leader The first call; what is sent upstream is sent for it. */
  constructor(parts: SharedCallParts, leader: Call) {
    this.#parts = parts;
    this.#trace = { ...leader.trace };
    this.#leadersTrace = leader.trace;
    this.#pending = this.#send(leader);
    this.#pending.catch(() => this.#close());
  }

  get isJoinable(): boolean {
    return !this.#isClosed && (this.#stream?.isJoinable ?? true);
  }

  /** To be called only while it is joinable. Throws `GatewayError` where no answer has begun. */
  async join(call: Call): Promise<Reply> {
    this.#waiting += 1;
    try {
      const shared = await this.#unlessLeft(call);
      return this.#replyTo(call, shared);
    } finally {
      this.#waiting -= 1;
      this.#cancelUnwanted();
      this.#tell(call);
      // Of those who get no answer the last one pays.
      if (this.#waiting === 0 && !this.#hasReply) this.#charge(call);
    }
  }

  async #send(leader: Call): Promise<SharedReply> {
    const { next, maxBufferBytes } = this.#parts;
    const reply = await next({ ...leader, signal: this.#signal, trace: this.#trace });
    this.#hasReply = true;
    const { body } = reply.answer;
    if (isStreamed(body)) {
      this.#stream = new SharedStream(body, maxBufferBytes, () => this.#close());
      return { reply, body: this.#stream };
    }
    this.#close();
    return { reply, body };
  }

  async #unlessLeft({ signal }: Call): Promise<SharedReply> {
    const left = Promise.withResolvers<never>();
    const onLeft = (): void => left.reject(clientGone());
    signal.addEventListener("abort", onLeft);
    if (signal.aborted) onLeft();
    try {
      return await Promise.race([this.#pending, left.promise]);
    } finally {
      signal.removeEventListener("abort", onLeft);
    }
  }

  #replyTo(call: Call, { reply, body }: SharedReply): Reply {
    const { status } = reply.answer;
    // Each client's answer gets further ones of its own.
    const headers = new AnswerHeaders([...reply.answer.headers]);
    const { clock } = this.#parts;
    const { arrivedMs } = call;
    if (!(body instanceof SharedStream)) {
      const firstTokenMs = clock.nowMs() - arrivedMs;
      const outcome = reply.outcome.then((ended) => ({ ...this.#once(call, ended), firstTokenMs }));
      return { answer: { status, headers, body }, outcome };
    }
    const settled = Promise.withResolvers<Outcome>();
    let firstTokenMs: number | undefined;
    const streamed = body.join({
      tooSlow: this.#errorEvent(call),
      begin: () => firstTokenMs = clock.nowMs() - arrivedMs,
      settle: (ending, bytes) => {
        const own = { bytes, ...(firstTokenMs === undefined ? {} : { firstTokenMs }) };
        if (ending === "complete") {
          reply.outcome.then((ended) => settled.resolve({ ...this.#once(call, ended), ...own }));
        } else if (body.isUnread && !this.#isUsageReported) {
          // Nobody gets all of it, so the last to leave pays for what there was.
          reply.outcome.then((ended) => {
            const { usage, cost } = this.#once(call, ended);
            const paid = { ...(usage && { usage }), ...(cost && { cost }) };
            settled.resolve({ ...endedEarly(ending), ...own, ...paid });
          });
        } else {
          settled.resolve({ ...endedEarly(ending), ...own });
        }
      },
    });
    return { answer: { status, headers, body: streamed }, outcome: settled.promise };
  }

  /** Usage is paid for once and so reported once, for the first client that has all of the answer. */
  #once(call: Call, ended: Outcome): Outcome {
    const { usage: _, ...outcome } = ended;
    if (this.#isUsageReported) return outcome;
    this.#isUsageReported = true;
    this.#charge(call);
    return ended;
  }

  #charge({ trace }: Call): void {
    const { tries, cost, pricing } = this.#trace;
    if (tries !== undefined) trace.tries = tries;
    if (cost !== undefined) trace.cost = cost;
    if (pricing === undefined) return;
    trace.pricing = pricing.then(() => {
      const { tries = [], cost = NO_COST } = this.#trace;
      Object.assign(trace, { tries, cost });
    });
  }

  /** What was done upstream is the first call's; of the others it is told who answered. */
  #tell({ trace }: Call): void {
    const { tries: _tries, cost: _cost, pricing: _pricing, headers: _headers, ...told } =
      this.#trace;
    if (trace === this.#leadersTrace) return void Object.assign(trace, told);
    const { upstream: provider, warnings, upstreamRequestId, lastFailure } = told;
    trace.upstream = provider;
    trace.warnings = warnings;
    if (upstreamRequestId !== undefined) trace.upstreamRequestId = upstreamRequestId;
    if (lastFailure !== undefined) trace.lastFailure = lastFailure;
  }

  #errorEvent(call: Call): Uint8Array<ArrayBuffer> {
    const encoder = call.formats.answer.streamEncoder({
      id: call.id,
      model: call.model,
      createdSeconds: Math.floor(this.#parts.clock.epochMs() / 1000),
      includeUsage: false,
    });
    return encoder.close({ kind: "failed", error: tooSlow() });
  }

  #cancelUnwanted(): void {
    if (this.#waiting > 0) return;
    if (this.#stream !== undefined) return this.#stream.cancelUnread();
    this.#close();
    this.#signal.abort(clientGone());
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#parts.onClose();
  }
}

function endedEarly(ending: Exclude<SharedEnding, "complete">): Omit<Outcome, "bytes"> {
  const error = ending === "too_slow" ? tooSlow() : ending === "left" ? clientGone() : ending;
  return { kind: outcomeKindOf(error), status: 200, code: error.code, reason: error.message };
}
