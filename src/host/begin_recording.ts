/** Begins the recording that the configuration asks for. */

import { isDeepStrictEqual } from "node:util";
import { beginRecording, CassetteError } from "../cassettes/cassette_file.ts";
import { CASSETTE_VERSION } from "../cassettes/exchange.ts";
import type { Config } from "../config/schema.ts";
import { withoutSecrets } from "../config/show_config.ts";
import type { JsonObject } from "../core/text/json.ts";
import { VERSION } from "../core/version.ts";
import { providerOptions } from "../providers/registry.ts";
import { systemClock } from "./runtime.ts";
import { StartError } from "./start_error.ts";

/** Throws `StartError` where the file cannot be written. */
export function recordAsConfigured({ cassettes: { record }, upstreams }: Config): void {
  if (record === undefined) return;
  const title = {
    cassette: CASSETTE_VERSION,
    by: `weir ${VERSION}`,
    at: new Date(systemClock.epochMs()).toISOString(),
    // Whoever plays it has the same providers, and needs no key for them.
    configuration: { upstreams: changedOf(upstreams) },
  };
  try {
    beginRecording(record, title);
  } catch (thrown) {
    throw thrown instanceof CassetteError ? new StartError(thrown.message) : thrown;
  }
}

/** Of the options of providers those that are not what they are by themselves. */
function changedOf(upstreams: Config["upstreams"]): JsonObject {
  const shown = withoutSecrets({ upstreams }).upstreams as JsonObject;
  const unset = withoutSecrets({ upstreams: providerOptions.parse({}) }).upstreams as JsonObject;
  return Object.fromEntries(
    Object.entries(shown).filter(([kind, options]) => !isDeepStrictEqual(options, unset[kind])),
  );
}
