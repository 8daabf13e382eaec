/** Keeps a label's values few, where clients choose them. */

import type { Redact } from "../core/redactor.ts";

const OTHER = "other";
const MAX_CHARACTERS = 200;

export class BoundedNames {
  /** What is shown, by name. */
  readonly #known = new Map<string, string>();
  readonly #maxNames: number;

  constructor(maxNames: number) {
    this.#maxNames = maxNames;
  }

  /** What to show of a name: itself where it is known, else `other`. */
  show(name: string): string {
    return this.#known.get(name) ?? OTHER;
  }

  /** Makes a name known while there is room; returns what to show of it. */
  learn(name: string, redact: Redact): string {
    if (!this.#known.has(name) && this.#known.size < this.#maxNames) {
      this.#known.set(name, redact(name).slice(0, MAX_CHARACTERS));
    }
    return this.show(name);
  }
}
