/** What a batch of calls adds to the sums, put together before it is written. */

import type { UsageSums } from "../../../core/ledger/ledger_store.ts";
import { type Share, textOfDimensions } from "./dimensions.ts";
import { type Scope, seriesOf } from "./scopes.ts";
import { addSums, type MutableSums } from "./usage_rows.ts";
import { DAY_MS, HOUR_MS } from "./windows.ts";

export interface AddedSums {
  readonly scope: Scope;
  /** Hours or days since 1970. */
  readonly time: number;
  readonly names: string;
  readonly sums: UsageSums;
}

interface Combination extends Share {
  readonly hour: number;
  readonly sums: MutableSums;
}

export class BatchSums {
  /** By hour and all dimensions; of a batch there are few. */
  readonly #combinations = new Map<string, Combination>();

  add(endedMs: number, { dimensions, sums }: Share): void {
    const hour = Math.floor(endedMs / HOUR_MS);
    const key = `${hour} ${textOfDimensions(dimensions)}`;
    const known = this.#combinations.get(key);
    if (known === undefined) {
      this.#combinations.set(key, { hour, dimensions, sums: { ...sums } });
    } else {
      addSums(known.sums, sums);
    }
  }

  hours(): Iterable<AddedSums> {
    return this.#by((hour) => hour);
  }

  days(): Iterable<AddedSums> {
    return this.#by((hour) => Math.floor((hour * HOUR_MS) / DAY_MS));
  }

  #by(timeOf: (hour: number) => number): Iterable<AddedSums> {
    const added = new Map<string, AddedSums & { readonly sums: MutableSums }>();
    for (const { hour, dimensions, sums } of this.#combinations.values()) {
      const time = timeOf(hour);
      for (const { scope, names } of seriesOf(dimensions)) {
        const key = `${scope} ${time} ${names}`;
        const known = added.get(key);
        if (known === undefined) added.set(key, { scope, time, names, sums: { ...sums } });
        else addSums(known.sums, sums);
      }
    }
    return added.values();
  }
}
