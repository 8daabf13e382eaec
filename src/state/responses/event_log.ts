/** The events of one response in the background, in one piece of memory that grows. */

import type { EventPage } from "../../core/response_store.ts";

const FIRST_BYTES = 4_096;
/** Of a page: what a slow client reads waits outside of the store. */
const MAX_PAGE_BYTES = 65_536;

export class EventLog {
  #bytes = new Uint8Array(FIRST_BYTES);
  #length = 0;
  /** Where each event ends; its place is its sequence number. */
  #ends: number[] = [];
  isOver = false;

  /** Memory that it takes. */
  get heldBytes(): number {
    return this.#bytes.length + 8 * this.#ends.length;
  }

  get count(): number {
    return this.#ends.length;
  }

  /** @param ends Where in `bytes` each event ends. */
  append(bytes: Uint8Array, ends: readonly number[]): void {
    const length = this.#length + bytes.length;
    if (length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(length, 2 * this.#bytes.length));
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
    }
    this.#bytes.set(bytes, this.#length);
    for (const end of ends) this.#ends.push(this.#length + end);
    this.#length = length;
  }

  /** There are no more: memory that was taken for more is given back. */
  end(): void {
    this.isOver = true;
    this.#bytes = this.#bytes.slice(0, this.#length);
  }

  /** The events after a sequence number, as many as a page has room for, and one at the least. */
  page(after: number): EventPage {
    const first = after + 1;
    const start = this.#ends[after] ?? 0;
    if (first >= this.#ends.length) {
      return { bytes: new Uint8Array(0), last: after, isOver: this.isOver };
    }
    let last = first;
    while (last + 1 < this.#ends.length && this.#endOf(last + 1) - start <= MAX_PAGE_BYTES) last++;
    return {
      bytes: this.#bytes.slice(start, this.#endOf(last)),
      last,
      isOver: this.isOver && last === this.#ends.length - 1,
    };
  }

  #endOf(event: number): number {
    return this.#ends[event] ?? this.#length;
  }
}
