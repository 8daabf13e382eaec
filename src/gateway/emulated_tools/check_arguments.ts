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
/**
 * Of a check, in schemas and in what they list: references to alternatives that refer to more of them make a short
 * schema as large as anybody likes. What is left then is taken as it is.
 */
const MAX_STEPS = 200_000;
const MAX_REFERENCE_CHARACTERS = 1_024;
/** Of the values that are allowed, when they are told. */
const MAX_SHOWN_CHARACTERS = 1_024;

export interface CheckedArguments {
  readonly value: JsonValue;
  /** A sentence each, for the model; empty where all is well. */
  readonly problems: readonly string[];
}

export function checkArguments(schema: JsonObject, given: JsonObject): CheckedArguments {
  const check = new Check(schema, { steps: MAX_STEPS, allowed: new Map() });
  const value = check.value(given, schema, "", 0);
  return { value, problems: check.problems };
}

/** What the checks of one call share. */
interface Effort {
  /** Those that are left. */
  steps: number;
  /** By their lists. */
  readonly allowed: Map<JsonValue, AllowedValues>;
}

interface AllowedValues {
  readonly texts: ReadonlySet<string>;
  readonly shown: string;
}

class Check {
  readonly problems: string[] = [];
  readonly #root: JsonObject;
  readonly #effort: Effort;

  constructor(root: JsonObject, effort: Effort) {
    this.#root = root;
    this.#effort = effort;
  }

  /** The value as the schema has it. */
  value(given: JsonValue, schema: JsonValue | undefined, path: string, depth: number): JsonValue {
    if (!isJsonObject(schema) || depth > MAX_DEPTH || !this.#spend(1)) return given;
    if (typeof schema.$ref === "string") {
      return this.value(given, this.#resolve(schema.$ref), path, depth + 1);
    }
    const forms = formsOf(schema);
    if (forms !== undefined) return this.#oneOf(given, forms, path, depth);
    const types = typesOf(schema);
    if (!this.#spend(types.length + (typeof given === "string" ? given.length >> 6 : 0))) {
      return given;
    }
    const value = convert(given, types);
    if (!isOfTypes(value, types)) {
      this.#note(path, `must be ${types.join(" or ")}`);
      return value;
    }
    const allowed = this.#allowedBy(schema);
    if (allowed !== undefined && !allowed.texts.has(JSON.stringify(value))) {
      this.#note(path, `must be one of ${allowed.shown}`);
    }
    if (isJsonObject(value)) return this.#object(value, schema, path, depth);
    if (!Array.isArray(value)) return value;
    return value.map((item, at) => this.value(item, schema.items, `${path}[${at}]`, depth + 1));
  }

  #spend(steps: number): boolean {
    this.#effort.steps -= steps;
    return this.#effort.steps >= 0;
  }

  /** Their texts are made once: each item of a long list may be held against a long list. */
  #allowedBy(schema: JsonObject): AllowedValues | undefined {
    if ("const" in schema) return allowedValues([schema.const ?? null]);
    const { enum: values } = schema;
    if (!Array.isArray(values)) return undefined;
    const known = this.#effort.allowed.get(values);
    if (known !== undefined) return known;
    const made = allowedValues(values);
    this.#effort.allowed.set(values, made);
    return made;
  }

  #object(given: JsonObject, schema: JsonObject, path: string, depth: number): JsonObject {
    const properties = isJsonObject(schema.properties) ? schema.properties : {};
    const required = Array.isArray(schema.required) ? schema.required : [];
    const place = (name: string) => path === "" ? name : `${path}.${name}`;
    if (!this.#spend(required.length)) return given;
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
      const check = new Check(this.#root, this.#effort);
      const value = check.value(given, form, path, depth + 1);
      if (check.problems.length === 0) return value;
      first ??= check;
    }
    for (const problem of first?.problems ?? []) this.#add(problem);
    return given;
  }

  #resolve(reference: string): JsonValue | undefined {
    if (!reference.startsWith("#/") || reference.length > MAX_REFERENCE_CHARACTERS) {
      return undefined;
    }
    let at: JsonValue | undefined = this.#root;
    for (const name of reference.slice(2).split("/")) {
      at = isJsonObject(at) ? at[name.replaceAll("~1", "/").replaceAll("~0", "~")] : undefined;
    }
    return at;
  }

  #note(path: string, problem: string): void {
    this.#add(`${path === "" ? "The arguments" : JSON.stringify(path)} ${problem}`);
  }

  #add(problem: string): void {
    if (this.problems.length < MAX_PROBLEMS) this.problems.push(problem);
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

function allowedValues(values: readonly JsonValue[]): AllowedValues {
  const texts = new Set(values.map((value) => JSON.stringify(value)));
  return { texts, shown: `[${[...texts].join(",")}]`.slice(0, MAX_SHOWN_CHARACTERS) };
}
