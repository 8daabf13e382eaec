/** Tells metrics and traces of the requests that are sent upstream, as far as they are on. */

import type { WatchAttempt } from "../core/attempt_watch.ts";
import type { Redact } from "../core/redactor.ts";
import type { Metrics } from "./metrics.ts";
import { traceAttempts, type Tracer } from "./traces.ts";

/** `undefined` where both are off. */
export function watchAttempts(
  metrics: Metrics | undefined,
  tracer: Tracer | undefined,
  redact: Redact,
): WatchAttempt | undefined {
  const traced = tracer && traceAttempts(tracer, redact);
  if (metrics === undefined) return traced;
  return (call, target) => {
    const span = traced?.(call, target);
    const upstream = target.upstream.name;
    return {
      headers: span?.headers ?? [],
      failed: (error) => {
        metrics.recordAttempt(upstream, error);
        span?.failed(error);
      },
      answered: (outcome) => {
        metrics.recordAttempt(upstream, undefined);
        span?.answered(outcome);
      },
    };
  };
}
