/** Finds variables of the environment that were likely meant for Weir and are none of its. */

import { CONFIG_VARIABLE } from "../sources/find_config.ts";
import { adviceOnVariable } from "../gone_options.ts";
import { fitVariables } from "../sources/named_variables.ts";
import { nearestName } from "./nearest_name.ts";
import { type Environment, namesIn } from "../sources/settings.ts";
import { gatewayVariables } from "../sources/variables.ts";

/** Shorter names are too much alike: `LOGNAME`, which every shell sets, is not `LOG_SAMPLE`. */
const MIN_NAME_CHARACTERS = 8;

/** Names are compared where this much is the same: a cluster gives a program thousands of others. */
const START_CHARACTERS = 3;

/** One sentence for each name that is almost the one of a variable which is not set, or that is gone. */
export function unreadVariables(environment: Environment): readonly string[] {
  const given = namesIn(environment);
  const known = [
    CONFIG_VARIABLE,
    ...fitVariables(gatewayVariables(), given).map(({ name }) => name),
  ];
  const unset = known.filter((name) => !given.includes(name));
  const starts = new Set(unset.map(startOf));
  return given.flatMap((name) => {
    const advice = adviceOnVariable(name);
    if (advice !== undefined) return [`${name} ${advice}`];
    if (name.length < MIN_NAME_CHARACTERS || known.includes(name)) return [];
    if (!starts.has(startOf(name))) return [];
    const near = nearestName(name, unset);
    return near === undefined ? [] : [`${name} is not read; did you mean ${near}?`];
  });
}

function startOf(name: string): string {
  return name.slice(0, START_CHARACTERS).toUpperCase();
}
