/** What a batch of calls adds to the sums, put together before it is written. */

import type { UsageSums } from "../../../core/ledger/ledger_store.ts";
import type { Share } from "./dimensions.ts";
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

type MutableAdded = Omit<AddedSums, "sums"> & { readonly sums: MutableSums };

export class BatchSums {
  readonly #hours = new Map<string, MutableAdded>();
  readonly #days = new Map<string, MutableAdded>();

  add(endedMs: number, { dimensions, sums }: Share): void {
    const hour = Math.floor(endedMs / HOUR_MS);
    const day = Math.floor(endedMs / DAY_MS);
    for (const { scope, names } of seriesOf(dimensions)) {
      addTo(this.#hours, { scope, names, time: hour, sums });
      addTo(this.#days, { scope, names, time: day, sums });
    }
  }

  get hours(): Iterable<AddedSums> {
    return this.#hours.values();
  }

  get days(): Iterable<AddedSums> {
    return this.#days.values();
  }
}

function addTo(added: Map<string, MutableAdded>, { scope, time, names, sums }: AddedSums): void {
  const key = `${scope} ${time} ${names}`;
  const known = added.get(key);
  if (known === undefined) added.set(key, { scope, time, names, sums: { ...sums } });
  else addSums(known.sums, sums);
}
