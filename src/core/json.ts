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
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The same for an answer: an error may come as the only item of a list (Gemini's compatible API). */
export function parseAnswerObject(text: string): JsonObject | undefined {
  const body = parseJsonObject(text);
  if (body !== undefined || !/^\s*\[\s*\{/.test(text)) return body;
  const [item, ...others] = parseJsonList(text);
  return isJsonObject(item) && item["error"] && others.length === 0 ? item : undefined;
}

function parseJsonList(text: string): readonly JsonValue[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
