/**
 * Holds the arguments of a call against the schema of its tool, as far as models get it wrong: types, what must
 * be there, what may be there, lists of values.
 *
 * What means the right thing in another type, such as `"5"` for 5, is put right.
 *
 * @module
 */

import { isJsonObject, type JsonObject, type JsonValue, parseJson } from "../../core/text/json.ts";

const MAX_DEPTH = 32;
const MAX_PROBLEMS = 8;

export interface CheckedArguments {
  readonly value: JsonValue;
  /** A sentence each, for the model; empty where all is well. */
  readonly problems: readonly string[];
}

export function checkArguments(schema: JsonObject, given: JsonObject): CheckedArguments {
  const check = new Check(schema);
  const value = check.value(given, schema, "", 0);
  return { value, problems: check.problems.slice(0, MAX_PROBLEMS) };
}

class Check {
  readonly problems: string[] = [];
  readonly #root: JsonObject;

  constructor(root: JsonObject) {
    this.#root = root;
  }

  /** The value as the schema has it. */
  value(given: JsonValue, schema: JsonValue | undefined, path: string, depth: number): JsonValue {
    if (!isJsonObject(schema) || depth > MAX_DEPTH) return given;
    if (typeof schema.$ref === "string") {
      return this.value(given, this.#resolve(schema.$ref), path, depth + 1);
    }
    const forms = formsOf(schema);
    if (forms !== undefined) return this.#oneOf(given, forms, path, depth);
    const value = convert(given, typesOf(schema));
    if (!isOfTypes(value, typesOf(schema))) {
      this.#note(path, `must be ${typesOf(schema).join(" or ")}`);
      return value;
    }
    const allowed = "const" in schema ? [schema.const ?? null] : schema.enum;
    if (Array.isArray(allowed) && !allowed.some((one) => isSame(one, value))) {
      this.#note(path, `must be one of ${JSON.stringify(allowed)}`);
    }
    if (isJsonObject(value)) return this.#object(value, schema, path, depth);
    if (!Array.isArray(value)) return value;
    return value.map((item, at) => this.value(item, schema.items, `${path}[${at}]`, depth + 1));
  }

  #object(given: JsonObject, schema: JsonObject, path: string, depth: number): JsonObject {
    const properties = isJsonObject(schema.properties) ? schema.properties : {};
    const required = Array.isArray(schema.required) ? schema.required : [];
    const place = (name: string) => path === "" ? name : `${path}.${name}`;
    const members: [string, JsonValue][] = [];
    for (const [name, value = null] of Object.entries(given)) {
      const isKnown = Object.hasOwn(properties, name);
      // Models write `null` for what they leave out.
      const isLeftOut = value === null && isKnown && !required.includes(name) &&
        !typesOf(properties[name]).includes("null");
      if (isLeftOut) continue;
      if (isKnown) {
        members.push([name, this.value(value, properties[name], place(name), depth + 1)]);
      } else if (schema.additionalProperties === false) this.#note(place(name), "is not known");
      else members.push([name, value]);
    }
    for (const name of required) {
      if (typeof name === "string" && !Object.hasOwn(given, name)) {
        this.#note(place(name), "is missing");
      }
    }
    return Object.fromEntries(members);
  }

  /** The first form that takes it; else what the first says is wrong. */
  #oneOf(
    given: JsonValue,
    forms: readonly JsonValue[],
    path: string,
    depth: number,
  ): JsonValue {
    let first: Check | undefined;
    for (const form of forms) {
      const check = new Check(this.#root);
      const value = check.value(given, form, path, depth + 1);
      if (check.problems.length === 0) return value;
      first ??= check;
    }
    this.problems.push(...first?.problems ?? []);
    return given;
  }

  #resolve(reference: string): JsonValue | undefined {
    if (!reference.startsWith("#/")) return undefined;
    let at: JsonValue | undefined = this.#root;
    for (const name of reference.slice(2).split("/")) {
      at = isJsonObject(at) ? at[name.replaceAll("~1", "/").replaceAll("~0", "~")] : undefined;
    }
    return at;
  }

  #note(path: string, problem: string): void {
    this.problems.push(`${path === "" ? "The arguments" : JSON.stringify(path)} ${problem}`);
  }
}

function formsOf({ anyOf, oneOf }: JsonObject): readonly JsonValue[] | undefined {
  const forms = anyOf ?? oneOf;
  return Array.isArray(forms) && forms.length > 0 ? forms : undefined;
}

function typesOf(schema: JsonValue | undefined): readonly string[] {
  if (!isJsonObject(schema)) return [];
  const { type } = schema;
  const types = Array.isArray(type) ? type : [type];
  return types.filter((name) => typeof name === "string");
}

function isOfTypes(value: JsonValue, types: readonly string[]): boolean {
  return types.length === 0 || types.some((type) => isOfType(value, type));
}

function isOfType(value: JsonValue, type: string): boolean {
  switch (type) {
    case "string":
      return typeof value === "string";
    case "number":
      return typeof value === "number";
    case "boolean":
      return typeof value === "boolean";
    case "integer":
      return Number.isInteger(value);
    case "null":
      return value === null;
    case "array":
      return Array.isArray(value);
    case "object":
      return isJsonObject(value);
    default:
      return true;
  }
}

/** The same in a type that is asked for, where it plainly means that. */
function convert(value: JsonValue, types: readonly string[]): JsonValue {
  if (isOfTypes(value, types)) return value;
  if (typeof value === "number" || typeof value === "boolean") {
    return types.includes("string") ? String(value) : value;
  }
  if (typeof value !== "string" || types.includes("string")) return value;
  const read = parseJson(/^(?:true|false)$/i.test(value) ? value.toLowerCase() : value);
  if (read === undefined) return value;
  return isOfTypes(read, types) ? read : value;
}

function isSame(left: JsonValue, right: JsonValue): boolean {
  return left === right || JSON.stringify(left) === JSON.stringify(right);
}
