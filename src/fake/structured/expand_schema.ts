/**
 * A JSON Schema without references and conjunctions: `$ref` and `allOf` become keywords of one object.
 *
 * @module
 */

import { isJsonObject, type JsonObject, type JsonValue } from "../../core/text/json.ts";
import { numberIn } from "./schema_scalars.ts";
import { SchemaFault } from "./schema_fault.ts";

/** References and conjunctions within each other. */
const MAX_NESTING = 100;
/** Members of schemas that are merged, in all; a short document can ask for any number. */
const MAX_MERGED_MEMBERS = 100_000;
/** Of two lists of alternatives, each with each. */
const MAX_ALTERNATIVES = 1_000;

/** Keywords that say nothing of which values fit. */
const ANNOTATIONS: ReadonlySet<string> = new Set([
  "$anchor",
  "$comment",
  "$defs",
  "$id",
  "$schema",
  "default",
  "definitions",
  "deprecated",
  "description",
  "examples",
  "readOnly",
  "title",
  "writeOnly",
]);

/** Of two numbers, the one that lets less pass. */
const TIGHTER: Readonly<Record<string, (left: number, right: number) => number>> = {
  minimum: Math.max,
  exclusiveMinimum: Math.max,
  minLength: Math.max,
  minItems: Math.max,
  minProperties: Math.max,
  maximum: Math.min,
  exclusiveMaximum: Math.min,
  maxLength: Math.min,
  maxItems: Math.min,
  maxProperties: Math.min,
};

/** Expands schemas of one document. The same schema is always expanded to the same object. */
export class SchemaExpander {
  readonly #root: JsonObject;
  readonly #expanded = new Map<JsonObject, JsonObject>();
  readonly #branches = new Map<JsonObject, readonly JsonObject[]>();
  #nesting = 0;
  #mergedMembers = 0;

  constructor(root: JsonObject) {
    this.#root = root;
  }

  /** Throws `SchemaFault`. */
  expand(schema: JsonValue): JsonObject {
    if (schema === true) return {};
    if (!isJsonObject(schema)) throw new SchemaFault("a schema in it allows nothing, or is none");
    const known = this.#expanded.get(schema);
    if (known !== undefined) return known;
    if (this.#nesting >= MAX_NESTING) {
      throw new SchemaFault("its references lead to each other without an end");
    }
    this.#nesting++;
    try {
      const expanded = this.#expandParts(schema);
      this.#expanded.set(schema, expanded);
      return expanded;
    } finally {
      this.#nesting--;
    }
  }

  #expandParts(schema: JsonObject): JsonObject {
    const { $ref: reference, allOf, ...rest } = schema;
    const parts = [
      ...(reference === undefined ? [] : [this.#resolve(reference)]),
      ...(Array.isArray(allOf) ? allOf : []),
    ];
    if (parts.length === 0) return schema;
    const isBare = Object.keys(rest).every((name) => ANNOTATIONS.has(name));
    // A schema that is nothing but a reference is the one that it leads to.
    if (isBare && parts.length === 1) return this.expand(parts[0]!);
    let merged: JsonObject = rest;
    for (const part of parts) {
      const expanded = this.expand(part);
      this.#mergedMembers += sizeOf(merged) + sizeOf(expanded);
      if (this.#mergedMembers > MAX_MERGED_MEMBERS) {
        throw new SchemaFault('its "allOf" and "$ref" have too many members');
      }
      merged = merge(merged, expanded);
    }
    return merged;
  }

  /** The alternatives of an expanded schema, each with all else that it says; `undefined` where it has none. */
  branchesOf(expanded: JsonObject): readonly JsonObject[] | undefined {
    const known = this.#branches.get(expanded);
    if (known !== undefined) return known;
    const keyword = Array.isArray(expanded.anyOf) ? "anyOf" : "oneOf";
    const { [keyword]: alternatives, ...rest } = expanded;
    if (!Array.isArray(alternatives)) return undefined;
    const isBare = Object.keys(rest).every((name) => ANNOTATIONS.has(name));
    const branches = alternatives.filter((branch) => branch !== false)
      .map((branch): JsonObject =>
        isBare && isJsonObject(branch) ? branch : { allOf: [rest, branch] }
      );
    this.#branches.set(expanded, branches);
    return branches;
  }

  #resolve(reference: JsonValue): JsonValue {
    if (typeof reference !== "string" || !/^#(?:\/|$)/.test(reference)) {
      throw new SchemaFault('a "$ref" must begin with "#/": other documents are not read');
    }
    let found: JsonValue | undefined = this.#root;
    for (const step of reference.split("/").slice(1)) {
      const name = decodeStep(step);
      found = (typeof found === "object" && found !== null && Object.hasOwn(found, name))
        ? (found as JsonObject)[name] // An index of an array is a name as well.
        : undefined;
    }
    if (found === undefined) {
      throw new SchemaFault(`"$ref" leads nowhere: ${reference.slice(0, 200)}`);
    }
    return found;
  }
}

