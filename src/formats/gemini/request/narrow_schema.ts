/**
 * JSON Schema, narrowed to what Gemini takes: a keyword beyond that is refused with the whole request (T94).
 *
 * @module
 */

import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";

/** Keywords that stay as they are. */
const KEPT: ReadonlySet<string> = new Set([
  "type",
  "format",
  "title",
  "description",
  "enum",
  "minItems",
  "maxItems",
  "minimum",
  "maximum",
  "required",
  "propertyOrdering",
]);

/** Keywords that say nothing of what is valid. */
const SILENT: ReadonlySet<string> = new Set([
  "$schema",
  "$id",
  "$anchor",
  "$comment",
  "default",
  "example",
  "examples",
  "deprecated",
  "readOnly",
  "writeOnly",
  "nullable",
  "strict",
]);

const OLD_DEFINITIONS = /^#\/definitions\//;

/** Narrows one schema. The keywords that it leaves out, and that say what is valid, are added to `left`. */
export function narrowSchema(schema: JsonObject, left: Set<string>): JsonObject {
  const narrow = (value: JsonValue | undefined): JsonValue =>
    isJsonObject(value) ? narrowSchema(value, left) : value ?? null;
  const { $ref } = schema;
  if (typeof $ref === "string") {
    // Nothing may stand beside a reference but what it refers to.
    return {
      $ref: $ref.replace(OLD_DEFINITIONS, "#/$defs/"),
      ...definitionsOf(schema, narrow),
    };
  }
  const narrowed: Record<string, JsonValue | undefined> = { ...definitionsOf(schema, narrow) };
  for (const [keyword, value] of Object.entries(merged(schema))) {
    if (value === undefined) continue;
    if (KEPT.has(keyword)) narrowed[keyword] = value;
    else if (keyword === "properties" && isJsonObject(value)) {
      narrowed[keyword] = mapValues(value, narrow);
    } else if (keyword === "items" || keyword === "additionalProperties") {
      if (Array.isArray(value)) narrowed["prefixItems"] = value.map(narrow);
      else if (isJsonObject(value) || keyword !== "items") narrowed[keyword] = narrow(value);
    } else if (keyword === "anyOf" || keyword === "oneOf" || keyword === "prefixItems") {
      const name = keyword === "oneOf" ? "anyOf" : keyword;
      if (Array.isArray(value)) narrowed[name] = value.map(narrow);
    } else if (keyword === "const") {
      // Its values of `enum` may be texts and numbers alone.
      if (typeof value === "string" || typeof value === "number") narrowed["enum"] = [value];
    } else if (keyword === "$defs" || keyword === "definitions") continue;
    else if (!SILENT.has(keyword)) left.add(keyword);
  }
  return narrowed;
}

/** What all parts of `allOf` say together, as far as they speak of different things. */
function merged(schema: JsonObject): JsonObject {
  const { allOf, ...own } = schema;
  if (!Array.isArray(allOf)) return schema;
  const all = [...allOf.filter(isJsonObject).map(merged), own];
  const properties = Object.assign({}, ...all.map((one) => one["properties"] ?? {}));
  const required = new Set(all.flatMap((one) => listOf(one["required"])));
  return {
    ...Object.assign({}, ...all),
    ...(Object.keys(properties).length > 0 && { properties }),
    ...(required.size > 0 && { required: [...required] }),
  };
}

function definitionsOf(
  { $defs, definitions }: JsonObject,
  narrow: (value: JsonValue | undefined) => JsonValue,
): JsonObject {
  const all = { ...objectOf(definitions), ...objectOf($defs) };
  return Object.keys(all).length === 0 ? {} : { $defs: mapValues(all, narrow) };
}

function mapValues(
  values: JsonObject,
  map: (value: JsonValue | undefined) => JsonValue,
): JsonObject {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value)]));
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}
