/** What the gateway is put together from, and what outlives a configuration. */

import type { Config } from "../config/schema.ts";
import { secretsOf } from "../config/option_tree.ts";
import type { EventViewers } from "../admin/calls/event_viewers.ts";
import type { Clock, MakeId, Random } from "../core/clock.ts";
import { GatewayError } from "../core/gateway_error.ts";
import type { LearningRedactor } from "../core/text/redactor.ts";
import type { Provider } from "../core/provider/provider.ts";
import type { KeyStates } from "../gateway/tries/keys/provider_keys.ts";
import type { ActiveCalls } from "../gateway/active_calls.ts";
import type { Log } from "../observability/log/log.ts";
import type { Metrics } from "../observability/metrics/metrics.ts";
import type { ProcessUsage } from "../observability/metrics/readings.ts";
import {
  createShowFields,
  redactedLog,
  type ShowFields,
} from "../observability/log/redacted_log.ts";
import { createRedactor } from "../observability/redact.ts";
import type { Tracer } from "../observability/traces.ts";
import type { ProviderStates } from "../observability/provider_states.ts";
import type { BudgetStore } from "../limits/budgets/budget_store.ts";
import type { BudgetReading } from "../observability/metrics/readings.ts";
import { needsKey } from "../access/authenticate.ts";
import type { RuntimeKeys } from "../access/keys/runtime_keys.ts";
import type { FailuresInRow } from "../ledger/events/provider_health.ts";
import type { CallSlots } from "../limits/call_slots.ts";
import type { LaneTable } from "../limits/pacing/lane_table.ts";
import type { LimitStore } from "../limits/limit_store.ts";
import type { RedisLink } from "../limits/redis/redis_link.ts";
import type { WatchedTargets } from "../routing/cooldown.ts";
import type { BodyLimits } from "../surfaces/request/read_json_body.ts";
import type { BackgroundRuns } from "../surfaces/openai/responses/background_runs.ts";
import type { ResponseSockets } from "../surfaces/openai/responses/socket/response_sockets.ts";
import type { ProviderSockets } from "../surfaces/openai/provider_sockets.ts";
import type { OpenSockets } from "../surfaces/openrouter/socket/open_sockets.ts";
import type { ThreadPlace } from "./thread_place.ts";

/** What is given by the process the gateway runs in. */
export interface Runtime {
  readonly clock: Clock;
  readonly random: Random;
  readonly makeId: MakeId;
  /** Fills them so that nobody can foretell them. */
  readonly randomBytes: (bytes: Uint8Array<ArrayBuffer>) => void;
  /** Reads a file of text, small unless a bound is given; `~/` at its beginning is the home directory. */
  readonly readFile: (path: string, maxBytes?: number) => Promise<string>;
  readonly log: Log;
  readonly place: ThreadPlace;
  readonly processUsage: () => ProcessUsage;
  /** `undefined` where nobody exports traces. */
  readonly tracer: Tracer | undefined;
}

/** How the process is; it writes this, and the gateway tells of it. */
export interface ProcessState {
  /** Whether new requests are welcome; from the first stop signal on they are not. */
  isReady: boolean;
  /** Failures that nothing expected; the process goes on after each. */
  bugs: number;
}

/** What lives as long as the process, while apps come and go with each configuration. */
export interface SharedState {
  /** Name of this process in `Via`. */
  readonly pseudonym: string;
  readonly process: ProcessState;
  readonly active: ActiveCalls;
  readonly watchedTargets: WatchedTargets;
  readonly keyStates: KeyStates;
  readonly providerStates: ProviderStates;
  readonly failuresInRow: FailuresInRow;
  readonly sockets: OpenSockets;
  readonly responseSockets: ResponseSockets;
  readonly providerSockets: ProviderSockets;
  /** Responses that run whether their clients are there or not. */
  readonly background: BackgroundRuns;
  /** Who watches what happens now. */
  readonly viewers: EventViewers;
  readonly limits: LimitStore;
  readonly budgets: BudgetStore;
  /** Of the newest configuration. */
  readonly budgetReadings: { current: () => readonly BudgetReading[] };
  /** The way to the Redis in which limits are counted; `undefined` where they are in memory. */
  readonly redis: RedisLink | undefined;
  readonly closeLimits: () => void;
  readonly slots: CallSlots;
  /** What providers have said of their limits, to any thread. */
  readonly lanes: LaneTable;
  /** `undefined` where they are off. */
  readonly metrics: Metrics | undefined;
  readonly runtimeKeys: RuntimeKeys;
}

export interface AppParts {
  readonly config: Config;
  readonly providers: readonly Provider[];
  readonly runtime: Runtime;
  readonly shared: SharedState;
}

/** Parts that show no secret of this configuration to clients or to the log. */
export interface RedactedParts extends AppParts {
  readonly redactor: LearningRedactor;
  /** Whether a request needs a key; asked for each, because the first key may be made while the process runs. */
  readonly needsKey: () => boolean;
  /** One for all surfaces: bodies that are coming in are counted together by it. */
  readonly bodyLimits: BodyLimits;
  /** The log of calls: what is shown of their fields is worked out once for it and for the ledger. */
  readonly callLog: { readonly log: Log; readonly show: ShowFields };
}

export function withoutSecrets(parts: AppParts): RedactedParts {
  const { config, providers, runtime, shared } = parts;
  const redactor = createRedactor({
    secrets: secretsOf(config),
    addresses: providers.map(({ target }) => target),
  });
  const show = createShowFields(redactor.forLog);
  return {
    ...parts,
    redactor,
    needsKey: () => needsKey(config.auth, shared.runtimeKeys),
    bodyLimits: { ...config.server, clock: runtime.clock },
    callLog: { log: runtime.log, show },
    runtime: { ...runtime, log: redactedLog(runtime.log, redactor.forLog, show) },
  };
}

/** What a call is told that a stop keeps out or ends. */
export function stopping(): GatewayError {
  return new GatewayError("shutting_down", "The gateway is being stopped; send the request again");
}
