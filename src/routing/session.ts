/** Which conversation a call belongs to. */

import type { Call } from "../core/call.ts";
import { hashOf, type Session } from "../core/session.ts";
import type { JsonValue } from "../core/text/json.ts";

/** What is known of a call's conversation. */
export type SessionCall = Pick<Call, "formats" | "body" | "session">;

/** Of the texts at the beginning of a conversation; a long prompt need not be read to its end on every call. */
const MAX_TEXTS = 32;
const MAX_CHARACTERS = 128;

/** By the name that the client gives it, else by its beginning; `undefined` where there is neither. */
export function sessionOf({ formats, body, session }: SessionCall): Session | undefined {
  if (session !== undefined) return hashOf(session);
  const { session: named, beginning } = formats.request.facts(body.json);
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
