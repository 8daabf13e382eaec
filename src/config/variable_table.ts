/** The environment variables with their defaults and meanings, as the schema states them. */

import { boundsOf } from "./problems/expectation.ts";
import { CONFIG_VARIABLE, DEFAULT_CONFIG_PATH } from "./sources/find_config.ts";
import { type OptionSchema, optionTree, schemaAt } from "./option_tree.ts";
import { gatewayVariables, type VariableForm } from "./sources/variables.ts";

export interface VariableRow {
  readonly name: string;
  /** What it sets in the configuration file, dotted; empty for what says where that file is. */
  readonly option: string;
  /** The default as text; empty where there is none. */
  readonly defaultText: string;
  /** The values it takes, where they are few, or its bounds. */
  readonly values: string;
  readonly meaning: string;
}

/** What is no option: it says where options are. */
const CONFIG_ROW: VariableRow = {
  name: CONFIG_VARIABLE,
  option: "",
  defaultText: DEFAULT_CONFIG_PATH,
  values: "",
  meaning: "The configuration file; without it, the default is read where it exists.",
};

/** One row for each variable, in the order of the schema. */
export function variableTable(): readonly VariableRow[] {
  const root = optionTree();
  const rows = gatewayVariables().map(({ name, path, form }) => {
    const option = schemaAt(path, root);
    return {
      name,
      option: path.map((step) => step === "*" ? "<name>" : step).join("."),
      defaultText: defaultOf(option, form),
      values: valuesOf(option, form),
      meaning: String(option.description ?? ""),
    };
  });
  return [CONFIG_ROW, ...rows];
}

function defaultOf({ default: value }: OptionSchema, form: VariableForm): string {
  if (Array.isArray(value)) return value.join(",");
  if (value === undefined || typeof value === "object") return "";
  return form === "seconds" ? String(Number(value) / 1000) : String(value);
}

function valuesOf(option: OptionSchema, form: VariableForm): string {
  if (Array.isArray(option.enum)) return option.enum.join(", ");
  if (option.type !== "integer" && option.type !== "number") return "";
  const { smallest, largest } = boundsOf(option);
  const scale = form === "seconds" ? 1_000 : 1;
  const bounds = [
    ...(smallest === undefined ? [] : [smallest / scale]),
    ...(largest === undefined ? [] : ["to", largest / scale]),
  ].join(" ");
  return form === "seconds" ? `${bounds} seconds` : bounds;
}
