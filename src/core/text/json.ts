/** JSON values, as they come out of `JSON.parse`. */

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: JsonValue | undefined;
}

/** Whether a value is a JSON object: neither an array nor `null`. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Parses JSON text that should be an object; `undefined` where it is none. */
export function parseJsonObject(text: string): JsonObject | undefined {
  const value = parseJson(text);
  return isJsonObject(value) ? value : undefined;
}

/**
 * Parses JSON text, and what Python makes of a number that JSON does not have: `NaN` and `-Infinity`
 * are `null`. Returns `undefined` where it is no JSON even so.
 */
export function parseJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text);
  } catch {
    if (!NO_NUMBER.test(text)) return undefined;
  }
  try {
    return JSON.parse(withoutNoNumbers(text));
  } catch {
    return undefined;
  }
}

const NO_NUMBER = /\b(?:nan|inf(?:inity)?)\b/i;
/** As Python, JavaScript and C write them. */
const NO_NUMBERS = /[-+]?\b(?:nan|inf(?:inity)?)\b/gi;

/** Puts `null` for every such token outside of strings. */
function withoutNoNumbers(text: string): string {
  const parts: string[] = [];
  for (let from = 0; from < text.length;) {
    const quote = text.indexOf('"', from);
    const tokensEnd = quote === -1 ? text.length : quote;
    parts.push(text.slice(from, tokensEnd).replace(NO_NUMBERS, "null"));
    from = quote === -1 ? tokensEnd : stringEnd(text, quote);
    parts.push(text.slice(tokensEnd, from));
  }
  return parts.join("");
}

/** The index after the string that begins at a quote. */
function stringEnd(text: string, quote: number): number {
  for (let index = quote + 1;;) {
    const end = text.indexOf('"', index);
    if (end === -1) return text.length;
    let escapes = end;
    while (text[escapes - 1] === "\\") escapes--;
    if ((end - escapes) % 2 === 0) return end + 1;
    index = end + 1;
  }
}

/** The object in an answer: an error may come as the only item of a list (Gemini's compatible API). */
export function answerObjectOf(value: JsonValue | undefined): JsonObject | undefined {
  if (!Array.isArray(value)) return isJsonObject(value) ? value : undefined;
  const [item, ...others] = value;
  return isJsonObject(item) && item["error"] && others.length === 0 ? item : undefined;
}

/** Parses the JSON text of an answer; see `answerObjectOf()`. */
export function parseAnswerObject(text: string): JsonObject | undefined {
  return answerObjectOf(parseJson(text));
}
