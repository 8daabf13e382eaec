/**
 * Makes a value that fits a JSON Schema: always the same one, and none that is large without need.
 *
 * @module
 */

import { isJsonObject, type JsonObject, type JsonValue } from "../../core/text/json.ts";
import { SchemaExpander } from "./expand_schema.ts";
import { fitsSchema } from "./fits_schema.ts";
import { SchemaFault } from "./schema_fault.ts";
import { numberFor, numberIn, textFor } from "./schema_scalars.ts";

/** Values that are made on the way, those of alternatives that lead nowhere included. */
const MAX_VALUES = 20_000;
/** Characters of all texts. */
const MAX_CHARACTERS = 1_000_000;
const MAX_DEPTH = 100;
/** Names of members that are made in vain, because they are there already. */
const MAX_TAKEN_NAMES = 100;

/** Of these no account is taken, so that what is made might not fit. */
const UNSUPPORTED = [
  "not",
  "if",
  "contains",
  "dependentRequired",
  "dependentSchemas",
  "dependencies",
  "$dynamicRef",
  "unevaluatedItems",
];

const TYPES = ["object", "array", "string", "number", "integer", "boolean", "null"] as const;
type Type = typeof TYPES[number];

/** Without a type, keywords tell what is meant. */
const HINTS: readonly (readonly [Type, readonly string[]])[] = [
  ["object", ["properties", "required", "additionalProperties", "minProperties"]],
  ["array", ["items", "prefixItems", "minItems"]],
  ["string", ["minLength", "maxLength", "pattern", "format"]],
  ["number", ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]],
];

/** A schema within itself, at any depth. Whatever has a value at all has one without. */
class Recursion extends SchemaFault {}

/** Throws `SchemaFault` where there is no such value, or none that can be made here. */
export function valueOfSchema(schema: JsonObject): JsonValue {
  return new ValueMaker(schema).make(schema, 0);
}

class ValueMaker {
  readonly #expander: SchemaExpander;
  /** Expanded schemas whose values are being made, each within the one before. */
  readonly #path = new Set<JsonObject>();
  #values = 0;
  #characters = 0;

  constructor(root: JsonObject) {
    this.#expander = new SchemaExpander(root);
  }

  /** @param variant Values of different ones differ where the schema lets them. */
  make(schema: JsonValue, variant: number): JsonValue {
    const expanded = this.#expander.expand(schema);
    if (this.#path.has(expanded)) throw new Recursion("it has no value without an end");
    if (this.#path.size >= MAX_DEPTH) {
      throw new SchemaFault(`a value has more than ${MAX_DEPTH} levels`);
    }
    if (++this.#values > MAX_VALUES) {
      throw new SchemaFault(`a value takes more than ${MAX_VALUES} steps to make`);
    }
    this.#path.add(expanded);
    try {
      return this.#makeExpanded(expanded, variant);
    } finally {
      this.#path.delete(expanded);
    }
  }

  #makeExpanded(schema: JsonObject, variant: number): JsonValue {
    if (schema.const !== undefined) return this.#listedValue(schema, [schema.const], 0);
    if (Array.isArray(schema.enum)) return this.#listedValue(schema, schema.enum, variant);
    const branches = this.#expander.branchesOf(schema);
    if (branches !== undefined) return this.#firstOf(branches, variant);
    const unsupported = UNSUPPORTED.find((keyword) => schema[keyword] !== undefined);
    if (unsupported !== undefined) throw new SchemaFault(`"${unsupported}" is not taken here`);
    return this.#firstOfTypes(typesOf(schema), schema, variant);
  }

  #listedValue(schema: JsonObject, values: readonly JsonValue[], variant: number): JsonValue {
    const fitting = values.filter((value) => fitsSchema(this.#expander, schema, value));
    const value = fitting[variant % fitting.length];
    if (value === undefined) throw new SchemaFault('no value of its "enum" or "const" fits');
    return value;
  }

  #firstOf(schemas: readonly JsonObject[], variant: number): JsonValue {
    return firstThatWorks(schemas, (schema) => this.make(schema, variant));
  }

  #firstOfTypes(types: readonly JsonValue[], schema: JsonObject, variant: number): JsonValue {
    return firstThatWorks(types, (type) => this.#makeOfType(type, schema, variant));
  }

