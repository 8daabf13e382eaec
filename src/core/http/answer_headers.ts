/** The headers of an answer, while it is put together. */

import type { HeaderList, HeaderReader } from "../provider/transport.ts";
import { type Field, isFieldName, KnownFields, writtenField } from "./header_field.ts";

const known = new KnownFields();

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

function fieldOf(name: string, value: string): Field {
  const field = known.find(name, value);
  if (field !== undefined) return field;
  const line = writtenField(name, value);
  if (line !== undefined) return known.keep(name, { name, value, line });
  throw new TypeError(
    isFieldName(name)
      ? `The header ${name} has characters that HTTP headers cannot carry`
      : `The header name ${JSON.stringify(name)} is no token in lower case`,
  );
}
