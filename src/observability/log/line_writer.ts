/**
 * Writes lines to a stream in batches, one write in flight at a time.
 *
 * What is pending leaves in one write, because a write for each line cannot keep up with a few thousand
 * calls a second. What a reader that stalls does not take is bounded, and what is lost is counted.
 *
 * @module
 */

import type { Clock } from "../../core/clock.ts";

const FLUSH_MS = 50;
/**
 * So many are written out at once: what is put off refers to its call, and calls that are kept for longer
 * than the few milliseconds that so many take are old, which makes collecting them ten times as dear.
 */
const MAX_DEFERRED = 64;

export class LineWriter {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #clock: Clock;
  readonly #maxPendingCharacters: number;
  readonly #describeLoss: (lines: number) => string;
  #deferred: (() => void)[] = [];
  #pending: string[] = [];
  #pendingCharacters = 0;
  #lostLines = 0;
  #isFlushPlanned = false;
  /** `undefined` while nothing is being written. */
  #writing: Promise<void> | undefined;

  /** @param describeLoss The line that stands for lines that were lost. */
  constructor(
    stream: WritableStream<Uint8Array>,
    clock: Clock,
    maxPendingCharacters: number,
    describeLoss: (lines: number) => string,
  ) {
    this.#writer = stream.getWriter();
    this.#clock = clock;
    this.#maxPendingCharacters = maxPendingCharacters;
    this.#describeLoss = describeLoss;
  }

  /** Takes a line, its line end included. Where too much is pending it is lost, and counted. */
  write(line: string): void {
    if (this.#pendingCharacters + line.length > this.#maxPendingCharacters) {
      this.#lostLines++;
      return;
    }
    this.#pending.push(line);
    this.#pendingCharacters += line.length;
    this.#planFlush();
  }

  /**
   * Runs `write` when lines are next written out, all of them in a row: between calls, each would find
   * other code and data in the processor's caches and take three times as long.
   */
  defer(write: () => void): void {
    if (this.#deferred.push(write) >= MAX_DEFERRED) this.#flush();
    else this.#planFlush();
  }

  /** Writes out what is pending. */
  async close(): Promise<void> {
    await this.#writing;
    this.#flush();
    await this.#writing;
  }

  get #hasPending(): boolean {
    return this.#pending.length > 0 || this.#lostLines > 0;
  }

  #planFlush(): void {
    if (this.#isFlushPlanned) return;
    this.#isFlushPlanned = true;
    this.#clock.schedule(FLUSH_MS, () => {
      this.#flush();
      this.#isFlushPlanned = false;
    });
  }

  #flush(): void {
    const deferred = this.#deferred;
    this.#deferred = [];
    try {
      for (const write of deferred) write();
    } finally {
      if (this.#hasPending && this.#writing === undefined) this.#writing = this.#writePending();
    }
  }

  async #writePending(): Promise<void> {
    if (this.#lostLines > 0) this.#pending.push(this.#describeLoss(this.#lostLines));
    this.#lostLines = 0;
    const text = this.#pending.join("");
    this.#pending = [];
    this.#pendingCharacters = 0;
    try {
      await this.#writer.write(new TextEncoder().encode(text));
    } catch {
      // The reader of the log is gone; that is no reason to stop answering.
    }
    this.#writing = undefined;
    // Not at once: under load, each write would find the few lines of the one before.
    if (this.#hasPending) this.#planFlush();
  }
}
