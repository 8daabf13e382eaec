/** The header fields of a request. */

import type { HeaderReader } from "../../core/provider/transport.ts";

/**
 * Names in lower case, in the order in which they came; values of the same name are joined by commas.
 *
 * Two lists and no `Map`: a request has some ten fields, and making a map of them costs more than looking
 * through them.
 */
export class RequestFields implements HeaderReader {
  readonly #names: string[] = [];
  readonly #values: string[] = [];

  /** Returns whether it is the first of that name. */
  add(name: string, value: string): boolean {
    const index = this.#names.indexOf(name);
    if (index !== -1) {
      this.#values[index] = `${this.#values[index]}, ${value}`;
      return false;
    }
    this.#names.push(name);
    this.#values.push(value);
    return true;
  }

  get(name: string): string | null {
    const index = this.#names.indexOf(name);
    return index === -1 ? null : this.#values[index] ?? "";
  }

  delete(name: string): void {
    const index = this.#names.indexOf(name);
    if (index === -1) return;
    this.#names.splice(index, 1);
    this.#values.splice(index, 1);
  }

  *[Symbol.iterator](): Iterator<[name: string, value: string]> {
    for (let index = 0; index < this.#names.length; index++) {
      yield [this.#names[index] ?? "", this.#values[index] ?? ""];
    }
  }
}
