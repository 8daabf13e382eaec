/** The headers of an answer, while it is put together. */

import type { HeaderList, HeaderReader } from "../provider/transport.ts";

const FIELD_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
/** Latin-1 without controls: a line break in a value would begin a header of its author's making. */
const NO_FIELD_VALUE = /[^\t\x20-\x7e\x80-\xff]/;

/**
 * Names are in lower case, and come in the order in which they were first set.
 *
 * Two lists and no `Map`: an answer has some twenty, all of which are written, and few are asked for.
 */
export class AnswerHeaders implements HeaderReader {
  readonly #names: string[] = [];
  readonly #values: string[] = [];

  /** Throws `TypeError` as `set` does. */
  constructor(headers: Iterable<readonly [name: string, value: string]> | HeaderList = []) {
    for (const [name, value] of headers) this.append(name, value);
  }

  get size(): number {
    return this.#names.length;
  }

  nameAt(index: number): string {
    return this.#names[index] ?? "";
  }

  valueAt(index: number): string {
    return this.#values[index] ?? "";
  }

  has(name: string): boolean {
    return this.#names.includes(name);
  }

  /** Values of the same name are joined by commas. */
  get(name: string): string | null {
    const first = this.#names.indexOf(name);
    if (first === -1) return null;
    const second = this.#names.indexOf(name, first + 1);
    const value = this.#values[first] ?? "";
    if (second === -1) return value;
    return this.#values.filter((_, index) => this.#names[index] === name).join(", ");
  }

  /** Takes the place of all of that name. Throws `TypeError` for what no header can carry. */
  set(name: string, value: string): void {
    const first = this.#names.indexOf(name);
    if (first === -1) return this.append(name, value);
    check(name, value);
    this.#values[first] = value;
    this.#deleteFrom(name, first + 1);
  }

  /** Adds a line beside those of the same name. Throws `TypeError` as `set` does. */
  append(name: string, value: string): void {
    check(name, value);
    this.#names.push(name);
    this.#values.push(value);
  }

  delete(name: string): void {
    this.#deleteFrom(name, 0);
  }

  *[Symbol.iterator](): Iterator<[name: string, value: string]> {
    for (let index = 0; index < this.#names.length; index++) {
      yield [this.nameAt(index), this.valueAt(index)];
    }
  }

  #deleteFrom(name: string, start: number): void {
    let index = this.#names.indexOf(name, start);
    while (index !== -1) {
      this.#names.splice(index, 1);
      this.#values.splice(index, 1);
      index = this.#names.indexOf(name, index);
    }
  }
}

/** Of names, some of which providers may bring. */
const MAX_KNOWN_NAMES = 256;

/** The last value of each name that was good: of an answer's twenty headers, half are the same in the next. */
const knownValues = new Map<string, string>();

function check(name: string, value: string): void {
  if (knownValues.get(name) === value) return;
  if (!FIELD_NAME.test(name)) {
    throw new TypeError(`The header name ${JSON.stringify(name)} is no token in lower case`);
  }
  if (NO_FIELD_VALUE.test(value)) {
    throw new TypeError(`The header ${name} has characters that HTTP headers cannot carry`);
  }
  if (knownValues.size >= MAX_KNOWN_NAMES) knownValues.clear();
  knownValues.set(name, value);
}
