/** Finds the configuration file. */

import type { FileText } from "./config_file.ts";
import { ConfigError } from "../problems/problem.ts";
import { FileError, type ReadFile } from "./read_small_file.ts";
import type { Environment } from "./settings.ts";

export const CONFIG_VARIABLE = "WEIR_CONFIG";
/** In the working directory. */
export const DEFAULT_CONFIG_PATH = "weir.jsonc";
/** Room for 100,000 keys with limits of their own. */
const MAX_CONFIG_BYTES = 33_554_432;

/** Where the configuration file is, or would be. */
export interface ConfigPath {
  readonly path: string;
  /** It was asked for by name, so that it must be there. */
  readonly isNamed: boolean;
}

/** @param named Path that the command line names. */
export function findConfig(named: string | undefined, environment: Environment): ConfigPath {
  const path = named ?? environment[CONFIG_VARIABLE]?.trim() ?? "";
  return path === "" ? { path: DEFAULT_CONFIG_PATH, isNamed: false } : { path, isNamed: true };
}

/** The text of the file; `undefined` where it need not be there and is not. Throws `ConfigError`. */
export function readConfigText(
  { path, isNamed }: ConfigPath,
  readFile: ReadFile,
): FileText | undefined {
  try {
    return { path, text: readFile(path, MAX_CONFIG_BYTES) };
  } catch (thrown) {
    if (!(thrown instanceof FileError)) throw thrown;
    if (!isNamed && thrown.reason === "missing") return undefined;
    throw new ConfigError([{ place: path, message: `cannot be read: ${thrown.message}` }]);
  }
}