/** Roughly what it takes to merge it. */
function sizeOf({ properties, required, enum: values }: JsonObject): number {
  const names = isJsonObject(properties) ? Object.keys(properties).length : 0;
  return 1 + names + listOf(required ?? []).length + listOf(values ?? []).length;
}

function decodeStep(step: string): string {
  let text = step;
  try {
    text = decodeURIComponent(step);
  } catch {
    // It is no escape, but a name with a percent sign.
  }
  return text.replaceAll("~1", "/").replaceAll("~0", "~");
}

/** What fits both. */
function merge(left: JsonObject, right: JsonObject): JsonObject {
  const merged: Record<string, JsonValue | undefined> = { ...left };
  for (const [name, value] of Object.entries(right)) {
    if (value === undefined || ANNOTATIONS.has(name)) continue;
    const old = merged[name];
    merged[name] = old === undefined ? value : mergeKeyword(name, old, value);
  }
  return merged;
}

function mergeKeyword(name: string, left: JsonValue, right: JsonValue): JsonValue {
  const tighter = TIGHTER[name];
  if (tighter !== undefined) {
    return tighter(
      numberIn({ left }, "left") ?? numberIn({ right }, "right") ?? 0,
      numberIn({ right }, "right") ?? numberIn({ left }, "left") ?? 0,
    );
  }
  switch (name) {
    case "properties":
    case "patternProperties":
      return isJsonObject(left) && isJsonObject(right) ? mergeProperties(left, right) : right;
    case "required":
      return [...new Set([...listOf(left), ...listOf(right)])];
    case "type": {
      const types = listOf(right);
      const common = listOf(left).filter((type) =>
        types.includes(type) || (type === "integer" && types.includes("number"))
      );
      // What is a whole number is a number.
      const isInteger = types.includes("integer") && listOf(left).includes("number");
      return isInteger && !common.includes("integer") ? [...common, "integer"] : common;
    }
    case "enum": {
      const values = new Set(listOf(right).map((value) => JSON.stringify(value)));
      return listOf(left).filter((value) => values.has(JSON.stringify(value)));
    }
    case "anyOf":
    case "oneOf":
      if (listOf(left).length * listOf(right).length > MAX_ALTERNATIVES) {
        throw new SchemaFault(`"allOf" has more than ${MAX_ALTERNATIVES} alternatives`);
      }
      return listOf(left).flatMap((one) => listOf(right).map((other) => ({ allOf: [one, other] })));
    case "items":
    case "additionalProperties":
      return left === false || right === false ? false : { allOf: [left, right] };
    case "uniqueItems":
      return left === true || right === true;
    default:
      if (JSON.stringify(left) === JSON.stringify(right)) return left;
      throw new SchemaFault(`"allOf" has two different "${name}"`);
  }
}

function mergeProperties(left: JsonObject, right: JsonObject): JsonObject {
  const merged: Record<string, JsonValue | undefined> = { ...left };
  for (const [name, schema] of Object.entries(right)) {
    const old = Object.hasOwn(left, name) ? left[name] : undefined;
    merged[name] = old === undefined || schema === undefined ? schema : { allOf: [old, schema] };
  }
  return merged;
}

function listOf(value: JsonValue): readonly JsonValue[] {
  return Array.isArray(value) ? value : [value];
}
