/** Which texts of a request's body somebody may read, whatever its API. */

import { isJsonObject, type JsonValue } from "../core/text/json.ts";

/** Members that hold no words of anybody: names, kinds, and what its issuer alone can read. */
const NO_TEXTS: ReadonlySet<string> = new Set([
  "model",
  "role",
  "type",
  "id",
  "call_id",
  "tool_call_id",
  "tool_use_id",
  "encrypted_content",
  "signature",
  "thoughtSignature",
  "mimeType",
  "media_type",
]);

/** Members that hold what is encoded, but for those that hold a plain text all the same: Anthropic's documents. */
const ENCODED: ReadonlySet<string> = new Set(["data", "file_data", "image_url"]);
const BASE64 = /^(?:data:[^,]{0,200};base64,)?[\w+/=-]*$/;
/** Shorter ones may be words. */
const MIN_ENCODED_CHARACTERS = 256;

/**
 * Members whose value, where it is an object, is a caller's own: arguments and results of tools, and labels. What
 * is called in it as above is a text for all that, and so are the names themselves.
 */
const OPEN_OBJECTS: ReadonlySet<string> = new Set([
  "args",
  "arguments",
  "default",
  "example",
  "input",
  "json",
  "labels",
  "metadata",
  "response",
]);

/** The same body with each of its texts mapped; itself where none changes. */
export function mapRequestTexts(body: JsonValue, map: (text: string) => string): JsonValue {
  return mapped(body, map, "", false);
}

/** @param isOpen Lies in a caller's own object, in which the names are texts as well. */
function mapped(
  value: JsonValue,
  map: (text: string) => string,
  name: string,
  isOpen: boolean,
): JsonValue {
  if (typeof value === "string") return !isOpen && isNoText(name, value) ? value : map(value);
  if (Array.isArray(value)) {
    // Responses have a list of items that is called as the arguments of a tool are.
    const items = value.map((item: JsonValue) =>
      mapped(item, map, typeof item === "string" ? name : "", isOpen)
    );
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  if (!isJsonObject(value)) return value;
  const isOwn = isOpen || OPEN_OBJECTS.has(name);
  const entries = Object.entries(value);
  const next = entries.map(([key, member = null]): [string, JsonValue] => [
    isOwn ? map(key) : key,
    mapped(member, map, key, isOwn),
  ]);
  const isSame = next.every(([key, member], index) =>
    key === entries[index]?.[0] && member === (entries[index]?.[1] ?? null)
  );
  return isSame ? value : Object.fromEntries(next);
}

function isNoText(name: string, text: string): boolean {
  if (NO_TEXTS.has(name)) return true;
  return ENCODED.has(name) && text.length >= MIN_ENCODED_CHARACTERS && BASE64.test(text);
}
