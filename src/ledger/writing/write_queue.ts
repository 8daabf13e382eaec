/**
 * The one way of records into the store: one write at a time, tried again while the store is away.
 *
 * What waits is bounded, and what is lost is counted and told. The store knows records that it has already,
 * so a write of which nobody knows what became of it can be made again.
 *
 * @module
 */

import type { Clock } from "../../core/clock.ts";
import type { RecordBatch } from "./record_lines.ts";
import { thrownMessage } from "../../core/text/thrown_message.ts";

/** Records that wait, in characters: some forty thousand calls. */
const MAX_PENDING_CHARACTERS = 67_108_864;
/** Of one write, so that nothing else waits long for the store. */
const MAX_WRITE_CHARACTERS = 1_048_576;
const MIN_PAUSE_MS = 250;
const MAX_PAUSE_MS = 5_000;
/** A write that fails so often although the store answers is at fault itself: its records are then written singly. */
const MAX_TRIES = 5;

export interface WriteQueueParts {
  /** Rejects where the records cannot be written now. */
  readonly write: (text: string) => Promise<void>;
  /** Whether the store answers anything at all. */
  readonly isThere: () => Promise<boolean>;
  readonly watch: WriteWatch;
  readonly clock: Clock;
}

/** Who is told how writing goes. None may throw. */
export interface WriteWatch {
  /** The first write since all was well has failed. */
  readonly away: (cause: string, waiting: number) => void;
  readonly back: (waiting: number) => void;
  readonly lost: (records: number, cause: string) => void;
}

export class WriteQueue {
  readonly #parts: WriteQueueParts;
  #waiting: RecordBatch[] = [];
  #waitingCharacters = 0;
  #writing: Promise<void> | undefined;
  #isAway = false;
  #isClosing = false;
  #wake = (): void => {};
  written = 0;
  lost = 0;

  constructor(parts: WriteQueueParts) {
    this.#parts = parts;
  }

  /** Records that wait to be written. */
  get waiting(): number {
    return this.#waiting.reduce((sum, { records }) => sum + records, 0);
  }

  get isAway(): boolean {
    return this.#isAway;
  }

  take(batch: RecordBatch): void {
    if (batch.lost > 0) this.#lose(batch.lost, "its thread had no room for it");
    if (batch.records === 0) return;
    if (this.#waitingCharacters + batch.text.length > MAX_PENDING_CHARACTERS) {
      this.#lose(batch.records, "too many wait to be written");
      return;
    }
    this.#waiting.push(batch);
    this.#waitingCharacters += batch.text.length;
    this.#writing ??= this.#writeAll();
  }

  /** Resolves when all that was taken is written. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  /** Writes what waits, each once more at the most; what cannot be is lost. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#wake();
    await this.#writing;
  }

  /** What waits is lost. */
  giveUp(cause: string): void {
    const records = this.waiting;
    this.#waiting = [];
    this.#waitingCharacters = 0;
    if (records > 0) this.#lose(records, cause);
  }

  async #writeAll(): Promise<void> {
    for (let tries = 1; this.#waiting.length > 0;) {
      const batches = this.#next();
      const records = batches.reduce((sum, batch) => sum + batch.records, 0);
      try {
        await this.#parts.write(batches.map(({ text }) => text).join(""));
        this.written += records;
        this.#drop(batches);
        this.#noteBack();
        tries = 1;
      } catch (thrown) {
        const cause = thrownMessage(thrown);
        this.#noteAway(cause);
        if (this.#isClosing) {
          this.#drop(batches);
          this.#lose(records, cause);
        } else if (tries >= MAX_TRIES && await this.#parts.isThere()) {
          const left = await this.#writeSingly(batches);
          this.#drop(batches, left);
          tries = 1;
        } else await this.#pause(tries++);
      }
    }
    this.#writing = undefined;
  }

  /** Resolves with what is left where the store goes away meanwhile, which is the fault of no record. */
  async #writeSingly(batches: readonly RecordBatch[]): Promise<readonly RecordBatch[]> {
    const lines = batches.flatMap(({ text }) => text.split("\n").slice(0, -1));
    for (const [index, line] of lines.entries()) {
      try {
        await this.#parts.write(`${line}\n`);
        this.written++;
      } catch (thrown) {
        if (!await this.#parts.isThere()) {
          const left = lines.slice(index);
          return [{ text: `${left.join("\n")}\n`, records: left.length, lost: 0 }];
        }
        this.#lose(1, thrownMessage(thrown));
      }
    }
    this.#noteBack();
    return [];
  }

  /** The oldest, as many as are written at once. */
  #next(): readonly RecordBatch[] {
    let characters = 0;
    const end = this.#waiting.findIndex(({ text }) =>
      (characters += text.length) > MAX_WRITE_CHARACTERS
    );
    return end < 0 ? [...this.#waiting] : this.#waiting.slice(0, Math.max(1, end));
  }

  /** Puts `left` in their place. Of those that were given up meanwhile none is left. */
  #drop(batches: readonly RecordBatch[], left: readonly RecordBatch[] = []): void {
    if (this.#waiting.length === 0) return;
    this.#waiting = [...left, ...this.#waiting.slice(batches.length)];
    for (const { text } of batches) this.#waitingCharacters -= text.length;
    for (const { text } of left) this.#waitingCharacters += text.length;
  }

  async #pause(tries: number): Promise<void> {
    const pauseMs = Math.min(MIN_PAUSE_MS * 2 ** (tries - 1), MAX_PAUSE_MS);
    await new Promise<void>((resolve) => {
      const cancelTimer = this.#parts.clock.schedule(pauseMs, resolve);
      this.#wake = () => {
        cancelTimer();
        resolve();
      };
    });
    this.#wake = () => {};
  }

  #noteAway(cause: string): void {
    if (this.#isAway) return;
    this.#isAway = true;
    this.#parts.watch.away(cause, this.waiting);
  }

  #noteBack(): void {
    if (!this.#isAway) return;
    this.#isAway = false;
    this.#parts.watch.back(this.waiting);
  }

  #lose(records: number, cause: string): void {
    this.lost += records;
    this.#parts.watch.lost(records, cause);
  }
}
