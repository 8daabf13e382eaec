/**
 * Relays one stream: the only place that decides what happens to a streamed body on its way back.
 *
 * The upstream is read when the client has room for more and not before, so a slow client makes the
 * upstream wait. What one read brought leaves as one chunk, at once.
 *
 * The opening (comments, a role) is held back until the first content, so that a failure before it
 * gets a real HTTP status (T12, T13); after it, a failure is the stream's last event (T08).
 *
 * @module
 */

import { clientGone, GatewayError, toGatewayError } from "../../core/gateway_error.ts";
import type { CancelTimer, Clock } from "../../core/clock.ts";
import type { StreamTranslation } from "../../core/format.ts";
import type { AnswerSink, StreamedAnswer } from "../../core/http/http.ts";
import type { AssumedEnd, Outcome } from "../../core/outcome.ts";
import type { Redact } from "../../core/text/redactor.ts";
import type { ByteSource } from "../../core/provider/transport.ts";
import type { Attempt } from "../tries/attempt.ts";
import type { RelayOptions } from "../options.ts";
import { whatIsDue } from "./overdue.ts";
import { HeldChunks } from "../../bytes/held_chunks.ts";
import { readRest } from "./read_rest.ts";
import { answerOutcome, assumedEndOf, judgeFailure, judgeStream } from "./verdict.ts";

/** Held back at the most: comments without end are no opening. */
const MAX_HELD_BYTES = 65_536;
const NOTHING = new Uint8Array(0);

export interface StreamRelayParts {
  readonly source: ByteSource;
  readonly translation: StreamTranslation;
  readonly attempt: Attempt;
  readonly clock: Clock;
  readonly options: RelayOptions;
  /** For what the upstream says of a failure. */
  readonly redact: Redact;
  /** `Clock.nowMs` when the call arrived. */
  readonly arrivedMs: number;
  /** `Clock.nowMs` when the request was sent upstream. */
  readonly sentMs: number;
  /** Called once, with how the stream ended. */
  readonly settle: (outcome: Outcome) => void;
}

export class StreamRelay implements StreamedAnswer {
  readonly #parts: StreamRelayParts;
  readonly #held = new HeldChunks();
  /** Set while the opening is read, which whoever starts after the hold's deadline has to wait for. */
  #opening: Promise<void> | undefined;
  #pumping: Promise<void> | undefined;
  /** Set once there is an answer, which may wait for others to be sent before it. */
  #isOpen = false;
  #sink: AnswerSink | undefined;
  /** Set while the client has no room for more. */
  #behind: Promise<void> | undefined;
  /** How the stream ended: an error, or `null` for complete. Nothing is read once it is set. */
  #verdict: GatewayError | null | undefined;
  #assumedEnd: AssumedEnd | undefined;
  #isClientGone = false;
  #isSettled = false;
  /** When the read in flight began. Silence counts only then, not while the client is slow. */
  #readSinceMs: number | undefined;
  #lastSentMs = 0;
  #firstContentMs: number | undefined;
  #sentBytes = 0;
  #cancelTick: CancelTimer = () => {};

  constructor(parts: StreamRelayParts) {
    this.#parts = parts;
    parts.attempt.onAbort = (reason) => this.#end(reason);
  }

  /**
   * Reads the opening; then the answer can be started.
   *
   * Throws `GatewayError` when the stream failed before any content; nothing is settled then.
   */
  async open(): Promise<void> {
    const { clock, options, translation } = this.#parts;
    this.#tick();
    const opening = this.#opening = this.#readOpening();
    await new Promise<void>((resolve) => {
      const cancelHold = clock.schedule(options.openingHoldMs, resolve);
      opening.then(() => {
        this.#opening = undefined;
        cancelHold();
        resolve();
        this.#finishUnsent();
      });
    });
    if (this.#verdict && !translation.progress.hasOutput) {
      this.#isSettled = true;
      this.#cancelTick();
      throw this.#verdict;
    }
    this.#isOpen = true;
  }

