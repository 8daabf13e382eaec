/** Loads the configuration from all its sources. */

import { type ConfigPath, findConfig, readConfigText } from "../../config/sources/find_config.ts";
import { type ConfigReading, readConfig } from "../../config/read_config.ts";
import type { Environment, Setting } from "../../config/sources/settings.ts";
import { ENV_FILE, processEnvironment } from "../system/environment.ts";
import { ReadFiles } from "./read_files.ts";

/** Where a command is told to find its configuration. */
export interface ConfigRequest {
  /** Path of the file, where the command line names one. */
  readonly path: string | undefined;
  readonly overrides: readonly Setting[];
}

export interface LoadedConfig extends ConfigReading {
  readonly environment: Environment;
  /** The file that was read; `undefined` without one. */
  readonly configPath: string | undefined;
}

/** Reads all sources; `files` then knows which files these were. Throws `ConfigError`. */
export function loadConfig(
  { path, overrides }: ConfigRequest,
  files: ReadFiles = new ReadFiles(),
): LoadedConfig {
  files.clear();
  files.note(ENV_FILE);
  const environment = processEnvironment();
  const wanted: ConfigPath = findConfig(path, environment);
  const file = readConfigText(wanted, files.read);
  const reading = readConfig({ environment, file, overrides, readFile: files.read });
  return { ...reading, environment, configPath: file?.path };
}
