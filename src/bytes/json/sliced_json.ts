/**
 * Parses large JSON a piece at a time, with room for others between.
 *
 * Small values are parsed many at once by the runtime. What is larger than a piece is put together: arrays and
 * objects of runs of their members, texts of parts.
 *
 * @module
 */

import type { JsonObject, JsonValue } from "../../core/text/json.ts";
import { noteLongText } from "../../core/text/long_text.ts";
import { endOfString } from "./json_text.ts";
import { readLongText } from "./long_text.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPENING_BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;
/** The runtime parses as much in one go, in a millisecond or two. */
export const PIECE_BYTES = 262_144;
/** Marks that are gone over between two looks at whose turn it is. */
const MARKS_A_LOOK = 8_192;

export interface SliceParts {
  /** Text of a piece in UTF-8. Throws where it is none. */
  readonly decode: (bytes: Bytes) => string;
  /** Asked between pieces: a promise says that it is somebody else's turn until it resolves. */
  readonly rest: () => Promise<void> | undefined;
  /** Told of each mark outside of texts, before what it belongs to is built. May throw. */
  readonly meter: JsonMeter;
}

export interface JsonMeter {
  /** An array or object begins. */
  opened(depth: number): void;
  /** A member of an object has its name. */
  named(depth: number): void;
  /** Another value follows. */
  followed(): void;
}

/** An array or object that is open, and what of it was put together already. */
interface Container {
  readonly start: number;
  readonly isArray: boolean;
  /** `undefined` while it can be parsed with what is around it. */
  items: JsonValue[] | undefined;
  members: Record<string, JsonValue> | undefined;
  /** Where the members begin that were not put together yet. */
  runStart: number;
  memberStart: number;
  /** Where a member ended that was put together by itself, until the comma after it. */
  memberEnd: number | undefined;
  hasColon: boolean;
}

/** Where a value was added. */
interface Added {
  readonly holder: object;
  readonly place: string | number;
}

/** Throws `SyntaxError` for what is no JSON. */
export function parseInSlices(bytes: Bytes, parts: SliceParts): Promise<JsonValue> {
  return new SlicedParser(bytes, parts).parse();
}

class SlicedParser {
  readonly #bytes: Bytes;
  readonly #parts: SliceParts;
  readonly #open: Container[] = [];
  #root: { readonly value: JsonValue; readonly end: number } | undefined;
  /** Something was parsed since the last look. */
  #hasWorked = false;

  constructor(bytes: Bytes, parts: SliceParts) {
    this.#bytes = bytes;
    this.#parts = parts;
  }

  async parse(): Promise<JsonValue> {
    const bytes = this.#bytes;
    let marks = 0;
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at];
      if (byte === QUOTE) {
        const end = endOfString(bytes, at);
        if (end - at > PIECE_BYTES) await this.#readText(at, end);
        at = end - 1;
      } else if (!this.#mark(byte, at)) continue;
      if (!this.#hasWorked && ++marks % MARKS_A_LOOK !== 0) continue;
      this.#hasWorked = false;
      const rest = this.#parts.rest();
      if (rest !== undefined) await rest;
    }
    if (this.#root === undefined) throw notJson();
    this.#mustBeBlank(this.#root.end, bytes.length);
    return this.#root.value;
  }

  /** Whether a byte outside of texts is one of those that JSON is built of. */
  #mark(byte: number | undefined, at: number): boolean {
    const container = this.#open.at(-1);
    switch (byte) {
      case OPENING_BRACKET:
      case OPENING_BRACE:
        this.#open.push(openedAt(at, byte === OPENING_BRACKET));
        this.#parts.meter.opened(this.#open.length);
        return true;
      case CLOSING_BRACKET:
      case CLOSING_BRACE:
        if (container?.isArray !== (byte === CLOSING_BRACKET)) throw notJson();
        this.#close(container, at);
        return true;
      case COMMA:
        this.#parts.meter.followed();
        if (container !== undefined) this.#endMember(container, at);
        return true;
      case COLON:
        this.#parts.meter.named(this.#open.length);
        if (container !== undefined) container.hasColon = true;
        return true;
      default:
        return false;
    }
  }

