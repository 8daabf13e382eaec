/** Who is told of the requests that are sent upstream. */

import { namesOfOption } from "../config/provider_option.ts";
import type { WatchAttempt } from "../core/provider/attempt_watch.ts";
import type { ProviderWatch } from "../core/provider/provider_watch.ts";
import { countAttempts } from "../observability/metrics/count_attempts.ts";
import { adviseOnFailure } from "../observability/diagnose.ts";
import { traceAttempts } from "../observability/traces.ts";
import { createProviderWatch, watchAttempts } from "../observability/watch_providers.ts";
import type { RedactedParts } from "./app_parts.ts";

export function createWatchProviders(
  { config, runtime: { clock, log }, shared: { providerStates } }: RedactedParts,
): ProviderWatch {
  return createProviderWatch({
    log,
    states: providerStates,
    advise: (error, provider) =>
      adviseOnFailure(error, provider, {
        baseUrl: namesOfOption(provider.name, "baseUrl", config),
        apiKey: namesOfOption(provider.name, "apiKey", config),
      }),
    clock,
  });
}

export function createWatchAttempt(
  { runtime: { tracer }, redactor, shared: { metrics } }: RedactedParts,
  watchProviders: ProviderWatch,
): WatchAttempt {
  const traced = tracer && traceAttempts({ tracer, redact: redactor.forLog });
  const counted = metrics === undefined ? traced : countAttempts(metrics, traced);
  return watchAttempts(watchProviders, counted);
}
