/**
 * Sums of calls in memory: by hour, and where there are too many, by day.
 *
 * Hours of the oldest day become one, at its beginning; when there is none left but today, the oldest day
 * goes.
 *
 * @module
 */

import type { CallFilter } from "../../core/ledger/ledger_store.ts";
import { type Dimensions, matches, type Share, textOfDimensions } from "./sums/dimensions.ts";
import { addSums, type MutableSums } from "./sums/usage_rows.ts";
import { DAY_MS, dayOf, hourOf, type Window } from "./sums/windows.ts";

interface Entry {
  readonly dimensions: Dimensions;
  readonly sums: MutableSums;
}

export class MemorySums {
  readonly #maxEntries: number;
  /** By the hour they begin at. */
  readonly #hours = new Map<number, Map<string, Entry>>();
  #entries = 0;

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries;
  }

  add(endedMs: number, { dimensions, sums }: Share): void {
    this.#addTo(hourOf(endedMs), textOfDimensions(dimensions), { dimensions, sums });
    while (this.#entries > this.#maxEntries && this.#hours.size > 1) this.#makeRoom();
  }

  *within(
    { fromMs, untilMs }: Window,
    filter: CallFilter,
  ): Generator<{ hourMs: number } & Entry> {
    for (const [hourMs, entries] of this.#hours) {
      if (hourMs < fromMs || hourMs >= untilMs) continue;
      for (const entry of entries.values()) {
        if (matches(entry.dimensions, filter)) yield { hourMs, ...entry };
      }
    }
  }

  /** Drops what began before. */
  dropBefore(ms: number): void {
    for (const hourMs of this.#hours.keys()) {
      if (hourMs < ms) this.#drop(hourMs);
    }
  }

  #addTo(hourMs: number, text: string, { dimensions, sums }: Share): void {
    let entries = this.#hours.get(hourMs);
    if (entries === undefined) {
      entries = new Map();
      this.#hours.set(hourMs, entries);
    }
    const entry = entries.get(text);
    if (entry !== undefined) return addSums(entry.sums, sums);
    entries.set(text, { dimensions, sums: { ...sums } });
    this.#entries++;
  }

  #makeRoom(): void {
    const hours = [...this.#hours.keys()].sort((left, right) => left - right);
    const oldest = hours[0] ?? 0;
    const folded = hours.find((hourMs) => hourMs % DAY_MS !== 0);
    const today = dayOf(hours.at(-1) ?? 0);
    if (folded === undefined || dayOf(folded) === today) {
      this.#drop(oldest);
      return;
    }
    const dayMs = dayOf(folded);
    for (const hourMs of hours) {
      if (dayOf(hourMs) !== dayMs || hourMs === dayMs) continue;
      for (const [text, entry] of this.#drop(hourMs)) this.#addTo(dayMs, text, entry);
    }
  }

  #drop(hourMs: number): Map<string, Entry> {
    const entries = this.#hours.get(hourMs) ?? new Map<string, Entry>();
    this.#hours.delete(hourMs);
    this.#entries -= entries.size;
    return entries;
  }
}
