/**
 * Which conversation a call belongs to, as a number.
 *
 * It is the same in every thread, process and version, so that all of them send a conversation to the same
 * place without a word between them. Nothing depends on that nobody can choose it: whoever does moves their
 * own calls alone.
 *
 * @module
 */

import type { Call } from "../core/call.ts";
import type { JsonValue } from "../core/text/json.ts";

/** What is known of a call's conversation. */
export type SessionCall = Pick<Call, "formats" | "body" | "session">;

/** 64 bits in two halves. */
export interface Session {
  readonly low: number;
  readonly high: number;
}

/** Of the texts at the beginning of a conversation; a long prompt need not be read to its end on every call. */
const MAX_TEXTS = 32;
const MAX_CHARACTERS = 512;

/** By the name that the client gives it, else by its beginning; `undefined` where there is neither. */
export function sessionOf({ formats, body, session }: SessionCall): Session | undefined {
  if (session !== undefined) return hashOf(session);
  const { session: named, beginning } = formats.request.facts(body);
  if (named !== undefined) return hashOf(named);
  const texts: string[] = [];
  for (const value of beginning) addTexts(value, texts);
  return texts.length === 0 ? undefined : hashOf(texts.join("\0"));
}

/** Beginning, end and length: prompts of one kind differ in the middle seldom, and in both ends hardly ever. */
function addTexts(value: JsonValue, texts: string[]): void {
  if (texts.length >= MAX_TEXTS) return;
  if (typeof value === "string") {
    if (value.length <= 2 * MAX_CHARACTERS) texts.push(value);
    else {
      const { length } = value;
      texts.push(value.slice(0, MAX_CHARACTERS), `${length}`, value.slice(length - MAX_CHARACTERS));
    }
  } else if (typeof value === "number") texts.push(`${value}`);
  else if (typeof value === "object" && value !== null) {
    for (const member of Object.values(value)) addTexts(member ?? null, texts);
  }
}

/** Two multiplicative hashes side by side, whose halves are mixed in the end. */
export function hashOf(text: string): Session {
  let low = 0xdeadbeef;
  let high = 0x41c6ce57;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    low = Math.imul(low ^ unit, 0x9e3779b1);
    high = Math.imul(high ^ unit, 0x5f356495);
  }
  return { low: mix(low ^ (high >>> 15)), high: mix(high ^ (low >>> 13)) };
}

/** Every bit of the result depends on every bit of `word`. */
export function mix(word: number): number {
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return word ^ (word >>> 16);
}
