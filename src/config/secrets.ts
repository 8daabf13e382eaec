/** The secrets of a configuration, so that they can be taken out of whatever is shown. */

import { optionTree, secretPaths } from "./option_tree.ts";
import type { Config } from "./schema.ts";

/** Keys and passwords, those within addresses as well. */
export function secretsOf(config: Config): readonly string[] {
  return secretPaths(config, optionTree())
    .map((path) =>
      path.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], config)
    )
    .flatMap((secret) => typeof secret === "string" ? partsOf(secret) : []);
}

function partsOf(secret: string): readonly string[] {
  const url = URL.parse(secret);
  if (url === null || url.password === "") return [secret];
  return [secret, url.password, decodeURIComponent(url.password)];
}
