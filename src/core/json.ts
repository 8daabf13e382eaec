/** JSON values, as they come out of `JSON.parse`. */

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: JsonValue | undefined;
}

/** Whether a value is a JSON object: neither an array nor `null`. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Parses JSON text; `undefined` where it is none. */
export function parseJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue; // It makes nothing else.
  } catch {
    return undefined;
  }
}

/** Parses JSON text that should be an object; `undefined` where it is none. */
export function parseJsonObject(text: string): JsonObject | undefined {
  const value = parseJson(text);
  return isJsonObject(value) ? value : undefined;
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
