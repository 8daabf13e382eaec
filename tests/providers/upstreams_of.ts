/** Makes upstreams of environment variables, as the program does. */

import { readConfig } from "../../src/config/read_config.ts";
import type { Upstream } from "../../src/core/provider.ts";
import { createUpstreams } from "../../src/providers/registry.ts";

/** Those that are on, in their order, without the fake LLM. */
export function upstreamsOf(environment: Readonly<Record<string, string>>): readonly Upstream[] {
  return createUpstreams(readConfig({ environment }).config.upstreams, undefined);
}

/** The first of them. */
export function upstreamOf(environment: Readonly<Record<string, string>>): Upstream {
  const [first] = upstreamsOf(environment);
  if (first === undefined) throw new Error(`No upstream is on: ${JSON.stringify(environment)}`);
  return first;
}
