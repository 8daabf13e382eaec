/**
 * Changes members of a JSON object in its text: every other byte leaves as it came.
 *
 * Written anew, a body would lose what its reader never asked to change: integers beyond 2^53, digits, spelling
 * and order. So its parsed form says what is to change, and the text is changed there alone.
 *
 * @module
 */

import { allocateBytes } from "../byte_slab.ts";
import { ParsedBody } from "../../core/http/parsed_body.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../core/text/json.ts";
import {
  CLOSING_BRACE,
  elementsOf,
  membersOf,
  nameOf,
  OPENING_BRACE,
  OPENING_BRACKET,
  openingOf,
  skipBlanks,
  type Value,
} from "./json_text.ts";

/**
 * What becomes of members, by name: a value; `undefined` takes a member out; changes of their own apply within
 * the object that the member holds, and where it holds none, what they set takes its place.
 */
export type MemberChanges = ReadonlyMap<string, Change>;

type Change = JsonValue | undefined | MemberChanges | ListChanges;

/** What becomes of a list that keeps its length. */
class ListChanges {
  /** @param after The whole list, where there was none. */
  constructor(readonly after: JsonValue, readonly elements: ReadonlyMap<number, Change>) {}
}

type Bytes = Uint8Array<ArrayBuffer>;

/** A part of the text and what stands in its place. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

const encoder = new TextEncoder();

/**
 * The text with its members changed. A name is found however it is spelt, and changed wherever it occurs, so
 * that readers of the first and of the last see the same; what was missing is put in front.
 *
 * Goes over the text once and parses no value. It must have been parsed as JSON before: what is no object at
 * all is a `TypeError`, other mistakes in it stay.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = new TextEncoder().encode('{ "seed":9007199254740993, "mode\\u006c": "fast" }');
 * const patched = patch(bytes, new Map([["model", "gpt-5"]]));
 * assertEquals(
 *   new TextDecoder().decode(patched),
 *   '{ "seed":9007199254740993, "mode\\u006c": "gpt-5" }',
 * );
 * ```
 */
export function patch(bytes: Bytes, changes: MemberChanges): Bytes {
  const edits: Edit[] = [];
  editObject(bytes, openingOf(bytes), changes, edits);
  return applyEdits(bytes, edits);
}

/** The text of `before`, changed where `after` differs from it. */
export function patchToMatch(bytes: Bytes, before: JsonObject, after: JsonObject): Bytes {
  const changes = changesBetween(before, after);
  const isAddition = [...changes.keys()].every((name) => !Object.hasOwn(before, name));
  if (!isAddition) return patch(bytes, changes);
  // There is nothing to look for in a long prompt.
  const opening = openingOf(bytes);
  const isEmpty = bytes[skipBlanks(bytes, opening + 1)] === CLOSING_BRACE;
  return applyEdits(bytes, [putInFront(opening, changes, isEmpty)]);
}

/** A request's body of which `before` was read, changed where `after` differs from it. */
export function patchedBody(
  bytes: Bytes,
  before: JsonObject,
  after: JsonObject,
): { readonly body: ParsedBody; readonly bytes: Bytes } {
  const patched = patchToMatch(bytes, before, after);
  return { body: new ParsedBody(after, patched), bytes: patched };
}

/** Looks at values that are not the same alone, so that a copy by spreading costs nothing. */
function changesBetween(before: JsonObject, after: JsonObject): MemberChanges {
  const changes = new Map<string, Change>();
  for (const [name, value] of Object.entries(after)) {
    const old = Object.hasOwn(before, name) ? before[name] : undefined;
    if (value === old) continue;
    const change = changeBetween(old, value);
    if (!isNone(change)) changes.set(name, change);
  }
  for (const name of Object.keys(before)) {
    if (!Object.hasOwn(after, name)) changes.set(name, undefined);
  }
  return changes;
}

