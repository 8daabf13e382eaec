/** Keeps responses in memory; those that were not used for longest give way. */

import type { Clock } from "../../core/clock.ts";
import type { IssuedResponse, KeptResponse } from "../../core/response_store.ts";
import type { ResponsesOptions } from "./options.ts";
import { type ResponseShelf, sizeOf } from "./response_shelf.ts";

/**
 * Of what is full so much gives way at once: whoever looks for the oldest of a map goes past the places of all that
 * have gone before.
 */
const ROOM_SHARE = 1 / 64;

interface Entry {
  readonly response: KeptResponse;
  readonly keptMs: number;
}

export class MemoryShelf implements ResponseShelf {
  readonly #options: ResponsesOptions;
  readonly #clock: Clock;
  /** In the order of their last use. */
  readonly #entries = new Map<string, Entry>();
  readonly #issued = new Map<string, IssuedResponse>();
  #bytes = 0;

  constructor(options: ResponsesOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
  }

  put(response: KeptResponse): void {
    this.delete(response.id);
    const bytes = sizeOf(response);
    const { maxBytes } = this.#options;
    if (bytes > maxBytes) return;
    if (this.#bytes + bytes > maxBytes) {
      this.#keepBytes(maxBytes - Math.max(bytes, maxBytes * ROOM_SHARE));
    }
    this.#bytes += bytes;
    this.#entries.set(response.id, { response, keptMs: this.#clock.nowMs() });
  }

  get(id: string): KeptResponse | undefined {
    const entry = this.#entries.get(id);
    if (entry === undefined) return undefined;
    if (this.#clock.nowMs() - entry.keptMs > this.#options.maxAgeMs) {
      this.delete(id);
      return undefined;
    }
    this.#entries.delete(id);
    this.#entries.set(id, entry);
    return entry.response;
  }

  #keepBytes(bytes: number): void {
    for (const id of this.#entries.keys()) {
      if (this.#bytes <= bytes) break;
      this.delete(id);
    }
  }

  delete(id: string): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    this.#bytes -= sizeOf(entry.response);
    this.#entries.delete(id);
  }

  remember(issued: IssuedResponse): void {
    this.#issued.delete(issued.id);
    this.#issued.set(issued.id, issued);
    const { maxIssued } = this.#options;
    if (this.#issued.size <= maxIssued) return;
    const kept = maxIssued - Math.floor(maxIssued * ROOM_SHARE);
    for (const oldest of this.#issued.keys()) {
      if (this.#issued.size <= kept) break;
      this.#issued.delete(oldest);
    }
  }

  issuedAs(id: string): IssuedResponse | undefined {
    return this.#issued.get(id);
  }

  forget(id: string): void {
    this.#issued.delete(id);
  }

  close(): void {
    // Nothing is open.
  }
}
