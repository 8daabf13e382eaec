/** Reads the configuration from environment variables and tells every problem at once. */

import type { z } from "zod";
import { fitVariables, misfitErrors, nameOfOption } from "./named_variables.ts";
import { type Config, configSchema } from "./schema.ts";
import { type Variable, VARIABLES } from "./variables.ts";

/** Values of the environment, by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The configuration is not usable; the message names every variable at fault, one a line. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

type Section = { [option: string]: unknown };

/** The gateway's configuration. Throws `ConfigError`. */
export function readEnvironment(environment: Environment): Config {
  return readVariables(environment, VARIABLES, configSchema);
}

/**
 * Reads the options that `variables` set. A variable that is set to nothing counts as not set.
 *
 * Throws `ConfigError`.
 */
export function readVariables<Schema extends z.ZodType>(
  environment: Environment,
  variables: readonly Variable[],
  schema: Schema,
): z.output<Schema> {
  const texts = new Map(
    Object.entries(environment).map(([name, text]) => [name, text?.trim() ?? ""] as const)
      .filter(([, text]) => text !== ""),
  );
  const input: Section = {};
  for (const variable of fitVariables(variables, [...texts.keys()])) {
    const text = texts.get(variable.name);
    if (text !== undefined) assign(input, variable.path, read(variable, text));
  }
  const errors = [...misfitErrors(variables, [...texts.keys()])];
  const parsed = schema.safeParse(input);
  if (!parsed.success) {
    errors.push(...parsed.error.issues.map((issue) => describe(issue, variables)));
  } else if (errors.length === 0) {
    return parsed.data;
  }
  throw new ConfigError(errors.join("\n"));
}

function read(variable: Variable, text: string): unknown {
  switch (variable.form) {
    case "text":
      return text;
    case "list":
      return text.split(",").map((item) => item.trim()).filter((item) => item !== "");
    case "pairs":
      return Object.fromEntries(
        text.split(",").filter((item) => item.trim() !== "").map((item) => {
          const [name = "", ...value] = item.split("=");
          return [name.trim(), value.join("=").trim()];
        }),
      );
    case "number":
      return isNumber(text) ? Number(text) : text;
    case "seconds":
      return isNumber(text) ? Number(text) * 1000 : text;
  }
}

function isNumber(text: string): boolean {
  return /^-?\d+(\.\d+)?$/.test(text);
}

function assign(input: Section, path: readonly string[], value: unknown): void {
  let section = input;
  for (const key of path.slice(0, -1)) {
    // An operator's own name may be one that every object inherits.
    if (!Object.hasOwn(section, key)) section[key] = {};
    section = section[key] as Section;
  }
  const last = path.at(-1);
  if (last !== undefined) section[last] = value;
}

/** The value itself is not repeated: it may be a key in the wrong variable. */
function describe(issue: z.core.$ZodIssue, variables: readonly Variable[]): string {
  const path = issue.path.map(String);
  return `${nameOfOption(path, variables) ?? path.join(".")}: ${issue.message}`;
}