function changeBetween(before: JsonValue | undefined, after: JsonValue | undefined): Change {
  if (isJsonObject(after) && isJsonObject(before)) return changesBetween(before, after);
  if (!Array.isArray(after) || !Array.isArray(before) || after.length !== before.length) {
    return after;
  }
  const elements = new Map<number, Change>();
  for (const [index, value] of after.entries()) {
    if (value === before[index]) continue;
    const change = changeBetween(before[index], value);
    if (!isNone(change)) elements.set(index, change);
  }
  return new ListChanges(after, elements);
}

/** Two copies of the same. */
function isNone(change: Change): boolean {
  return isChanges(change) && change.size === 0 ||
    change instanceof ListChanges && change.elements.size === 0;
}

/** Adds the edits of one object, in order. */
function editObject(
  bytes: Bytes,
  opening: number,
  changes: MemberChanges,
  edits: Edit[],
): void {
  const missing = new Map(changes);
  const insertedAt = edits.length;
  let keptEnd: number | undefined;
  /** Members that are taken out one after the other, with the commas between them. */
  let removed: { readonly start: number; end: number } | undefined;
  for (const member of membersOf(bytes, opening)) {
    const { nameStart, valueEnd } = member;
    const name = nameOf(bytes, member, changes);
    if (name !== undefined) missing.delete(name);
    const change = name === undefined ? undefined : changes.get(name);
    if (name !== undefined && change === undefined) {
      removed ??= { start: nameStart, end: valueEnd };
      removed.end = valueEnd;
      continue;
    }
    if (removed !== undefined) edits.push({ start: removed.start, end: nameStart, text: "" });
    removed = undefined;
    keptEnd = valueEnd;
    editValue(bytes, member, change, edits);
  }
  // The comma before the last members that are taken out goes with them.
  if (removed !== undefined) {
    edits.push({ start: keptEnd ?? removed.start, end: removed.end, text: "" });
  }
  edits.splice(insertedAt, 0, putInFront(opening, missing, keptEnd === undefined));
}

function editValue(
  bytes: Bytes,
  { valueStart, valueEnd }: Value,
  change: Change,
  edits: Edit[],
): void {
  if (isChanges(change) && bytes[valueStart] === OPENING_BRACE) {
    editObject(bytes, valueStart, change, edits);
  } else if (change instanceof ListChanges && bytes[valueStart] === OPENING_BRACKET) {
    let index = 0;
    for (const element of elementsOf(bytes, valueStart)) {
      editValue(bytes, element, change.elements.get(index++), edits);
    }
  } else {
    const value = valueOf(change);
    if (value === undefined) return;
    edits.push({ start: valueStart, end: valueEnd, text: JSON.stringify(value) });
  }
}

/** @param isEmpty Nothing else is in the object. */
function putInFront(opening: number, missing: MemberChanges, isEmpty: boolean): Edit {
  const members: string[] = [];
  for (const [name, change] of missing) {
    const value = valueOf(change);
    if (value !== undefined) members.push(`${JSON.stringify(name)}:${JSON.stringify(value)}`);
  }
  const separator = members.length === 0 || isEmpty ? "" : ",";
  return { start: opening + 1, end: opening + 1, text: members.join(",") + separator };
}

/** What a change sets where there is nothing to be changed; `undefined` where that is nothing. */
function valueOf(change: Change): JsonValue | undefined {
  if (change instanceof ListChanges) return change.after;
  if (!isChanges(change)) return change;
  const members: [string, JsonValue][] = [];
  for (const [name, within] of change) {
    const value = valueOf(within);
    if (value !== undefined) members.push([name, value]);
  }
  return members.length === 0 ? undefined : Object.fromEntries(members);
}

function isChanges(change: Change): change is MemberChanges {
  return change instanceof Map;
}

function applyEdits(bytes: Bytes, edits: readonly Edit[]): Bytes {
  const effective = edits.filter(({ start, end, text }) => start < end || text !== "");
  if (effective.length === 0) return bytes;
  const parts: Bytes[] = [];
  let keptFrom = 0;
  for (const { start, end, text } of effective) {
    parts.push(bytes.subarray(keptFrom, start), encoder.encode(text));
    keptFrom = end;
  }
  parts.push(bytes.subarray(keptFrom));
  const patched = allocateBytes(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    patched.set(part, at);
    at += part.length;
  }
  return patched;
}