  /** What was held leaves before it returns. */
  start(sink: AnswerSink): void {
    this.#sink = sink;
    this.#lastSentMs = this.#parts.clock.nowMs();
    if (!this.#isSettled) {
      this.#pumping = this.#pump();
      return;
    }
    sink.write(this.#held.take());
    sink.end();
  }

  cancel(cause?: GatewayError): void {
    if (this.#isSettled) return;
    this.#isClientGone = true;
    const { options: { onDisconnect }, source } = this.#parts;
    if (this.#verdict === undefined && cause === undefined && onDisconnect === "drain") {
      return void this.#drain();
    }
    const ended = cause ?? clientGone();
    this.#conclude(ended);
    source.cancel();
    this.#settle(ended);
  }

  async #readOpening(): Promise<void> {
    const progress = this.#parts.translation.progress;
    while (
      this.#verdict === undefined && !progress.hasOutput && this.#held.bytes < MAX_HELD_BYTES
    ) this.#held.push(await this.#step());
  }

  /** Hands on what comes until the stream has ended or the client has left. Never rejects. */
  async #pump(): Promise<void> {
    if (this.#opening !== undefined) await this.#opening;
    let bytes = this.#held.take();
    while (!this.#isClientGone && !this.#isSettled) {
      this.#send(bytes);
      if (this.#verdict !== undefined) return this.#finish(this.#verdict);
      if (this.#behind !== undefined) {
        await this.#behind;
        bytes = NOTHING; // It may have ended meanwhile, or the client left.
      } else {
        bytes = await this.#step();
      }
    }
  }

  /** Reads once and translates it; sets the verdict when nothing more is to be read. Never rejects. */
  #step(): Promise<Uint8Array<ArrayBuffer>> {
    this.#readSinceMs = this.#parts.clock.nowMs();
    return this.#parts.source.read().then(this.#translate, this.#giveUp);
  }

  readonly #translate = (chunk: Uint8Array<ArrayBuffer> | null): Uint8Array<ArrayBuffer> => {
    const { source, translation, clock, arrivedMs, attempt } = this.#parts;
    const progress = translation.progress;
    this.#readSinceMs = undefined;
    try {
      const wasFinished = progress.isFinished;
      const bytes = chunk === null ? translation.flush() : translation.push(chunk);
      if (progress.isFinished && !wasFinished && !progress.hasEnded) this.#tick();
      if (this.#firstContentMs === undefined && progress.hasOutput) {
        this.#firstContentMs = clock.nowMs() - arrivedMs;
        attempt.noteContent();
      }
      if (chunk === null || progress.hasEnded || progress.fault !== undefined) {
        this.#conclude(judgeStream(progress, this.#parts.redact));
        if (progress.hasEnded && chunk !== null) void readRest(source, clock);
        else source.cancel();
      }
      return bytes;
    } catch (thrown) {
      return this.#giveUp(thrown);
    }
  };

