/** What the schema says of each option, found by the option's path in the configuration. */

import * as z from "zod";
import { isJsonObject, type JsonObject, type JsonValue } from "../core/text/json.ts";
import { type Config, configSchema } from "./schema.ts";

/** Keys from the top of the configuration down to an option, or to a group of them. */
export type OptionPath = readonly string[];

/** JSON Schema of an option, or of a group of options. */
export type OptionSchema = JsonObject;

const MIN_QUERY_SECRET = 12;

const trees = new WeakMap<z.ZodType, OptionSchema>();

/** JSON Schema of the gateway's configuration as it is written. */
export function optionTree(): OptionSchema {
  return treeOf(configSchema);
}

/** JSON Schema of what `schema` reads. */
export function treeOf(schema: z.ZodType): OptionSchema {
  const known = trees.get(schema);
  if (known !== undefined) return known;
  const tree = z.toJSONSchema(schema, {
    io: "input",
    target: "draft-7",
    unrepresentable: "any",
  }) as JsonObject;
  trees.set(schema, tree);
  return tree;
}

const outlines = new WeakMap<z.ZodType, OptionSchema>();

/**
 * Of `treeOf` what a start needs: what there is below what, the kinds of values, and what `.meta()` says.
 * All of it takes eight times as long, a tenth of a start.
 */
export function outlineOf(schema: z.ZodType): OptionSchema {
  const known = outlines.get(schema);
  if (known !== undefined) return known;
  const outline = outlined(schema);
  outlines.set(schema, outline);
  return outline;
}

function outlined(schema: z.core.$ZodType): OptionSchema {
  return { ...shapeOf(schema), ...z.globalRegistry.get(schema) as JsonObject | undefined };
}

function shapeOf(schema: z.core.$ZodType): OptionSchema {
  // All that zod makes are of these.
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case "object": {
      const properties = Object.entries(def.shape).map(([key, of]) => [key, outlined(of)]);
      return { type: "object", properties: Object.fromEntries(properties) };
    }
    case "record":
      return { type: "object", additionalProperties: outlined(def.valueType) };
    case "array":
      return { type: "array", items: outlined(def.element) };
    case "union":
      return { anyOf: def.options.map(outlined) };
    case "literal":
      return { type: typeof def.values[0], const: `${def.values[0]}` };
    case "default":
      return { ...outlined(def.innerType), default: def.defaultValue as JsonValue };
    case "optional":
    case "nullable":
    case "prefault":
      return outlined(def.innerType);
    case "pipe":
      return outlined(def.in._zod.def.type === "transform" ? def.out : def.in);
    case "enum":
      return { type: "string" };
    default:
      return { type: def.type };
  }
}

/** The options that a group holds under fixed names, in the order of the schema. */
export function namedOptions({ properties }: OptionSchema): Readonly<Record<string, OptionSchema>> {
  return isJsonObject(properties) ? properties as Record<string, OptionSchema> : {};
}

/** What holds for the values of a group whose names are the operator's own. */
export function freelyNamedOption(
  { additionalProperties }: OptionSchema,
): OptionSchema | undefined {
  return isJsonObject(additionalProperties) ? additionalProperties : undefined;
}

/** What the schema says at a path; an empty object where it says nothing. */
export function schemaAt(path: OptionPath, root: OptionSchema): OptionSchema {
  return path.reduce(memberSchema, root);
}

/** What holds for a member; the first form that has it decides, where a value may have several. */
export function memberSchema(schema: OptionSchema, key: string): OptionSchema {
  const named = namedOptions(schema);
  if (Object.hasOwn(named, key)) return named[key] ?? {};
  const free = freelyNamedOption(schema);
  if (free !== undefined) return free;
  if (isJsonObject(schema.items)) return schema.items;
  for (const form of formsOf(schema)) {
    const member = memberSchema(form, key);
    if (Object.keys(member).length > 0) return member;
  }
  return {};
}

/** The forms that a value may have, where it may have several. */
export function formsOf({ anyOf, oneOf }: OptionSchema): readonly OptionSchema[] {
  const forms = anyOf ?? oneOf;
  return Array.isArray(forms) ? forms.filter(isJsonObject) : [];
}

/** Paths of the values within `value` that the schema marks as secrets; a default is none. */
export function secretPaths(
  value: unknown,
  schema: OptionSchema,
  path: OptionPath = [],
): readonly OptionPath[] {
  if (schema.writeOnly === true) return value === schema.default ? [] : [path];
  if (typeof value === "string" && formsOf(schema).some(({ writeOnly }) => writeOnly === true)) {
    return [path];
  }
  if (typeof value === "string") {
    const { password = "", search = "" } = URL.parse(value) ?? {};
    // What an address has in its query may be a key.
    return password !== "" || schema.format === "uri" && search !== "" ? [path] : [];
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) =>
    secretPaths(member, memberSchema(schema, key), [...path, key])
  );
}

const secrets = new WeakMap<Config, readonly string[]>();

/** Keys and passwords, those within addresses as well. */
export function secretsOf(config: Config): readonly string[] {
  const known = secrets.get(config);
  if (known !== undefined) return known;
  const found = secretPaths(config, outlineOf(configSchema))
    .map((path) =>
      path.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], config)
    )
    .flatMap((secret) => typeof secret === "string" ? partsOf(secret) : []);
  secrets.set(config, found);
  return found;
}

function partsOf(secret: string): readonly string[] {
  const url = URL.parse(secret);
  if (url === null) return [secret];
  const { password, searchParams } = url;
  const own = password === "" ? [] : [password, decodeURIComponent(password)];
  // Shorter ones are versions and flags.
  const values = [...searchParams.values()].filter(({ length }) => length >= MIN_QUERY_SECRET);
  return [secret, ...own, ...values];
}
