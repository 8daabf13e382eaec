/** Who is told of the requests that are sent upstream. */

import { namesOfOption } from "../config/upstream_option.ts";
import type { WatchAttempt } from "../core/attempt_watch.ts";
import type { UpstreamWatch } from "../core/upstream_watch.ts";
import { countAttempts } from "../observability/metrics/count_attempts.ts";
import { adviseOnFailure } from "../observability/diagnose.ts";
import { traceAttempts } from "../observability/traces.ts";
import { createUpstreamWatch, watchAttempts } from "../observability/watch_upstreams.ts";
import type { RedactedParts } from "./app_parts.ts";

export function createWatchUpstreams(
  { config, runtime: { clock, log }, shared: { upstreamStates } }: RedactedParts,
): UpstreamWatch {
  return createUpstreamWatch({
    log,
    states: upstreamStates,
    advise: (error, upstream) =>
      adviseOnFailure(error, upstream, {
        baseUrl: namesOfOption(upstream.name, "baseUrl", config),
        apiKey: namesOfOption(upstream.name, "apiKey", config),
      }),
    clock,
  });
}

export function createWatchAttempt(
  { runtime: { tracer }, redactor, shared: { metrics } }: RedactedParts,
  watchUpstreams: UpstreamWatch,
): WatchAttempt {
  const traced = tracer && traceAttempts({ tracer, redact: redactor.forLog });
  const counted = metrics === undefined ? traced : countAttempts(metrics, traced);
  return watchAttempts(watchUpstreams, counted);
}
