/** What the command line says of the configuration. */

import { readSettings } from "../../config/sources/settings.ts";
import type { Variable } from "../../config/sources/variables.ts";
import type { ConfigRequest } from "../../host/reload/load_config.ts";
import { type CommandOption, type Invocation, textOption } from "./command.ts";

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

const OVERRIDES: readonly Variable[] = [
  { name: "--host", path: ["server", "host"], form: "text" },
  { name: "--port", path: ["server", "port"], form: "number" },
];

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
