/** Keeps a label's values few and short, where clients choose them. */

import type { Redact } from "../../core/text/redactor.ts";

const OTHER = "other";
const MAX_CHARACTERS = 200;

export class BoundedNames {
  /** What is shown, by name. */
  readonly #known = new Map<string, string>();
  readonly #maxNames: number;

  constructor(maxNames: number) {
    this.#maxNames = maxNames;
  }

  /** What to show of a name: itself where it is known, else `other`, as for none. */
  show(name: string | undefined): string {
    return (name === undefined ? undefined : this.#known.get(name)) ?? OTHER;
  }

  has(name: string): boolean {
    return this.#known.has(name);
  }

  /** Makes a name known while there is room; returns what to show of it. */
  learn(name: string, redact: Redact): string {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    if (this.#known.size >= this.#maxNames || name.length > MAX_CHARACTERS) return OTHER;
    const shown = redact(name);
    this.#known.set(name, shown);
    return shown;
  }
}
