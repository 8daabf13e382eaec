/**
 * Ids of calls in the database: the time of their ends, and a number among those that ended at once.
 *
 * So calls lie in the order of time, a time is found without an index, and a call that is sent again is
 * looked for only among those of its millisecond.
 *
 * @module
 */

import type { Database } from "./database.ts";

/** Calls of one millisecond. The largest id stays below 2^53 until the year 2109. */
const IDS_A_MS = 2_048;

/** The smallest id of a millisecond. */
export function firstIdOf(ms: number): number {
  return Math.floor(ms) * IDS_A_MS;
}

/** Finds ids for the calls of one transaction. */
export class FreeIds {
  readonly #database: Database;
  readonly #taken = new Map<number, { readonly uids: Set<string>; nextId: number }>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** `undefined` where the call is there already. Those of a millisecond that is full go to the next. */
  take(endedMs: number, uid: string): number | undefined {
    for (let ms = Math.floor(endedMs);; ms++) {
      const taken = this.#takenOf(ms);
      if (taken.uids.has(uid)) return undefined;
      if (taken.nextId === firstIdOf(ms + 1)) continue;
      taken.uids.add(uid);
      return taken.nextId++;
    }
  }

  #takenOf(ms: number): { readonly uids: Set<string>; nextId: number } {
    const known = this.#taken.get(ms);
    if (known !== undefined) return known;
    const rows = this.#database.all(
      "SELECT id, uid FROM calls WHERE id >= ? AND id < ? ORDER BY id",
      firstIdOf(ms),
      firstIdOf(ms + 1),
    );
    const uids = new Set(rows.map((row) => String(row["uid"])));
    const lastId = rows.at(-1)?.["id"];
    const nextId = lastId === undefined ? firstIdOf(ms) : Number(lastId) + 1;
    const taken = { uids, nextId };
    this.#taken.set(ms, taken);
    return taken;
  }
}
