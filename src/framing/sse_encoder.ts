/**
 * Writes server-sent events: LF only, no names, no ids, as clients of chat streams expect.
 *
 * @module
 */

import type { JsonValue } from "../core/text/json.ts";

/** The data of OpenAI's end mark. */
export const DONE_DATA = "[DONE]";

/** OpenAI's end mark as a whole event, the last bytes of a complete stream. */
export const DONE_EVENT = `data: ${DONE_DATA}\n\n`;

const LINE_END = /\r\n|\r|\n/g;

// Line ends to a client that splits lines as its language does and not as the standard says
// (T20). JSON text may spell any character inside a string as an escape.
const UNICODE_LINE_END = /[\u0085\u2028\u2029]/g;

// Almost no JSON text has either, and one test costs a sixth of two replacements.
const HAS_UNICODE_LINE_END = /[\u0085\u2028\u2029]/;
const ANY_LINE_END = /[\r\n\u0085\u2028\u2029]/;

/** Writes JSON text as one event. Line ends within it begin a further `data:` line. */
export function encodeSseData(json: string): string {
  if (!ANY_LINE_END.test(json)) return `data: ${json}\n\n`;
  const lines = json.replace(UNICODE_LINE_END, escapeCharacter).replace(LINE_END, "\ndata: ");
  return `data: ${lines}\n\n`;
}

/** JSON text in one line, whatever the client takes for an end of a line. */
export function toJsonText(value: JsonValue): string {
  const json = JSON.stringify(value);
  return HAS_UNICODE_LINE_END.test(json) ? json.replace(UNICODE_LINE_END, escapeCharacter) : json;
}

/**
 * Writes a comment, which clients skip: a sign of life between two events.
 *
 * No blank line follows: after one, `openai-python` dispatches an empty event once it has seen
 * an id (T23).
 */
export function encodeSseComment(text: string): string {
  return `: ${text.replace(LINE_END, "\n: ")}\n`;
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
