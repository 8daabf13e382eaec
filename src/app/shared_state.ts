/** What outlives a configuration, made when the process starts. */

import { EventViewers } from "../admin/calls/event_viewers.ts";
import type { Config } from "../config/schema.ts";
import { secretsOf } from "../config/option_tree.ts";
import { ActiveCalls } from "../gateway/active_calls.ts";
import { redactedLog } from "../observability/log/redacted_log.ts";
import { createRedactor } from "../observability/redact.ts";
import { ProviderStates } from "../observability/provider_states.ts";
import { RuntimeKeyTable } from "../access/keys/runtime_keys.ts";
import { CallSlots } from "../limits/call_slots.ts";
import { MemoryBudgetStore } from "../limits/budgets/memory/memory_budget_store.ts";
import { createLimitStore } from "../limits/create_limit_store.ts";
import { LaneTable } from "../limits/pacing/lane_table.ts";
import { MemoryLimitStore } from "../limits/memory/memory_limit_store.ts";
import { SharedSlotCounts } from "../limits/memory/shared_slot_counts.ts";
import { BackgroundRuns } from "../surfaces/openai/responses/background_runs.ts";
import { ResponseSockets } from "../surfaces/openai/responses/socket/response_sockets.ts";
import { ProviderSockets } from "../surfaces/openai/provider_sockets.ts";
import { OpenSockets } from "../surfaces/openrouter/socket/open_sockets.ts";
import { createMetrics, withDecisionsCounted } from "./metrics.ts";
import type { Runtime, SharedState } from "./app_parts.ts";

/** @param config The first configuration: where limits are counted is its word. */
export function createSharedState(config: Config, runtime: Runtime): SharedState {
  const { clock, random, makeId, place: { memory, thread, responses, ledger } } = runtime;
  const { limits, concurrency } = config;
  const { forLog } = createRedactor({ secrets: secretsOf(config), addresses: [] });
  const { limits: store, budgets, redis, close } = createLimitStore(
    limits,
    {
      limits: new MemoryLimitStore(memory.limits, clock),
      budgets: new MemoryBudgetStore(memory.budgets, thread),
    },
    { clock, random, makeId, log: redactedLog(runtime.log, forLog) },
  );
  const watched = {
    process: { isReady: true, bugs: 0 },
    active: new ActiveCalls(),
    watchedTargets: new Map(),
    keyStates: new Map(),
    providerStates: new ProviderStates(),
    failuresInRow: new Map<string, number>(),
    sockets: new OpenSockets(),
    responseSockets: new ResponseSockets(),
    providerSockets: new ProviderSockets(),
    viewers: new EventViewers(clock),
    background: new BackgroundRuns(responses, thread),
    lanes: new LaneTable(memory.lanes, clock),
    budgets,
    budgetReadings: { current: () => [] },
    slots: new CallSlots(
      concurrency,
      clock,
      memory.slots && new SharedSlotCounts(memory.slots, thread, clock),
    ),
  };
  const metrics = createMetrics(config, runtime, watched);
  return {
    ...watched,
    pseudonym: memory.pseudonym,
    limits: metrics === undefined ? store : withDecisionsCounted(store, metrics),
    redis,
    closeLimits: close,
    metrics,
    runtimeKeys: new RuntimeKeyTable(ledger.entities),
  };
}