  #makeOfType(type: JsonValue, schema: JsonObject, variant: number): JsonValue {
    switch (type) {
      case "object":
        return this.#makeObject(schema, variant);
      case "array":
        return this.#makeArray(schema, variant);
      case "string":
        return this.#makeText(schema, variant);
      case "number":
      case "integer":
        return numberFor(schema, type === "integer", variant);
      case "boolean":
        return variant % 2 === 0;
      case "null":
        return null;
      default:
        throw new SchemaFault(`there is no type ${JSON.stringify(type)?.slice(0, 100)}`);
    }
  }

  #makeText(schema: JsonObject, variant: number): string {
    const text = textFor(schema, variant);
    this.#characters += text.length;
    if (this.#characters <= MAX_CHARACTERS) return text;
    throw new SchemaFault(`its texts have more than ${MAX_CHARACTERS} characters`);
  }

  #makeObject(schema: JsonObject, variant: number): JsonObject {
    const { properties, additionalProperties: rest = true } = schema;
    const declared = isJsonObject(properties) ? properties : {};
    const required = new Set(Array.isArray(schema.required) ? schema.required : []);
    const min = numberIn(schema, "minProperties") ?? 0;
    const max = numberIn(schema, "maxProperties") ?? Infinity;
    const made = new Map<string, JsonValue>();
    for (const name of required) {
      if (typeof name !== "string") continue;
      const member = Object.hasOwn(declared, name) ? declared[name]! : rest;
      made.set(name, this.make(member, variant));
    }
    for (const [name, member] of Object.entries(declared)) {
      if (made.has(name) || made.size >= max || member === undefined || member === false) continue;
      const value = this.#makeOptional(member, variant);
      if (value !== undefined) made.set(name, value);
    }
    const isMap = properties === undefined && isJsonObject(schema.additionalProperties);
    const wanted = Math.max(min, isMap && made.size === 0 ? Math.min(1, max) : 0);
    for (let at = 0; made.size < wanted && at < wanted + MAX_TAKEN_NAMES; at++) {
      const name = this.#makeName(schema, at);
      if (made.has(name) || Object.hasOwn(declared, name)) continue;
      const value = made.size < min ? this.make(rest, at) : this.#makeOptional(rest, at);
      if (value === undefined) break;
      made.set(name, value);
    }
    if (made.size < min) throw new SchemaFault('"minProperties" is more than it has names');
    if (made.size > max) throw new SchemaFault('more is "required" than "maxProperties" allows');
    // In the order in which they are declared, as models are trained to.
    const inOrder = [...Object.keys(declared), ...made.keys()].filter((name) => made.has(name));
    return Object.fromEntries([...new Set(inOrder)].map((name) => [name, made.get(name)]));
  }

  /** Of a member that is not declared. */
  #makeName({ propertyNames: names = true }: JsonObject, variant: number): string {
    if (names === true) return variant === 0 ? "hello" : `hello${variant}`;
    const name = this.make(isJsonObject(names) ? { type: "string", ...names } : names, variant);
    return String(name);
  }

  /** `undefined` where it would be within itself. */
  #makeOptional(schema: JsonValue, variant: number): JsonValue | undefined {
    try {
      return this.make(schema, variant);
    } catch (thrown) {
      if (thrown instanceof Recursion) return undefined;
      throw thrown;
    }
  }

  #makeArray(schema: JsonObject, variant: number): readonly JsonValue[] {
    const { items } = schema;
    const first = [schema.prefixItems, items].find((list) => Array.isArray(list)) ?? [];
    const places = Array.isArray(first) ? first : [];
    const rest = Array.isArray(items) ? schema.additionalItems ?? true : items ?? true;
    const min = numberIn(schema, "minItems") ?? 0;
    const max = numberIn(schema, "maxItems") ?? Infinity;
    const wanted = Math.max(min, Math.min(max, Math.max(places.length, rest === false ? 0 : 1)));
    const made: JsonValue[] = [];
    while (made.length < wanted) {
      const place = places[made.length] ?? rest;
      const differs = variant + (schema.uniqueItems === true ? made.length : 0);
      const value = made.length < min
        ? this.make(place, differs)
        : this.#makeOptional(place, differs);
      if (value === undefined) break;
      made.push(value);
    }
    if (made.length > max) throw new SchemaFault('"minItems" is more than "maxItems"');
    const distinct = new Set(made.map((value) => JSON.stringify(value)));
    if (schema.uniqueItems !== true || distinct.size === made.length) return made;
    throw new SchemaFault("no items are found that differ from each other");
  }
}

/** Throws what the first one failed with, where none works; what leads to no end may elsewhere, so that comes last. */
function firstThatWorks<T>(choices: readonly T[], make: (choice: T) => JsonValue): JsonValue {
  let fault: SchemaFault | undefined;
  for (const choice of choices) {
    try {
      return make(choice);
    } catch (thrown) {
      if (!(thrown instanceof SchemaFault)) throw thrown;
      if (fault === undefined || fault instanceof Recursion) fault = thrown;
    }
  }
  throw fault ?? new SchemaFault("a schema in it allows nothing");
}

function typesOf(schema: JsonObject): readonly JsonValue[] {
  const { type } = schema;
  if (type !== undefined) return Array.isArray(type) ? type : [type];
  const hinted = HINTS.find(([, keywords]) => keywords.some((name) => schema[name] !== undefined));
  return [hinted?.[0] ?? "string"];
}
