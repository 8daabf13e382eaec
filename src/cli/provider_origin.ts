/** Where the operator has written what an upstream is made of. */

import { nameOfOption } from "../config/sources/named_variables.ts";
import type { ConfigReading } from "../config/read_config.ts";
import { pathOfProvider } from "../config/provider_option.ts";
import { gatewayVariables } from "../config/sources/variables.ts";
import type { Provider } from "../core/provider/provider.ts";

/** What sets an option of an upstream, or the variable that would. */
export function placeOfOption(
  providerName: string,
  option: string,
  { config, originOf }: ConfigReading,
): string {
  const path = [...pathOfProvider(providerName, config), option];
  return originOf(path) ?? nameOfOption(path, gatewayVariables()) ?? path.join(".");
}

/** Why the first upstream is the default. */
export function whyDefault(providers: readonly Provider[], reading: ConfigReading): string {
  const path = ["upstreams", "default"];
  const variable = nameOfOption(path, gatewayVariables());
  const [first, second] = providers;
  if (reading.config.upstreams.default !== undefined) {
    return `${reading.originOf(path) ?? variable} names it`;
  }
  if (first === undefined || second === undefined) return "there is no other";
  const isOwn = Object.hasOwn(reading.config.upstreams.compatible, first.name);
  const order = !isOwn
    ? "it is the first of the built-in order"
    : isInFile(first.name, reading)
    ? "it is the first of your own in the file"
    : "it is the first of your own by name";
  return `${order}; ${variable} names another`;
}

/** Whether the file says that it is on; whatever else is set by variables, its place is the file's. */
function isInFile(providerName: string, { config, originOf }: ConfigReading): boolean {
  return isPlaceInFile(originOf(pathOfProvider(providerName, config)));
}

function isPlaceInFile(origin: string | undefined): boolean {
  return origin !== undefined && /:\d+$/.test(origin);
}

/** Why it is on: the line of the file that says so, or the variable. */
export function whyOn({ name, reason }: Provider, { config, originOf }: ConfigReading): string {
  const path = pathOfProvider(name, config);
  const origins = ["apiKey", "baseUrl", "enabled"].map((option) => originOf([...path, option]));
  const origin = origins.find((origin) => origin !== undefined);
  // What variables switch on says so by itself.
  return origin !== undefined && isPlaceInFile(origin) ? origin : reason;
}
