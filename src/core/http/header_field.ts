/** One field of a head, as answers and requests to providers carry it. */

const FIELD_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
/** Latin-1 without controls: a line break in a value would begin a header of its author's making. */
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

export interface Field {
  readonly name: string;
  readonly value: string;
  /** As it is written, with its end. */
  readonly line: string;
}

/** Whether it is a token in lower case. */
export function isFieldName(name: string): boolean {
  return FIELD_NAME.test(name);
}

/** A field as it is written, with its end, of a name in lower case; `undefined` for what no header can carry. */
export function writtenField(name: string, value: string): string | undefined {
  return FIELD_NAME.test(name) && FIELD_VALUE.test(value) ? `${name}: ${value}\r\n` : undefined;
}

/** Of names, some of which clients and providers may bring. */
const MAX_NAMES = 256;

/** The last field of each name: most of a message's headers are the same in the next. */
export class KnownFields {
  readonly #fields = new Map<string, Field>();

  /** The last of that name, where it has that value. */
  find(name: string, value: string): Field | undefined {
    const field = this.#fields.get(name);
    return field !== undefined && field.value === value ? field : undefined;
  }

  /** @param name As it is looked up by, whatever its case. */
  keep(name: string, field: Field): Field {
    if (this.#fields.size >= MAX_NAMES) this.#fields.clear();
    this.#fields.set(name, field);
    return field;
  }
}
