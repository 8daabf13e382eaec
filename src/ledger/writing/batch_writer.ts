/** Collects the records of a thread that serves, and hands them on a few times a second. */

import type { CancelTimer, Clock } from "../../core/clock.ts";
import type { CallRecord } from "../../core/ledger/call_record.ts";
import { type RecordBatch, recordLine } from "./record_lines.ts";

/** What a thread loses at most that is killed. */
const BATCH_MS = 100;
/** Handed on at once from then on. */
const MAX_BATCH_CHARACTERS = 262_144;
/** Records that nobody has taken yet, in characters: some ten thousand calls. */
const MAX_PENDING_CHARACTERS = 16_777_216;

/** Resolves once the batch is taken, and need not be held any more. */
export type SendBatch = (batch: RecordBatch) => Promise<void>;

export class BatchWriter {
  readonly #send: SendBatch;
  readonly #clock: Clock;
  /** Not one growing text: that would be a chain of halves until it is read. */
  #lines: string[] = [];
  #characters = 0;
  #sentCharacters = 0;
  #lost = 0;
  #cancelTimer: CancelTimer | undefined;
  readonly #sending = new Set<Promise<void>>();

  constructor(send: SendBatch, clock: Clock) {
    this.#send = send;
    this.#clock = clock;
  }

  add(record: CallRecord): void {
    const line = recordLine(record);
    if (this.#characters + this.#sentCharacters + line.length > MAX_PENDING_CHARACTERS) {
      this.#lost++;
      return;
    }
    this.#lines.push(line);
    this.#characters += line.length;
    if (this.#characters >= MAX_BATCH_CHARACTERS) this.#sendPending();
    else this.#cancelTimer ??= this.#clock.schedule(BATCH_MS, () => this.#sendPending());
  }

  /** Resolves when all that was added is taken, or lost. */
  async flush(): Promise<void> {
    this.#sendPending();
    await Promise.all(this.#sending);
  }

  #sendPending(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (this.#lines.length === 0) return;
    const batch = { text: this.#lines.join(""), records: this.#lines.length, lost: this.#lost };
    this.#lines = [];
    this.#characters = 0;
    this.#lost = 0;
    this.#sentCharacters += batch.text.length;
    const sending = this.#send(batch).catch(() => {
      this.#lost += batch.records + batch.lost;
    }).then(() => {
      this.#sentCharacters -= batch.text.length;
      this.#sending.delete(sending);
    });
    this.#sending.add(sending);
  }
}
