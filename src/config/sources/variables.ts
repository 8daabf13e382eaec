/**
 * The environment variables and the options they set.
 *
 * An option says beside its code what sets it: `.meta({ variable: "PORT" })`. It may name several, of which
 * the last wins, and one that counts in seconds what the option counts in milliseconds:
 * `.meta({ variable: { name: "RETRY_BUDGET", unit: "seconds" } })`.
 *
 * @module
 */

import { isJsonObject, type JsonValue } from "../../core/text/json.ts";
import { PROVIDER_VARIABLES } from "../../providers/registry.ts";
import {
  formsOf,
  namedOptions,
  type OptionPath,
  type OptionSchema,
  outlineOf,
} from "../option_tree.ts";
import { configSchema } from "../schema.ts";

/** How a variable's text is read. A number that is none is left as text for the schema to refuse. */
export type VariableForm =
  | "text"
  | "number"
  /** A number of seconds, for an option in milliseconds. */
  | "seconds"
  /** Items split by commas. */
  | "list"
  /** `name=value` items split by commas. */
  | "pairs";

export interface Variable {
  /** May hold `<NAME>`, which stands for a name of the operator's own. */
  readonly name: string;
  /** Path of the option in the configuration; `*` is where the operator's name goes. */
  readonly path: OptionPath;
  readonly form: VariableForm;
}

let ofGateway: readonly Variable[] | undefined;

/** Those of the gateway, in the order of its schema. */
export function gatewayVariables(): readonly Variable[] {
  return ofGateway ??= [
    ...variablesOf(outlineOf(configSchema)),
    // Kinds of upstreams name theirs themselves: the path of some holds the operator's own name.
    ...PROVIDER_VARIABLES.map(([name, option, form]): Variable => ({
      name,
      path: ["upstreams", ...option.split(".")],
      form: form ?? "text",
    })),
  ];
}

/** The variables that the options of a schema name. */
export function variablesOf(schema: OptionSchema, path: OptionPath = []): readonly Variable[] {
  const { variable = [] } = schema;
  return [
    ...(Array.isArray(variable) ? variable : [variable]).map((named) =>
      variableOf(named, schema, path)
    ),
    ...Object.entries(namedOptions(schema)).flatMap(([name, option]) =>
      variablesOf(option, [...path, name])
    ),
  ];
}

function variableOf(named: JsonValue, schema: OptionSchema, path: OptionPath): Variable {
  if (!isJsonObject(named)) return { name: String(named), path, form: formOf(schema) };
  return {
    name: String(named.name),
    path,
    form: named.unit === "seconds" ? "seconds" : formOf(schema),
  };
}

function formOf(schema: OptionSchema): VariableForm {
  const forms = [schema, ...formsOf(schema)];
  const isOf = (...types: string[]): boolean => forms.some(({ type }) => types.includes(`${type}`));
  if (isOf("array")) return "list";
  if (isOf("object")) return "pairs";
  // What may be any text is one, of digits as well.
  const isText = forms.some(({ type, const: word }) => type === "string" && word === undefined);
  return isOf("integer", "number") && !isText ? "number" : "text";
}
