/**
 * Google's schemas, as JSON Schema: types are in capitals there, what may be null is said by a flag, and bounds may be
 * texts, since they are 64 bits long.
 *
 * @module
 */

import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import { camelCase } from "./spelt.ts";

const BOUNDS: ReadonlySet<string> = new Set([
  "minItems",
  "maxItems",
  "minLength",
  "maxLength",
  "minProperties",
  "maxProperties",
]);

/** Words that JSON Schema does not have: an order to write members in, and a note that a text is one of a list. */
const OWN_WORDS: ReadonlySet<string> = new Set(["nullable", "propertyOrdering"]);

export function decodeSchema(schema: JsonObject): JsonObject {
  const decoded = Object.entries(schema).flatMap(([written, value]): [string, JsonValue][] => {
    const name = camelCase(written);
    const isOwn = OWN_WORDS.has(name) || (name === "format" && value === "enum");
    if (value === undefined || isOwn) return [];
    const member = decodeMember(name, value);
    return member === undefined ? [] : [[name, member]];
  });
  const result: JsonObject = Object.fromEntries(decoded);
  return schema["nullable"] === true ? orNull(result) : result;
}

function decodeMember(name: string, value: JsonValue): JsonValue | undefined {
  if (name === "type") return typeOf(value);
  if (BOUNDS.has(name) && typeof value === "string" && /^\d{1,15}$/.test(value)) {
    return Number(value);
  }
  // Names of properties are the client's own.
  if ((name === "properties" || name === "$defs" || name === "defs") && isJsonObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([property, inner]) => [property, decodeInner(inner)]),
    );
  }
  if (name === "items" || name === "additionalProperties") return decodeInner(value);
  if (name === "anyOf" && Array.isArray(value)) return value.map((inner) => decodeInner(inner));
  return value;
}

function decodeInner(value: JsonValue | undefined): JsonValue {
  return isJsonObject(value) ? decodeSchema(value) : value ?? null;
}

function typeOf(value: JsonValue): JsonValue | undefined {
  if (value === "TYPE_UNSPECIFIED") return undefined;
  if (Array.isArray(value)) return value.map((type) => typeOf(type) ?? type);
  return typeof value === "string" ? value.toLowerCase() : value;
}

function orNull(schema: JsonObject): JsonObject {
  const { type, anyOf, enum: values } = schema;
  return {
    ...schema,
    ...(typeof type === "string" && { type: [type, "null"] }),
    ...(type === undefined && Array.isArray(anyOf) && { anyOf: [...anyOf, { type: "null" }] }),
    ...(Array.isArray(values) && !values.includes(null) && { enum: [...values, null] }),
  };
}
