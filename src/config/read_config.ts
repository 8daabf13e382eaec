/** Reads the gateway's configuration from all its sources and tells every problem at once. */

import type { JsonObject } from "../core/text/json.ts";
import { type FileText, readConfigFile } from "./sources/config_file.ts";
import { misfits } from "./sources/named_variables.ts";
import type { OptionPath } from "./option_tree.ts";
import { parseOptions, placeOf, settingAt } from "./parse_options.ts";
import { MAX_PRICE_FILE_BYTES, PriceFile } from "../ledger/prices/litellm_file.ts";
import { ConfigError, type Problem } from "./problems/problem.ts";
import { type ReadFile, readSmallFile } from "./sources/read_small_file.ts";
import { type Config, configSchema } from "./schema.ts";
import { readSecret } from "./sources/secret_source.ts";
import { type Environment, namesIn, readSettings, type Setting } from "./sources/settings.ts";
import { gatewayVariables } from "./sources/variables.ts";
import { thrownMessage } from "../core/text/thrown_message.ts";

/** Where options come from, the strongest last. */
export interface ConfigSources {
  readonly file?: FileText | undefined;
  readonly environment: Environment;
  /** Of the command line. */
  readonly overrides?: readonly Setting[];
  /** Reads the files that secrets are in; from the disk by default. */
  readonly readFile?: ReadFile;
}

export interface ConfigReading {
  readonly config: Config;
  /** What was given, without defaults; secrets as they were written. */
  readonly input: JsonObject;
  /** What sets an option: a variable, an option of the command line, or `file:line:column`. */
  readonly originOf: (path: OptionPath) => string | undefined;
}

/** Throws `ConfigError`. */
export function readConfig(sources: ConfigSources): ConfigReading {
  const { environment, overrides = [], readFile = readSmallFile } = sources;
  const file = sources.file && readConfigFile(sources.file, environment);
  const variables = gatewayVariables();
  const settings = [...readSettings(environment, variables), ...overrides];
  const { options, problems, input } = parseOptions(configSchema, {
    file,
    settings,
    variables,
    readSecret: (value) => readSecret(value, environment, readFile),
  });
  const all = [
    ...misfits(variables, namesIn(environment)),
    ...problems,
    ...problemsOfPriceFile(
      options?.prices.file,
      readFile,
      (path) => placeOf(path, { file, settings, variables }),
    ),
  ];
  if (options === undefined || all.length > 0) throw new ConfigError(all);
  return {
    config: options,
    input,
    originOf: (path) =>
      settingAt(path, settings)?.variable.name ??
        (file?.has(path) ? file.positionOf(path) : undefined),
  };
}

/** It is read when prices are first needed, and again then; what is wrong with it is told at once. */
function problemsOfPriceFile(
  path: string | undefined,
  readFile: ReadFile,
  placeOf: (path: OptionPath) => Pick<Problem, "place" | "offset">,
): readonly Problem[] {
  if (path === undefined) return [];
  try {
    new PriceFile(readFile(path, MAX_PRICE_FILE_BYTES));
    return [];
  } catch (thrown) {
    const reason = thrownMessage(thrown);
    const message = `the prices in ${path} cannot be used: ${reason}`;
    return [{ ...placeOf(["prices", "file"]), message }];
  }
}