  /** A name is as long as it is, and parsed with what is around it. */
  async #readText(start: number, end: number): Promise<void> {
    const container = this.#open.at(-1);
    if (container === undefined || (!container.isArray && !container.hasColon)) return;
    const { text, beginning } = await readLongText(
      this.#bytes.subarray(start + 1, end - 1),
      this.#parts,
    );
    const { holder, place } = this.#add(container, start, end, text);
    noteLongText(holder, place, { bytes: end - start - 2, beginning });
  }

  #endMember(container: Container, at: number): void {
    const { memberEnd } = container;
    if (memberEnd !== undefined) {
      this.#mustBeBlank(memberEnd, at);
      container.memberEnd = undefined;
      container.runStart = at + 1;
    } else if (at - container.runStart >= PIECE_BYTES) {
      this.#addRun(container, at);
      container.runStart = at + 1;
    }
    container.memberStart = at + 1;
    container.hasColon = false;
  }

  #close(container: Container, at: number): void {
    this.#open.pop();
    const value = this.#built(container, at);
    const parent = this.#open.at(-1);
    if (parent !== undefined) {
      if (value !== undefined) this.#add(parent, container.start, at + 1, value);
      return;
    }
    if (this.#root !== undefined) throw notJson();
    this.#mustBeBlank(0, container.start);
    const end = at + 1;
    this.#root = { value: value ?? this.#parse("", container.start, end, ""), end };
  }

  /** `undefined` where it was left to be parsed with what is around it. */
  #built(container: Container, at: number): JsonValue | undefined {
    if (container.items === undefined && container.members === undefined) return undefined;
    if (container.memberEnd === undefined) this.#addRun(container, at);
    else this.#mustBeBlank(container.memberEnd, at);
    return container.items ?? container.members;
  }

  /** Adds one member whose value was put together. */
  #add(container: Container, start: number, end: number, value: JsonValue): Added {
    const { runStart, memberStart } = container;
    if (container.memberEnd !== undefined) throw notJson();
    if (memberStart > runStart) this.#addRun(container, memberStart - 1);
    container.memberEnd = end;
    if (container.isArray) {
      this.#mustBeBlank(memberStart, start);
      const items = container.items ??= [];
      return { holder: items, place: items.push(value) - 1 };
    }
    const name = Object.keys(this.#parse("{", memberStart, start, "0}"))[0];
    if (name === undefined) throw notJson();
    const members = container.members ??= {};
    define(members, name, value);
    return { holder: members, place: name };
  }

  /** Adds the members up to a comma or to the end; there is at least one. */
  #addRun(container: Container, end: number): void {
    const { isArray, runStart } = container;
    const run = isArray
      ? this.#parse("[", runStart, end, "]")
      : this.#parse("{", runStart, end, "}");
    const names = Object.keys(run);
    if (names.length === 0) throw notJson();
    if (isArray) {
      const items = container.items ??= [];
      for (const item of run as readonly JsonValue[]) items.push(item);
    } else {
      const members = container.members ??= {};
      for (const name of names) define(members, name, (run as Record<string, JsonValue>)[name]!);
    }
  }

  #parse(
    before: string,
    start: number,
    end: number,
    after: string,
  ): readonly JsonValue[] | JsonObject {
    this.#hasWorked = true;
    return JSON.parse(before + this.#parts.decode(this.#bytes.subarray(start, end)) + after);
  }

  #mustBeBlank(start: number, end: number): void {
    for (let at = start; at < end; at++) {
      const byte = this.#bytes[at];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) throw notJson();
    }
  }
}

function openedAt(start: number, isArray: boolean): Container {
  return {
    start,
    isArray,
    items: undefined,
    members: undefined,
    runStart: start + 1,
    memberStart: start + 1,
    memberEnd: undefined,
    hasColon: false,
  };
}

/** As `JSON.parse` does it: the name `__proto__` is one as any other. */
function define(members: Record<string, JsonValue>, name: string, value: JsonValue): void {
  if (name !== "__proto__") members[name] = value;
  else {Object.defineProperty(members, name, {
      value,
      enumerable: true,
      writable: true,
      configurable: true,
    });}
}

function notJson(): SyntaxError {
  return new SyntaxError("The text is no JSON");
}
