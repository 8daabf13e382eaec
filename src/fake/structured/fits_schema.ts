/**
 * Whether a value that a schema lists (`const`, `enum`) fits all else that the schema says of it.
 *
 * Patterns and formats are not looked at: whoever lists values has chosen them so.
 *
 * @module
 */

import { isJsonObject, type JsonObject, type JsonValue } from "../../core/text/json.ts";
import type { SchemaExpander } from "./expand_schema.ts";
import { SchemaFault } from "./schema_fault.ts";
import { isWithinBounds, numberIn } from "./schema_scalars.ts";

/** Schemas that are looked at for one value; alternatives may double with each level. */
const MAX_STEPS = 10_000;

/** Throws `SchemaFault`. */
export function fitsSchema(
  expander: SchemaExpander,
  schema: JsonValue,
  value: JsonValue,
): boolean {
  let steps = 0;
  const fits = (unexpanded: JsonValue, value: JsonValue): boolean => {
    if (++steps > MAX_STEPS) throw new SchemaFault("its alternatives have no end");
    if (unexpanded === false) return false;
    const schema = expander.expand(unexpanded);
    const { type, anyOf, oneOf } = schema;
    const fitsSome = (schemas: JsonValue | undefined): boolean =>
      !Array.isArray(schemas) || schemas.some((schema) => fits(schema, value));
    return isListed(schema, value) && (type === undefined || isOfType(value, type)) &&
      fitsSome(anyOf) && fitsSome(oneOf) && fitsKeywords(schema, value, fits);
  };
  return fits(schema, value);
}

function isOfType(value: JsonValue, type: JsonValue): boolean {
  if (Array.isArray(type)) return type.some((one) => isOfType(value, one));
  switch (type) {
    case "integer":
      return Number.isInteger(value);
    case "null":
      return value === null;
    case "array":
      return Array.isArray(value);
    case "object":
      return isJsonObject(value);
    default: {
      const kind = typeof value;
      return kind === type;
    }
  }
}

function isListed(schema: JsonObject, value: JsonValue): boolean {
  const text = JSON.stringify(value);
  const isSame = (other: JsonValue): boolean => JSON.stringify(other) === text;
  return (schema.const === undefined || isSame(schema.const)) &&
    (!Array.isArray(schema.enum) || schema.enum.some(isSame));
}

function fitsKeywords(
  schema: JsonObject,
  value: JsonValue,
  fits: (schema: JsonValue, value: JsonValue) => boolean,
): boolean {
  if (typeof value === "number") return isWithinBounds(schema, value);
  if (typeof value === "string") {
    return isCountWithin(schema, "Length", Array.from(value).length);
  }
  if (Array.isArray(value)) {
    const { items = true } = schema;
    return isCountWithin(schema, "Items", value.length) &&
      (Array.isArray(items) || value.every((item) => fits(items, item)));
  }
  if (!isJsonObject(value)) return true;
  const { properties, required, additionalProperties = true } = schema;
  const declared = isJsonObject(properties) ? properties : {};
  return isCountWithin(schema, "Properties", Object.keys(value).length) &&
    (!Array.isArray(required) || required.every((name) => Object.hasOwn(value, String(name)))) &&
    Object.entries(value).every(([name, member = null]) =>
      fits(
        Object.hasOwn(declared, name) ? declared[name] ?? true : additionalProperties,
        member,
      )
    );
}

function isCountWithin(schema: JsonObject, unit: string, count: number): boolean {
  return count >= (numberIn(schema, `min${unit}`) ?? 0) &&
    count <= (numberIn(schema, `max${unit}`) ?? Infinity);
}
