/**
 * Whether something is to end before its time, and why.
 *
 * @module
 */

/** What of the runtime's `AbortSignal`, which is one, is made use of. */
export interface Signal {
  readonly aborted: boolean;
  /** Of the abort. */
  readonly reason: unknown;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** A signal and what gives it: the runtime's two cost a call 2 to 3 µs, these a tenth of that. */
export class OwnSignal implements Signal {
  #isAborted = false;
  #reason: unknown;
  /** Hardly ever more than two. */
  #listeners: (() => void)[] = [];

  get aborted(): boolean {
    return this.#isAborted;
  }

  get reason(): unknown {
    return this.#reason;
  }

  /** The first one counts. */
  abort(reason: unknown): void {
    if (this.#isAborted) return;
    this.#isAborted = true;
    this.#reason = reason;
    const listeners = this.#listeners;
    this.#listeners = [];
    for (const listener of listeners) listener();
  }

  /** Told once, and not at all where it has been aborted. */
  addEventListener(_type: "abort", listener: () => void): void {
    if (!this.#isAborted) this.#listeners.push(listener);
  }

  removeEventListener(_type: "abort", listener: () => void): void {
    const index = this.#listeners.indexOf(listener);
    if (index >= 0) this.#listeners.splice(index, 1);
  }
}
