/** Tells the metrics of the requests that are sent upstream. */

import type { WatchAttempt } from "../../core/provider/attempt_watch.ts";
import type { Metrics } from "./metrics.ts";

/** @param watch Told of them as well, where anybody is. */
export function countAttempts(metrics: Metrics, watch: WatchAttempt | undefined): WatchAttempt {
  return (call, target, key) => {
    const watched = watch?.(call, target, key);
    const provider = target.provider.name;
    return {
      headers: watched?.headers ?? [],
      failed: (error) => {
        metrics.recordAttempt(provider, error, key);
        watched?.failed(error);
      },
      answered: (outcome) => {
        metrics.recordAttempt(provider, undefined, key);
        watched?.answered(outcome);
      },
    };
  };
}
