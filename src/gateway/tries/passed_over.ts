/** The targets of a call that were not asked when it was their turn, in case that no other answers. */

import type { CoolingTarget } from "../../core/provider/cooldown.ts";
import type { Target } from "../../core/provider/provider.ts";
import type { PreparedTarget } from "./sending/prepared_target.ts";

interface LeftOutTarget extends CoolingTarget {
  readonly resolved: Target;
}

interface FullTarget {
  readonly prepared: PreparedTarget;
  readonly waitMs: number;
}

export class PassedOver {
  readonly #leftOut: LeftOutTarget[] = [];
  readonly #full: FullTarget[] = [];

  get isEmpty(): boolean {
    return this.#leftOut.length + this.#full.length === 0;
  }

  leaveOut(resolved: Target, cooling: CoolingTarget): void {
    this.#leftOut.push({ ...cooling, resolved });
  }

  /** Its limits have no room at the moment. */
  addFull(prepared: PreparedTarget, waitMs: number): void {
    this.#full.push({ prepared, waitMs });
  }

  /** Those without room, the one that will have some first before the others. */
  get full(): readonly PreparedTarget[] {
    return this.#full
      .toSorted((left, right) => left.waitMs - right.waitMs)
      .map(({ prepared }) => prepared);
  }

  /** Those left out, that is: the one that is due soonest, and after it those that have not asked for a wait themselves. */
  get leftOut(): readonly Target[] {
    return this.#leftOut
      .toSorted((left, right) => left.retryAfterMs - right.retryAfterMs)
      .filter(({ reason }, index) => index === 0 || reason !== "rate_limited")
      .map(({ resolved }) => resolved);
  }
}
