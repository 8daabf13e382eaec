/** Tells the log and `/health` of requests to upstreams that came to nothing. */

import { isProvidersFault } from "../core/provider/blame.ts";
import type { WatchAttempt } from "../core/provider/attempt_watch.ts";
import type { Clock } from "../core/clock.ts";
import type { GatewayError } from "../core/gateway_error.ts";
import type { Outcome } from "../core/outcome.ts";
import type { Provider } from "../core/provider/provider.ts";
import { type FailedRequest, type ProviderWatch } from "../core/provider/provider_watch.ts";
import type { Log } from "./log/log.ts";
import { reasonOf } from "./log/log_call.ts";
import type { ProviderStates } from "./provider_states.ts";

export interface WatchParts {
  readonly log: Log;
  readonly states: ProviderStates;
  /** What `doctor` would say of such a failure, where it would say anything. */
  readonly advise: (error: GatewayError, provider: Provider) => string | undefined;
  readonly clock: Clock;
}

export function createProviderWatch({ log, states, advise, clock }: WatchParts): ProviderWatch {
  const warn = (
    message: string,
    { requestId, provider, model, key, error }: FailedRequest,
  ): void => {
    const { status, code, kind } = error;
    log.warn(message, {
      request_id: requestId,
      upstream: provider.name,
      model,
      key,
      status: kind === "upstream_error" ? status : undefined,
      code,
      reason: error.message,
      cause: reasonOf(error.cause),
      advice: advise(error, provider),
    });
  };
  return {
    answered: ({ name }) => states.answered(name),
    failed: (request) => {
      states.failed(request.provider.name, request.error.code, clock.epochMs());
      warn("attempt failed", request);
    },
    brokeOff: ({ name }, code) => states.failed(name, code, clock.epochMs()),
    listed: ({ name }) => states.listed(name),
    listFailed: (request) => {
      states.listFailed(request.provider.name, request.error.code, clock.epochMs());
      warn("model list failed", request);
    },
  };
}

/** Tells it of the requests of calls; `inner` is told of them as well, where anybody is. */
export function watchAttempts(
  { answered, failed, brokeOff }: ProviderWatch,
  inner: WatchAttempt | undefined,
): WatchAttempt {
  return (call, target, key) => {
    const watched = inner?.(call, target, key);
    const { provider } = target;
    // Some of what is handed through is for none.
    const model = target.model === "" ? {} : { model: target.model };
    return {
      headers: watched?.headers ?? [],
      failed: (error) => {
        watched?.failed(error);
        const request = { requestId: call.id, provider, ...model, key, error };
        if (isProvidersFault(error, provider)) failed(request);
        else if (error.kind === "upstream_error") answered(provider);
      },
      answered: (outcome) => {
        watched?.answered(outcome);
        answered(provider);
        outcome.then((ended) => {
          if (isBroken(ended)) brokeOff(provider, ended.code ?? ended.kind);
        });
      },
    };
  };
}

function isBroken({ kind, code }: Outcome): boolean {
  return kind === "truncated" || kind === "upstream_error" ||
    (kind === "timeout" && code !== "total_timeout");
}
