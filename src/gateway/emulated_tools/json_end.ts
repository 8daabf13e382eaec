/** Finds where a JSON value ends while it arrives, looking at each character once. */

export class JsonEnd {
  #at: number;
  #depth = 0;
  #quote: string | undefined;
  #end: number | undefined;

  /** @param from Where the value begins, with a bracket. */
  constructor(from: number) {
    this.#at = from;
  }

  /** Index behind the value, in `text`, which has only grown since; `undefined` while it has no end. */
  find(text: string): number | undefined {
    while (this.#end === undefined && this.#at < text.length) {
      const character = text[this.#at];
      if (character === "\\" && this.#quote !== undefined) {
        // What is escaped may not be there yet.
        if (this.#at + 1 === text.length) return undefined;
        this.#at += 2;
        continue;
      }
      this.#at++;
      if (this.#quote !== undefined) {
        if (character === this.#quote) this.#quote = undefined;
      } else if (character === '"' || character === "'") {
        this.#quote = character;
      } else if (character === "{" || character === "[") {
        this.#depth++;
      } else if (character === "}" || character === "]") {
        this.#depth--;
        if (this.#depth <= 0) this.#end = this.#at;
      }
    }
    return this.#end;
  }
}
