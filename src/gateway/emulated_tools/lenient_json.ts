/**
 * Reads JSON as models write it: with line ends within texts, commas too many, Python's words and quotes, and
 * brackets that are never closed.
 *
 * A text that is not closed is never read: whoever lost its end may have lost more than a quote.
 *
 * @module
 */

import type { JsonValue } from "../../core/text/json.ts";

const MAX_DEPTH = 64;
const WHITESPACE = /\s/;
const WORD = /[A-Za-z0-9_.+-]/;

const WORDS: Readonly<Record<string, JsonValue>> = {
  true: true,
  True: true,
  false: false,
  False: false,
  null: null,
  None: null,
};

const ESCAPES: Readonly<Record<string, string>> = {
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

export interface LenientValue {
  readonly value: JsonValue;
  /** Where it ends. */
  readonly end: number;
}

/** The value that begins at `from`, behind whitespace; `undefined` where none can be made out. */
export function readLenientJson(text: string, from = 0): LenientValue | undefined {
  const reader = new LenientReader(text, from);
  const value = reader.read(0);
  return value === undefined ? undefined : { value, end: reader.at };
}

class LenientReader {
  at: number;
  readonly #text: string;

  constructor(text: string, from: number) {
    this.#text = text;
    this.at = from;
  }

  read(depth: number): JsonValue | undefined {
    if (depth > MAX_DEPTH) return undefined;
    const first = this.#skipSpace();
    if (first === "{") return this.#readObject(depth);
    if (first === "[") return this.#readArray(depth);
    if (first === '"' || first === "'") return this.#readText(first);
    return this.#readWord();
  }

  #readObject(depth: number): JsonValue | undefined {
    const members: [string, JsonValue][] = [];
    this.at++;
    while (true) {
      const next = this.#skipSpace(",");
      if (next === undefined) return Object.fromEntries(members);
      if (next === "}") break;
      const key = next === '"' || next === "'" ? this.#readText(next) : this.#readKey();
      if (key === undefined || this.#skipSpace() !== ":") return undefined;
      this.at++;
      const value = this.read(depth + 1);
      if (value === undefined) return undefined;
      members.push([key, value]);
    }
    this.at++;
    return Object.fromEntries(members);
  }

  #readArray(depth: number): JsonValue | undefined {
    const items: JsonValue[] = [];
    this.at++;
    while (true) {
      const next = this.#skipSpace(",");
      if (next === undefined) return items;
      if (next === "]") break;
      const value = this.read(depth + 1);
      if (value === undefined) return undefined;
      items.push(value);
    }
    this.at++;
    return items;
  }

  #readText(quote: string): string | undefined {
    let read = "";
    for (this.at++; this.at < this.#text.length; this.at++) {
      const character = this.#text[this.at] ?? "";
      if (character === quote) {
        this.at++;
        return read;
      }
      read += character === "\\" ? this.#readEscape() : character;
    }
    return undefined;
  }

  #readEscape(): string {
    const escaped = this.#text[++this.at] ?? "";
    if (escaped !== "u") return ESCAPES[escaped] ?? escaped;
    const digits = this.#text.slice(this.at + 1, this.at + 5);
    if (!/^[0-9a-f]{4}$/i.test(digits)) return escaped;
    this.at += 4;
    return String.fromCharCode(parseInt(digits, 16));
  }

  #readKey(): string | undefined {
    const key = this.#takeWord();
    return key === "" ? undefined : key;
  }

  #readWord(): JsonValue | undefined {
    const word = this.#takeWord();
    if (Object.hasOwn(WORDS, word)) return WORDS[word];
    const number = Number(word);
    return word !== "" && Number.isFinite(number) ? number : undefined;
  }

  #takeWord(): string {
    const from = this.at;
    while (WORD.test(this.#text[this.at] ?? "")) this.at++;
    return this.#text.slice(from, this.at);
  }

  /** The next character that is neither whitespace nor `also`; `undefined` at the end. */
  #skipSpace(also = ""): string | undefined {
    for (; this.at < this.#text.length; this.at++) {
      const character = this.#text[this.at] ?? "";
      if (!WHITESPACE.test(character) && character !== also) return character;
    }
    return undefined;
  }
}
