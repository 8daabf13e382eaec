/**
 * One upstream call for several client calls. Each client leaves by itself; the upstream is cancelled when
 * all have left.
 *
 * @module
 */

import type { Call, CallTrace, Exchange, Reply } from "../../core/call.ts";
import type { Clock } from "../../core/clock.ts";
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
  /** Not the first call itself: its body may be large, and a stream outlives the need for it. */
  readonly #trace: CallTrace;
  readonly #signal = new OwnSignal();
  readonly #pending: Promise<SharedReply>;
  #stream: SharedStream | undefined;
  #waiting = 0;
  #isClosed = false;
  #isUsageReported = false;

  /** @param leader The first call; what is sent upstream is sent for it. */
  constructor(parts: SharedCallParts, leader: Call) {
    this.#parts = parts;
    this.#trace = leader.trace;
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
      const { upstream: provider, warnings, upstreamRequestId, lastFailure } = this.#trace;
      call.trace.upstream = provider;
      call.trace.warnings = warnings;
      if (upstreamRequestId !== undefined) call.trace.upstreamRequestId = upstreamRequestId;
      if (lastFailure !== undefined) call.trace.lastFailure = lastFailure;
    }
  }

  async #send(leader: Call): Promise<SharedReply> {
    const { next, maxBufferBytes } = this.#parts;
    const reply = await next({ ...leader, signal: this.#signal });
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
      const outcome = reply.outcome.then((ended) => ({ ...this.#once(ended), firstTokenMs }));
      return { answer: { status, headers, body }, outcome };
    }
    const settled = Promise.withResolvers<Outcome>();
    let firstTokenMs: number | undefined;
    const streamed = body.join({
      tooSlow: this.#errorEvent(call),
      begin: () => firstTokenMs = clock.nowMs() - arrivedMs,
      settle: (ending, bytes) => {
        const own = { bytes, ...(firstTokenMs === undefined ? {} : { firstTokenMs }) };
        if (ending !== "complete") settled.resolve({ ...endedEarly(ending), ...own });
        else reply.outcome.then((ended) => settled.resolve({ ...this.#once(ended), ...own }));
      },
    });
    return { answer: { status, headers, body: streamed }, outcome: settled.promise };
  }

  /** Usage is paid for once and so reported once, for the first client that has all of the answer. */
  #once(ended: Outcome): Outcome {
    const { usage, ...outcome } = ended;
    if (usage === undefined || this.#isUsageReported) return outcome;
    this.#isUsageReported = true;
    return ended;
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

function endedEarly(ending: SharedEnding): Omit<Outcome, "bytes"> {
  const error = ending === "too_slow" ? tooSlow() : clientGone();
  return { kind: outcomeKindOf(error), status: 200, code: error.code, reason: error.message };
}
