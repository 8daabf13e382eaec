/** Where the operator has written what an upstream is made of. */

import { nameOfOption } from "../config/named_variables.ts";
import type { ConfigReading } from "../config/read_config.ts";
import { pathOfUpstream } from "../config/upstream_option.ts";
import { VARIABLES } from "../config/variables.ts";
import type { Upstream } from "../core/upstream.ts";

/** What sets an option of an upstream, or the variable that would. */
export function placeOfOption(
  upstreamName: string,
  option: string,
  { config, originOf }: ConfigReading,
): string {
  const path = [...pathOfUpstream(upstreamName, config), option];
  return originOf(path) ?? nameOfOption(path, VARIABLES) ?? path.join(".");
}

/** Why it is on: the line of the file that says so, or the variable. */
export function whyOn({ name, reason }: Upstream, { config, originOf }: ConfigReading): string {
  const path = pathOfUpstream(name, config);
  const origins = ["apiKey", "baseUrl", "enabled"].map((option) => originOf([...path, option]));
  const origin = origins.find((origin) => origin !== undefined);
  // What variables switch on says so by itself.
  return origin !== undefined && /:\d+$/.test(origin) ? origin : reason;
}
