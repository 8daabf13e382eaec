/**
 * Items in no order, each put in and taken out in a few steps.
 *
 * Not a `Set`: the table it has outgrown goes on referring to all that was in it. Once that table is old,
 * what was in it lives as long as the table, a call with all its texts for example: with sets, a gateway
 * under load collected its whole heap three times as often.
 *
 * @module
 */

/** What can lie in one bag at a time. */
export interface BagItem {
  /** Kept by the bag; `OUTSIDE` outside of it. */
  place: number;
}

/** Of an item that lies in no bag. */
export const OUTSIDE = -1;

export class Bag<Item extends BagItem> {
  readonly #items: Item[] = [];

  get size(): number {
    return this.#items.length;
  }

  /** A copy, which stays as it is. */
  toArray(): Item[] {
    return [...this.#items];
  }

  add(item: Item): void {
    item.place = this.#items.push(item) - 1;
  }

  /** Does nothing where it is not in. */
  delete(item: Item): void {
    const { place } = item;
    if (this.#items[place] !== item) return;
    item.place = OUTSIDE;
    const last = this.#items.pop();
    if (last === undefined || last === item) return;
    // The last one fills the gap.
    this.#items[place] = last;
    last.place = place;
  }
}
