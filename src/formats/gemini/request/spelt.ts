/** Members of Google's JSON, which readers take in two spellings: `inlineData` and `inline_data`. */

import type { JsonObject, JsonValue } from "../../../core/text/json.ts";
import { isGiven } from "../../request_fields.ts";

/** A member by its name in camel case, however it is spelt; `undefined` where it is absent or null. */
export function memberOf(object: JsonObject, name: string): JsonValue | undefined {
  const value = object[name];
  if (isGiven(value)) return value;
  const other = object[snakeCase(name)];
  return isGiven(other) ? other : undefined;
}

/** The name in camel case, by which a member is known here. */
export function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
