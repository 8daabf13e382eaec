/** The events of a response in the background as a stream, from any of them on. */

import { AnswerHeaders } from "../../../core/http/answer_headers.ts";
import type { AnswerSink, HttpAnswer, StreamedAnswer } from "../../../core/http/http.ts";
import type { EventPage, ResponseKey, ResponseStore } from "../../../core/response_store.ts";
import type { Clock } from "../../../core/clock.ts";
import { KEEP_ALIVE } from "./event_bytes.ts";

export interface ResumeParts {
  readonly store: ResponseStore;
  readonly clock: Clock;
  /** Silence after which the client hears that it lives; `undefined` for never. */
  readonly keepAliveMs: number | undefined;
}

/** Headers that keep every proxy between here and the client from buffering a stream. */
const STREAM_HEADERS: readonly [string, string][] = [
  ["content-type", "text/event-stream"],
  ["cache-control", "no-cache, no-transform"],
  ["x-accel-buffering", "no"],
];

/** @param after Sequence number of the last event that the client has; -1 for none. */
export function resumeStream(parts: ResumeParts, key: ResponseKey, after: number): HttpAnswer {
  const body = new ResumedStream(parts, key, after);
  return { status: 200, headers: new AnswerHeaders(STREAM_HEADERS), body };
}

/** Reads from the store while the client has room for more. */
class ResumedStream implements StreamedAnswer {
  readonly #parts: ResumeParts;
  readonly #key: ResponseKey;
  #after: number;
  #isOver = false;
  #hasLeft = false;
  /** What was asked for and has not been handed on. */
  #asked: Promise<EventPage | undefined> | undefined;

  constructor(parts: ResumeParts, key: ResponseKey, after: number) {
    this.#parts = parts;
    this.#key = key;
    this.#after = after;
  }

  start(sink: AnswerSink): void {
    this.#send(sink).then(
      () => this.#hasLeft || sink.end(),
      () => this.#hasLeft || sink.abort(),
    );
  }

  cancel(): void {
    this.#hasLeft = true;
  }

  async #send(sink: AnswerSink): Promise<void> {
    for (let bytes = await this.#next(); bytes !== null; bytes = await this.#next()) {
      const behind = sink.write(bytes);
      if (behind !== undefined) await behind;
    }
  }

  /** The next bytes, or `null` after the last. Throws where there will be no more before the end. */
  async #next(): Promise<Uint8Array<ArrayBuffer> | null> {
    while (!this.#isOver && !this.#hasLeft) {
      const silence = this.#silence(this.#parts.keepAliveMs);
      const page = await Promise.race([this.#ask(), silence.passed]);
      silence.cancel();
      if (page === "silent") return KEEP_ALIVE.slice();
      this.#asked = undefined;
      if (page === undefined) throw new Error("The events are not kept any more");
      this.#after = page.last;
      this.#isOver = page.isOver;
      if (page.bytes.length > 0) return page.bytes;
    }
    return null;
  }

  #ask(): Promise<EventPage | undefined> {
    return this.#asked ??= this.#parts.store.read(this.#key, this.#after);
  }

  #silence(afterMs: number | undefined): { passed: Promise<"silent">; cancel: () => void } {
    const { promise, resolve } = Promise.withResolvers<"silent">();
    if (afterMs === undefined) return { passed: promise, cancel: () => {} };
    return {
      passed: promise,
      cancel: this.#parts.clock.schedule(afterMs, () => resolve("silent")),
    };
  }
}
