/** Loads the configuration as the command line asks for it. */

import { type ConfigPath, findConfig, readConfigText } from "../config/find_config.ts";
import { type ConfigReading, readConfig } from "../config/read_config.ts";
import { type Environment, readSettings, type Setting } from "../config/settings.ts";
import { variable } from "../config/variables.ts";
import { type CommandOption, type Invocation, textOption } from "./command.ts";
import { ENV_FILE, processEnvironment } from "./environment.ts";
import { ReadFiles } from "./read_files.ts";

export const CONFIG_OPTION: CommandOption = {
  name: "config",
  value: "FILE",
  meaning: "Configuration file, instead of the variable WEIR_CONFIG; weir.jsonc where it exists",
  completion: "files",
};

/** Options that win over the variable of the same name. */
export const ADDRESS_OPTIONS: readonly CommandOption[] = [
  { name: "host", value: "HOST", meaning: "Address to listen on, instead of the variable HOST" },
  { name: "port", value: "PORT", meaning: "Port to listen on, instead of the variable PORT" },
];

const OVERRIDES = [
  variable("--host", "server.host"),
  variable("--port", "server.port", "number"),
];

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

export function configRequest(invocation: Invocation): ConfigRequest {
  const overrides = {
    "--host": textOption(invocation, "host"),
    "--port": textOption(invocation, "port"),
  };
  return {
    path: textOption(invocation, "config"),
    overrides: readSettings(overrides, OVERRIDES),
  };
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
