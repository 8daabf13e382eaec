/** An answer that is kept: taken down while it leaves for the first time, and given again. */

import { joinBytes } from "../../bytes/read_whole.ts";
import type { Reply } from "../../core/call.ts";
import type { CancelTimer, Clock } from "../../core/clock.ts";
import { clientGone, type GatewayError } from "../../core/gateway_error.ts";
import type { GuardFinding } from "../../core/guard.ts";
import { AnswerHeaders } from "../../core/http/answer_headers.ts";
import {
  type AnswerSink,
  isStreamed,
  seenAnswer,
  type StreamedAnswer,
} from "../../core/http/http.ts";
import { type Outcome, outcomeKindOf } from "../../core/outcome.ts";
import type { HeaderList } from "../../core/provider/transport.ts";

/** What of an answer's headers is true of it whenever it is given; the rest is of one exchange. */
const KEPT_HEADERS: ReadonlySet<string> = new Set([
  "cache-control",
  "content-type",
  "x-accel-buffering",
  "x-weir-tools",
]);

export interface KeptChunk {
  /** From the beginning of the answer. */
  readonly atMs: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface KeptAnswer {
  readonly headers: HeaderList;
  /** One of an answer that was no stream. */
  readonly chunks: readonly KeptChunk[];
  readonly isStream: boolean;
  /** `Clock.epochMs` when it was whole. */
  readonly keptMs: number;
  readonly provider: string | undefined;
  readonly warnings: readonly string[];
  /** What guards found in it: each caller gets what they left. */
  readonly guards: readonly GuardFinding[];
  readonly finishReason?: string;
  readonly servedModel?: string;
  /** What it cost: what is saved each time it is given again; `null` where nobody knows. */
  readonly usd: number | null;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** Memory that it takes, about. */
export function bytesOf({ chunks, headers }: KeptAnswer): number {
  const ofChunks = chunks.reduce((sum, { bytes }) => sum + bytes.length + CHUNK_BYTES, 0);
  return ofChunks + headers.length * CHUNK_BYTES + ANSWER_BYTES;
}

const CHUNK_BYTES = 100;
const ANSWER_BYTES = 1_000;

/** The body in one piece, to be read alone: of one chunk it is that chunk. */
export function wholeOf(chunks: readonly KeptChunk[]): Uint8Array<ArrayBuffer> {
  const length = chunks.reduce((sum, { bytes }) => sum + bytes.length, 0);
  return joinBytes(chunks.map(({ bytes }) => bytes), length);
}

/** What was taken down of an answer's body. */
export interface TakenDown {
  readonly reply: Reply;
  /** Once it is over; `undefined` where it was too long. */
  readonly chunks: () => readonly KeptChunk[] | undefined;
}

/** The same reply, whose body is copied while it leaves. */
export function takeDown(reply: Reply, maxBytes: number, clock: Clock): TakenDown {
  const { answer } = reply;
  const { body } = answer;
  if (!isStreamed(body)) {
    const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
    const isKept = bytes !== null && bytes.length <= maxBytes;
    const chunks = isKept ? [{ atMs: 0, bytes: bytes.slice() }] : undefined;
    return { reply, chunks: () => chunks };
  }
  const startedMs = clock.nowMs();
  let chunks: KeptChunk[] | undefined = [];
  let length = 0;
  const keep = (bytes: Uint8Array<ArrayBuffer>): void => {
    length += bytes.length;
    if (length > maxBytes) chunks = undefined;
    // What is written is the sink's.
    else chunks?.push({ atMs: clock.nowMs() - startedMs, bytes: bytes.slice() });
  };
  const copied = { ...answer, body: seenAnswer(body, keep) };
  return { reply: { ...reply, answer: copied }, chunks: () => chunks };
}

export function keptHeaders(headers: Iterable<readonly [string, string]>): HeaderList {
  return [...headers].filter(([name]) => KEPT_HEADERS.has(name));
}

export interface GivenParts {
  readonly clock: Clock;
  readonly arrivedMs: number;
  readonly pace: "instant" | "recorded";
}

/** The answer once more. It counts no tokens: nobody was asked. */
export function giveAgain(kept: KeptAnswer, { clock, arrivedMs, pace }: GivenParts): Reply {
  const headers = new AnswerHeaders(kept.headers);
  const outcome: Omit<Outcome, "bytes"> = {
    kind: "complete",
    status: 200,
    usage: { inputTokens: 0, outputTokens: 0, totalTokens: 0 },
    ...(kept.finishReason !== undefined && { finishReason: kept.finishReason }),
    ...(kept.servedModel !== undefined && { servedModel: kept.servedModel }),
    firstTokenMs: clock.nowMs() - arrivedMs,
  };
  if (!kept.isStream || pace === "instant") {
    const body = wholeOf(kept.chunks);
    const whole = Promise.resolve({ ...outcome, bytes: body.length });
    return { answer: { status: 200, headers, body }, outcome: whole };
  }
  const settled = Promise.withResolvers<Outcome>();
  const body = new PacedAnswer(kept.chunks, clock, (bytes, failure) => {
    if (failure === undefined) return settled.resolve({ ...outcome, bytes });
    const { code, message: reason } = failure;
    settled.resolve({ ...outcome, kind: outcomeKindOf(failure), code, reason, bytes });
  });
  return { answer: { status: 200, headers, body }, outcome: settled.promise };
}

class PacedAnswer implements StreamedAnswer {
  readonly #chunks: readonly KeptChunk[];
  readonly #clock: Clock;
  readonly #settle: (bytes: number, failure?: GatewayError) => void;
  #bytes = 0;
  #isOver = false;
  #cancelWait: CancelTimer = () => {};

  constructor(
    chunks: readonly KeptChunk[],
    clock: Clock,
    settle: (bytes: number, failure?: GatewayError) => void,
  ) {
    this.#chunks = chunks;
    this.#clock = clock;
    this.#settle = settle;
  }

  start(sink: AnswerSink): void {
    this.#write(sink, 0, this.#clock.nowMs());
  }

  cancel(cause = clientGone()): void {
    this.#cancelWait();
    this.#end(cause);
  }

  #write(sink: AnswerSink, index: number, startedMs: number): void {
    if (this.#isOver) return;
    const chunk = this.#chunks[index];
    if (chunk === undefined) {
      sink.end();
      return this.#end();
    }
    const waitMs = startedMs + chunk.atMs - this.#clock.nowMs();
    if (waitMs > 0) {
      this.#cancelWait = this.#clock.schedule(waitMs, () => this.#write(sink, index, startedMs));
      return;
    }
    this.#bytes += chunk.bytes.length;
    const behind = sink.write(chunk.bytes.slice());
    const goOn = (): void => this.#write(sink, index + 1, startedMs);
    if (behind === undefined) goOn();
    else behind.then(goOn);
  }

  #end(failure?: GatewayError): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#settle(this.#bytes, failure);
  }
}
