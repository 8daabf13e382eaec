/** How many calls run, in all and for each key. */

/** Whose call it is. */
export interface SlotOwner {
  readonly key: string;
  /** Most calls of this key at once; 0 is no limit of its own. */
  readonly maxCalls: number;
}

export interface SlotCounts {
  readonly running: number;
  /** Whether others, who do not say so, may end calls that are counted here. */
  readonly isShared: boolean;
  isSpent(owner: SlotOwner): boolean;
  /** Whether one more call may run, whoever's it is. */
  hasRoom(maxCallsOfAll: number): boolean;
  /** Counts one more call, unless the owner or all together have as many as they may. */
  take(owner: SlotOwner, maxCallsOfAll: number): boolean;
  giveBack(owner: SlotOwner): void;
}

/** Of one thread by itself. */
export class LocalSlotCounts implements SlotCounts {
  readonly isShared = false;
  readonly #runningOf = new Map<string, number>();
  #running = 0;

  get running(): number {
    return this.#running;
  }

  isSpent({ key, maxCalls }: SlotOwner): boolean {
    return maxCalls > 0 && (this.#runningOf.get(key) ?? 0) >= maxCalls;
  }

  hasRoom(maxCallsOfAll: number): boolean {
    return this.#running < maxCallsOfAll;
  }

  take(owner: SlotOwner, maxCallsOfAll: number): boolean {
    if (!this.hasRoom(maxCallsOfAll) || this.isSpent(owner)) return false;
    this.#running++;
    this.#runningOf.set(owner.key, (this.#runningOf.get(owner.key) ?? 0) + 1);
    return true;
  }

  giveBack({ key }: SlotOwner): void {
    this.#running--;
    const left = (this.#runningOf.get(key) ?? 1) - 1;
    if (left === 0) this.#runningOf.delete(key);
    else this.#runningOf.set(key, left);
  }
}
