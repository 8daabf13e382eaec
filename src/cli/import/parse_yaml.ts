/** YAML's parser, in a file of its own that is loaded for those who ask for it. */

import { parse } from "yaml";

/** Aliases multiply what a file says. */
const MAX_ALIASES = 100;

/** Throws an `Error` whose first line says what is wrong. */
export function parseYaml(text: string): unknown {
  return parse(text, { maxAliasCount: MAX_ALIASES });
}
