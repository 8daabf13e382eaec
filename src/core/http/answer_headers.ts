/** The headers of an answer, while it is put together. */

import type { HeaderList, HeaderReader } from "../provider/transport.ts";

const FIELD_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
/** A value is Latin-1 without controls: a line break in it would begin a header of its author's making. */
const FIELD_LINE = /^[!#$%&'*+.^_`|~0-9a-z-]+: [\t\x20-\x7e\x80-\xff]*\r\n$/;

interface Field {
  readonly name: string;
  readonly value: string;
  /** As it is written, with its end. */
  readonly line: string;
}

/**
 * Names are in lower case, and come in the order in which they were first set.
 *
 * A list and no `Map`: an answer has some twenty, all of which are written, and few are asked for.
 */
export class AnswerHeaders implements HeaderReader {
  readonly #fields: Field[] = [];

  /** Throws `TypeError` as `set` does. */
  constructor(headers: Iterable<readonly [name: string, value: string]> | HeaderList = []) {
    for (const [name, value] of headers) this.append(name, value);
  }

  get size(): number {
    return this.#fields.length;
  }

  nameAt(index: number): string {
    return this.#fields[index]?.name ?? "";
  }

  /** As it is written, with its end. */
  lineAt(index: number): string {
    return this.#fields[index]?.line ?? "";
  }

  has(name: string): boolean {
    return this.#indexOf(name, 0) !== -1;
  }

  /** Values of the same name are joined by commas. */
  get(name: string): string | null {
    let joined: string | null = null;
    for (const field of this.#fields) {
      if (field.name !== name) continue;
      joined = joined === null ? field.value : `${joined}, ${field.value}`;
    }
    return joined;
  }

  /** Takes the place of all of that name. Throws `TypeError` for what no header can carry. */
  set(name: string, value: string): void {
    const first = this.#indexOf(name, 0);
    if (first === -1) return this.append(name, value);
    this.#fields[first] = fieldOf(name, value);
    this.#deleteFrom(name, first + 1);
  }

  /** Adds a line beside those of the same name. Throws `TypeError` as `set` does. */
  append(name: string, value: string): void {
    this.#fields.push(fieldOf(name, value));
  }

  delete(name: string): void {
    this.#deleteFrom(name, 0);
  }

  *[Symbol.iterator](): Iterator<[name: string, value: string]> {
    for (const { name, value } of this.#fields) yield [name, value];
  }

  #indexOf(name: string, start: number): number {
    for (let index = start; index < this.#fields.length; index++) {
      if (this.#fields[index]?.name === name) return index;
    }
    return -1;
  }

  #deleteFrom(name: string, start: number): void {
    let index = this.#indexOf(name, start);
    while (index !== -1) {
      this.#fields.splice(index, 1);
      index = this.#indexOf(name, index);
    }
  }
}

/** Of names, some of which providers may bring. */
const MAX_KNOWN_NAMES = 256;

/** The last field of each name: of an answer's twenty headers, half are the same in the next. */
const knownFields = new Map<string, Field>();

function fieldOf(name: string, value: string): Field {
  const known = knownFields.get(name);
  if (known !== undefined && known.value === value) return known;
  const line = writtenField(name, value);
  if (line === undefined) {
    throw new TypeError(
      FIELD_NAME.test(name)
        ? `The header ${name} has characters that HTTP headers cannot carry`
        : `The header name ${JSON.stringify(name)} is no token in lower case`,
    );
  }
  const field = { name, value, line };
  if (knownFields.size >= MAX_KNOWN_NAMES) knownFields.clear();
  knownFields.set(name, field);
  return field;
}

/** A field as it is written, with its end, of a name in lower case; `undefined` for what no header can carry. */
export function writtenField(name: string, value: string): string | undefined {
  const line = name + ": " + value + "\r\n";
  // A name with a colon in it would end there.
  return FIELD_LINE.test(line) && !name.includes(":") ? line : undefined;
}
