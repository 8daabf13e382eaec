/** Where in the configuration an upstream is. */

import { nameOfOption } from "./sources/named_variables.ts";
import type { OptionPath } from "./option_tree.ts";
import type { Config } from "./schema.ts";
import { gatewayVariables } from "./sources/variables.ts";

/** The path of the options of the upstream with this name. */
export function pathOfProvider(
  name: string,
  { upstreams: providers }: Pick<Config, "upstreams">,
): OptionPath {
  const isOwn = Object.hasOwn(providers.compatible, name) || !Object.hasOwn(providers, name);
  return isOwn ? ["upstreams", "compatible", name] : ["upstreams", name];
}

/**
 * What an option of an upstream is called, for whoever has to change it: the variable and the name in the
 * file, since it is not known here which of the two was used.
 */
export function namesOfOption(
  providerName: string,
  option: string,
  config: Pick<Config, "upstreams">,
): string {
  const path = [...pathOfProvider(providerName, config), option];
  const variable = nameOfOption(path, gatewayVariables());
  return variable === undefined ? path.join(".") : `${variable} (${path.join(".")})`;
}
