/** Who is told of the requests that are sent upstream. */

import { namesOfOption } from "../config/provider_option.ts";
import type { WatchAttempt } from "../core/provider/attempt_watch.ts";
import type { ProviderWatch } from "../core/provider/provider_watch.ts";
import { countAttempts } from "../observability/metrics/count_attempts.ts";
import { adviseOnFailure } from "../observability/diagnose.ts";
import { traceAttempts } from "../observability/traces.ts";
import { createProviderWatch, watchAttempts } from "../observability/watch_providers.ts";
import { watchHealth } from "../ledger/events/provider_health.ts";
import { createCallEvents } from "./ledger.ts";
import type { RedactedParts } from "./app_parts.ts";

export function createWatchProviders(
  { config, runtime: { clock, log, place: { ledger } }, shared }: RedactedParts,
): ProviderWatch {
  const { providerStates, failuresInRow } = shared;
  const watch = createProviderWatch({
    log,
    states: providerStates,
    advise: (error, provider) =>
      adviseOnFailure(error, provider, {
        baseUrl: namesOfOption(provider.name, "baseUrl", config),
        apiKey: namesOfOption(provider.name, "apiKey", config),
      }),
    clock,
  });
  return watchHealth(
    watch,
    failuresInRow,
    (type, data) => ledger.events.publish({ type, atMs: clock.epochMs(), data }),
  );
}

export function createWatchAttempt(
  parts: RedactedParts,
  watchProviders: ProviderWatch,
): WatchAttempt {
  const { runtime: { tracer }, redactor, shared: { metrics } } = parts;
  const traced = tracer && traceAttempts({ tracer, redact: redactor.forLog });
  const counted = metrics === undefined ? traced : countAttempts(metrics, traced);
  const watch = watchAttempts(watchProviders, counted);
  const events = createCallEvents(parts);
  return (call, target, key) => {
    events.attempted(call, target);
    return watch(call, target, key);
  };
}
