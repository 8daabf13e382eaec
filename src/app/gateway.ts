/** What every call goes through, put together from the configuration. */

import type { Exchange } from "../core/call.ts";
import { GatewayError } from "../core/gateway_error.ts";
import type { Transport } from "../core/provider/transport.ts";
import type { Target } from "../core/provider/provider.ts";
import type { ProviderWatch } from "../core/provider/provider_watch.ts";
import { createAnswer, createExchange } from "../gateway/exchange.ts";
import { Hedge } from "../gateway/tries/hedge.ts";
import { ProviderKeys } from "../gateway/tries/keys/provider_keys.ts";
import type { AnswerStore } from "../gateway/sharing/answer_store.ts";
import { UnspokenFormats } from "../gateway/tries/sending/unspoken_formats.ts";
import { ModelCatalog } from "../gateway/model_catalog.ts";
import type { PriceBook } from "../ledger/prices/price_book.ts";
import { traceCalls } from "../observability/traces.ts";
import type { ConcurrencyOptions } from "../limits/call_slots.ts";
import { createTakeSlot, type SlotsOf } from "../limits/limit_concurrency.ts";
import { createReserveTokens } from "../limits/limit_tokens.ts";
import { Pacer } from "../limits/pacing/pacer.ts";
import { TargetCooldown } from "../routing/cooldown.ts";
import { type RoutedCall, RouteTable } from "../routing/route_table.ts";
import { SessionAffinity } from "../routing/session_affinity.ts";
import type { RedactedParts } from "./app_parts.ts";
import { type Budgets, createBudgets } from "./budgets.ts";
import { createAdmitCall, withBodiesKept } from "./ledger.ts";
import { withGuards } from "./guards.ts";
import { createRecordCall } from "./record.ts";
import { createSharing } from "./sharing.ts";
import { createPrices, createSpending } from "./spending.ts";
import { createWatchAttempt } from "./watch.ts";

/** What every surface calls upstreams through. */
export interface Gateway {
  readonly catalog: ModelCatalog;
  /** Answers every call. */
  readonly exchange: Exchange;
  /** Where the calls for a model may go. */
  readonly targets: (asked: RoutedCall) => Promise<readonly Target[]>;
  readonly unspoken: UnspokenFormats;
  /** Where it is on. */
  readonly cooldown: TargetCooldown | undefined;
  readonly keys: ProviderKeys;
  /** Answers that are kept; `undefined` where none are. */
  readonly answers: AnswerStore | undefined;
  readonly budgets: Budgets;
  /** What a model costs, as far as that is known beforehand. */
  readonly pricesOf: PriceBook["pricesOf"];
}

/** @param toWebhooks What is asked of those is nothing that a provider was asked, and in no recording. */
export function createGateway(
  parts: RedactedParts,
  transport: Transport,
  toWebhooks: Transport,
  watchProviders: ProviderWatch,
): Gateway {
  const { config, providers, runtime, redactor, shared } = parts;
  const { clock, random, tracer } = runtime;
  const cooldown = config.cooldown.enabled === "on"
    ? new TargetCooldown(config.cooldown, shared.watchedTargets)
    : undefined;
  const keys = new ProviderKeys(config.cooldown, shared.keyStates);
  const prices = createPrices(parts);
  const catalog = new ModelCatalog(providers, transport, {
    ...config.models,
    maxResponseBytes: config.relay.maxResponseBytes,
    redactor,
    watchProviders,
    keys,
    prices,
  }, clock);
  const routes = new RouteTable(
    providers,
    config.routing,
    (provider, callId) => catalog.idsOf(provider, callId),
    random,
    config.routing.sessionAffinity === "on"
      ? new SessionAffinity(runtime.place.memory.sessions, clock)
      : undefined,
  );
  const unspoken = new UnspokenFormats(clock);
  const { share, answers } = createSharing(parts);
  const budgets = createBudgets(parts);
  const answer = createAnswer({
    transport,
    route: (call) => routes.route(call),
    relay: config.relay,
    retry: config.retry,
    cooldown,
    hedge: config.hedge.enabled === "on" ? new Hedge(config.hedge) : undefined,
    redactor,
    watchAttempt: createWatchAttempt(parts, watchProviders),
    clock,
    unspoken,
    keys,
    pacing: createPacing(parts),
    spending: createSpending(parts, prices, budgets),
    random,
    active: shared.active,
  });
  const exchange = createExchange({
    trace: tracer && traceCalls(tracer, redactor.forLog),
    admit: createAdmitCall(parts),
    reserve: createReserveTokens(shared.limits, config.limits),
    takeSlot: createTakeSlot(shared.slots, slotsOf(config.concurrency), clock),
    answer: withGuards(parts, toWebhooks, share(answer)),
    record: createRecordCall(parts, catalog),
  });
  return {
    catalog,
    exchange: withBodiesKept(parts, exchange),
    targets: (asked) => foundTargets(routes, asked),
    unspoken,
    cooldown,
    keys,
    answers,
    budgets,
    pricesOf: (target, askedModel) => prices.pricesOf(target, askedModel),
  };
}

/** Who lets calls go at the pace of their providers; `undefined` where they are sent at whatever pace they come. */
function createPacing(
  { config: { pacing, limits }, runtime: { clock }, shared: { lanes } }: RedactedParts,
): Pacer | undefined {
  if (pacing.enabled === "off") return undefined;
  const { assumedAnswerTokens } = limits;
  return new Pacer({ options: pacing, lanes, clock, assumedAnswerTokens });
}

/** How many calls each may have running. */
function slotsOf({ maxCallsPerKey }: ConcurrencyOptions): SlotsOf {
  return ({ account, principal: { limits } }) => ({
    key: account,
    maxCalls: limits.maxConcurrentRequests ?? maxCallsPerKey,
  });
}

/** Those that can be found; one that cannot is no reason to refuse the others. */
async function foundTargets(routes: RouteTable, asked: RoutedCall): Promise<readonly Target[]> {
  const targets: Target[] = [];
  for (const resolve of routes.route(asked)) {
    try {
      targets.push(await resolve());
    } catch (thrown) {
      // What is no failure of a look-up is a bug.
      if (!(thrown instanceof GatewayError)) throw thrown;
    }
  }
  return targets;
}
