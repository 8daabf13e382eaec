/** Where metrics get their values, and who may read them. */

import type { Config } from "../config/schema.ts";
import type { HttpRequest } from "../core/http/http.ts";
import { ProviderKeys } from "../gateway/tries/keys/provider_keys.ts";
import { openaiChat } from "../formats/openai_chat/mod.ts";
import { Metrics, METRICS_TYPE } from "../observability/metrics/metrics.ts";
import { createAuthenticate } from "../access/authenticate.ts";
import { createClientAddress } from "../access/client_address.ts";
import { limitFailures } from "../access/failed_auth.ts";
import type { LimitStore } from "../limits/limit_store.ts";
import { readOfferedKey } from "../access/keys/offered_key.ts";
import { TargetCooldown } from "../routing/cooldown.ts";
import { type AnswerMetrics, metricsSurface } from "../surfaces/operations/metrics.ts";
import type { AppParts, Runtime, SharedState } from "./app_parts.ts";

/** `undefined` where they are off. */
export function createMetrics(
  { metrics, cooldown }: Config,
  { clock, processUsage, place }: Runtime,
  shared: Pick<
    SharedState,
    | "active"
    | "slots"
    | "sockets"
    | "process"
    | "watchedTargets"
    | "keyStates"
    | "lanes"
    | "providerSockets"
    | "budgetReadings"
  >,
): Metrics | undefined {
  if (metrics.enabled === "off") return undefined;
  // Only looks at what all configurations watch, which needs no options.
  const watching = new TargetCooldown(cooldown, shared.watchedTargets);
  const keys = new ProviderKeys(cooldown, shared.keyStates);
  return new Metrics({
    running: () => shared.active.size,
    queued: () => shared.slots.queued,
    webSockets: () => shared.sockets.size + shared.providerSockets.size,
    cooling: () => watching.snapshot(clock.nowMs()),
    coolingKeys: () => keys.snapshot(clock.nowMs()),
    paced: () => shared.lanes.snapshot(),
    budgets: () => shared.budgetReadings.current(),
    bugs: () => shared.process.bugs,
    processUsage,
    startedSeconds: place.memory.startedSeconds,
    ledger: place.ledgerReadings,
  }, metrics.costByKey === "on");
}

/** The same store, with its decisions counted by limit. */
export function withDecisionsCounted(store: LimitStore, metrics: Metrics): LimitStore {
  return {
    settle: (demand) => store.settle(demand),
    take: (demands) => {
      const taken = store.take(demands);
      const count = (isAllowed: boolean): void => {
        for (const { rule, cost } of demands) {
          if (cost > 0) metrics.recordLimit(rule.name, isAllowed);
        }
      };
      if (taken instanceof Promise) {
        return taken.then((decision) => {
          count(decision.isAllowed);
          return decision;
        });
      }
      count(taken.isAllowed);
      return taken;
    },
  };
}

/** `/metrics` beside the API, where it has no port of its own. */
export function createMetricsSurface(
  { config, runtime: { clock, place }, shared: { metrics, limits, runtimeKeys } }: AppParts,
): AnswerMetrics {
  const { auth, server, metrics: { apiKey, port } } = config;
  if (metrics === undefined || port !== undefined) return () => undefined;
  const authenticate = limitFailures(
    apiKey === undefined
      ? createAuthenticate(auth, clock, runtimeKeys)
      : createAuthenticate({ ...auth, apiKey, keys: [], required: "on" }, clock),
    limits,
    auth.maxFailuresPerMinute,
  );
  const clientAddress = createClientAddress(server.trustProxy);
  return surfaceOf(
    place.allMetrics ?? (() => metrics.text()),
    (request) =>
      authenticate(
        () => readOfferedKey(request),
        () => clientAddress(request.headers, request.peerAddress),
      ),
  );
}

/**
 * `/metrics` on a port of its own, where only whoever may read them can connect.
 *
 * @param text `undefined` where they are off.
 */
export function createOpenMetricsSurface(text: (() => Promise<string>) | undefined): AnswerMetrics {
  if (text === undefined) return () => undefined;
  return surfaceOf(text, () => {});
}

function surfaceOf(
  text: () => Promise<string>,
  authorize: (request: HttpRequest) => unknown,
): AnswerMetrics {
  return metricsSurface({
    text,
    contentType: METRICS_TYPE,
    authorize,
    errorFormat: openaiChat.error,
  });
}