  readonly #giveUp = (thrown: unknown): Uint8Array<ArrayBuffer> => {
    this.#readSinceMs = undefined;
    this.#concludeFailure(toGatewayError(thrown));
    this.#parts.source.cancel();
    return NOTHING;
  };

  #send(bytes: Uint8Array<ArrayBuffer>): void {
    if (bytes.length === 0) return;
    this.#sentBytes += bytes.length;
    this.#lastSentMs = this.#parts.clock.nowMs();
    if (this.#sink === undefined) return this.#held.push(bytes);
    const behind = this.#sink.write(bytes);
    if (behind === undefined) return;
    this.#behind = behind;
    behind.then(() => {
      if (this.#behind === behind) this.#behind = undefined;
    });
  }

  #finish(verdict: GatewayError | null): void {
    // A client that left in a drain has no stream to be written to; the drain settles it.
    if (this.#isClientGone) return;
    this.#send(this.#held.take());
    this.#send(
      this.#parts.translation.close(
        verdict === null ? { kind: "complete" } : { kind: "failed", error: verdict },
      ),
    );
    this.#sink?.end();
    this.#settle(verdict);
  }

  /** The first verdict stands. */
  #conclude(verdict: GatewayError | null): void {
    if (this.#verdict === undefined) this.#verdict = verdict;
  }

  /** Ends the stream from outside: a clock ran out, or Weir is stopping. */
  #end(reason: GatewayError): void {
    // One that has ended by itself, and that nobody will take any more, is over as well.
    if (this.#verdict !== undefined) return this.#finishUnsent();
    const verdict = this.#concludeFailure(reason);
    // With a read in flight, its rejection lets the pump write the last event.
    if (this.#readSinceMs !== undefined) return;
    if (this.#sink === undefined) this.#finishUnsent();
    else this.#finish(verdict);
  }

  /** Ends a stream that nobody has begun to take: its call is over, whenever the answer is sent. */
  #finishUnsent(): void {
    const isUnsent = this.#isOpen && this.#sink === undefined;
    if (isUnsent && this.#verdict !== undefined) this.#finish(this.#verdict);
  }

  #concludeFailure(error: GatewayError): GatewayError | null {
    const verdict = judgeFailure(this.#parts.translation.progress, error);
    if (this.#verdict === undefined) this.#assumedEnd = assumedEndOf(error);
    this.#conclude(verdict);
    return verdict;
  }

  /** Reads on without a client, so that the usage becomes known (T05). */
  async #drain(): Promise<void> {
    const { clock, options, source } = this.#parts;
    const cancelDeadline = clock.schedule(options.drainMaxMs, () => {
      this.#conclude(clientGone());
      source.cancel();
    });
    let drainedBytes = 0;
    // A read that is under way is the pump's, or the opening's.
    await this.#opening;
    await this.#pumping;
    while (this.#verdict === undefined && drainedBytes < options.drainMaxBytes) {
      drainedBytes += (await this.#step()).length;
    }
    cancelDeadline();
    source.cancel();
    this.#settle(clientGone());
  }

  #settle(verdict: GatewayError | null): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#cancelTick();
    const { attempt, settle, translation: { progress } } = this.#parts;
    attempt.release();
    const ending = { verdict, assumedEnd: this.#assumedEnd };
    settle(answerOutcome(progress, ending, this.#sentBytes, this.#firstContentMs));
  }

  /** Looks after the clocks: one timer that looks when the next is due, and none set anew for every chunk. */
  #tick(): void {
    this.#cancelTick(); // The next look was planned for another state of the stream.
    if (this.#isSettled) return;
    const { attempt, clock, options, sentMs, translation: { progress } } = this.#parts;
    const nowMs = clock.nowMs();
    const isReading = this.#readSinceMs !== undefined;
    const isClientAsked = this.#sink !== undefined && !isReading && !this.#isClientGone;
    const clientAskedMs = isClientAsked ? this.#lastSentMs : undefined;
    const moment = { sentMs, readSinceMs: this.#readSinceMs, clientAskedMs };
    const due = whatIsDue(moment, progress, options, nowMs);
    if (due instanceof GatewayError) return attempt.abort(due);
    const delayMs = Math.max(1, Math.min(due, this.#keepAlive(nowMs)));
    this.#cancelTick = clock.schedule(delayMs, () => this.#tick());
  }

  /** Sends a sign of life where one is due; returns when to look again. */
  #keepAlive(nowMs: number): number {
    const { options, translation } = this.#parts;
    const form = options.keepAlive;
    if (form === "off" || this.#isClientGone) return Infinity;
    const dueInMs = this.#lastSentMs + options.keepAliveIntervalMs - nowMs;
    if (dueInMs > 0 || this.#sink === undefined) {
      return Math.max(dueInMs, options.keepAliveIntervalMs / 4);
    }
    // Only where there is room: what a stalled client does not take must not pile up.
    if (this.#readSinceMs !== undefined && this.#behind === undefined) {
      this.#send(translation.keepAlive(form));
    }
    return options.keepAliveIntervalMs;
  }
}
