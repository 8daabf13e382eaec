/** Makes upstreams of environment variables, as the program does. */

import { readConfig } from "../../src/config/read_config.ts";
import type { ReadFile } from "../../src/config/sources/read_small_file.ts";
import type { Provider } from "../../src/core/provider/provider.ts";
import { createProviders } from "../../src/providers/registry.ts";

/** Those that are on, in their order, without the fake LLM. */
export function providersOf(
  environment: Readonly<Record<string, string>>,
  readFile?: ReadFile,
): readonly Provider[] {
  const { config } = readConfig({ environment, ...(readFile !== undefined && { readFile }) });
  return createProviders(config.upstreams, undefined);
}

/** The first of them. */
export function providerOf(environment: Readonly<Record<string, string>>): Provider {
  const [first] = providersOf(environment);
  if (first === undefined) throw new Error(`No upstream is on: ${JSON.stringify(environment)}`);
  return first;
}
