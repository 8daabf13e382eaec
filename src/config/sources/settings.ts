/** Options as variables of the environment, or the command line, set them. */

import { parseJson } from "../../core/text/json.ts";
import { fitVariables } from "./named_variables.ts";
import type { OptionPath } from "../option_tree.ts";
import type { Variable } from "./variables.ts";

/** Values of the environment, by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** One option and what sets it. */
export interface Setting {
  readonly path: OptionPath;
  readonly value: unknown;
  readonly variable: Variable;
}

/** What the variables set, in their order; one that is set to nothing counts as not set. */
export function readSettings(
  environment: Environment,
  variables: readonly Variable[],
): readonly Setting[] {
  return fitVariables(variables, namesIn(environment)).flatMap((variable): Setting[] => {
    const text = environment[variable.name]?.trim() ?? "";
    if (text === "") return [];
    if (variable.form !== "pairs") {
      return [{ path: variable.path, value: readValue(variable, text), variable }];
    }
    // Each pair by itself, so that it is added to those that the file sets.
    return readList(text).map((item) => {
      const [name = "", ...value] = item.split("=");
      return { path: [...variable.path, name.trim()], value: value.join("=").trim(), variable };
    });
  });
}

/** Names of the variables that are set to something. */
export function namesIn(environment: Environment): readonly string[] {
  return Object.entries(environment).filter(([, text]) => (text ?? "").trim() !== "")
    .map(([name]) => name);
}

function readValue({ form }: Variable, text: string): unknown {
  switch (form) {
    case "list":
      return readList(text);
    case "json":
      return parseJson(text) ?? text;
    case "number":
      return isNumber(text) ? Number(text) : text;
    case "seconds":
      // 2.01 * 1000 is a little less than 2010.
      return isNumber(text) ? Math.round(Number(text) * 1000) : text;
    default:
      return text;
  }
}

function readList(text: string): readonly string[] {
  return text.split(",").map((item) => item.trim()).filter((item) => item !== "");
}

function isNumber(text: string): boolean {
  return /^-?\d+(\.\d+)?$/.test(text);
}
