/** JSON in a form that is the same for values that mean the same. */

import { isJsonObject, type JsonValue } from "./json.ts";

/** Its text, the members of objects in the order of their names. */
export function canonicalJson(value: JsonValue): string {
  return JSON.stringify(inOrder(value));
}

function inOrder(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(inOrder);
  if (!isJsonObject(value)) return value;
  const ordered: Record<string, JsonValue> = Object.create(null);
  for (const name of Object.keys(value).sort()) {
    const member = value[name];
    if (member !== undefined) ordered[name] = inOrder(member);
  }
  return ordered;
}
