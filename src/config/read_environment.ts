/** Reads options from environment variables alone. */

import type { z } from "zod";
import { parseOptions } from "./parse_options.ts";
import { ConfigError } from "./problem.ts";
import { readConfig } from "./read_config.ts";
import type { Config } from "./schema.ts";
import { type Environment, readSettings } from "./settings.ts";
import type { Variable } from "./variables.ts";

export { ConfigError, type Environment };

/** The gateway's configuration without any file. Throws `ConfigError`. */
export function readEnvironment(environment: Environment): Config {
  return readConfig({ environment }).config;
}

/** Reads the options that `variables` set. Throws `ConfigError`. */
export function readVariables<Schema extends z.ZodType>(
  environment: Environment,
  variables: readonly Variable[],
  schema: Schema,
): z.output<Schema> {
  const settings = readSettings(environment, variables);
  const { options, problems } = parseOptions(schema, { settings, variables });
  if (options === undefined) throw new ConfigError(problems);
  return options;
}
