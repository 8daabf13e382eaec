/** The whole configuration, composed of the sections declared beside their code. */

import * as z from "zod";
import { cassetteOptions } from "../cassettes/options.ts";
import { HOST_TEXT, HOST_TEXT_ERROR } from "../core/text/host_text.ts";
import { guardListOptions } from "../guards/options.ts";
import { hedgeOptions } from "../gateway/tries/hedge.ts";
import { modelFactsOption } from "../gateway/configured_facts.ts";
import { relayOptions } from "../gateway/options.ts";
import { retryOptions } from "../gateway/tries/retry.ts";
import { priceOptions } from "../ledger/prices/options.ts";
import { logOptions } from "../observability/log/log.ts";
import { metricsOptions } from "../observability/metrics/metrics.ts";
import { adminOptions } from "../access/admin_role.ts";
import { traceOptions } from "../observability/trace_options.ts";
import { authenticateOptions } from "../access/authenticate.ts";
import { concurrencyOptions } from "../limits/call_slots.ts";
import { corsOptions } from "../access/cors.ts";
import { trustProxyOption } from "../access/client_address.ts";
import { cacheOptions } from "../gateway/sharing/cache_options.ts";
import { coalesceOptions } from "../gateway/sharing/share_calls.ts";
import { budgetListOptions } from "../limits/budgets/budget_options.ts";
import { limitOptions } from "../limits/limit_rate.ts";
import { pacingOptions } from "../limits/pacing/pacing_options.ts";
import { cooldownOptions } from "../routing/cooldown.ts";
import { routingOptions } from "../routing/options.ts";
import { httpServerOptions, tlsOptions } from "../server/server_options.ts";
import { explainOption } from "../surfaces/explain.ts";
import { webSocketOptions } from "../surfaces/openrouter/socket/options.ts";
import { ledgerOptions } from "../state/ledger/options.ts";
import { webhooksOptions } from "../ledger/webhooks/webhook_options.ts";
import { stateOptions } from "../state/options.ts";
import { isPostgresAddress } from "../state/state_address.ts";
import { responsesOptions } from "../state/responses/options.ts";
import { transportOptions } from "../transport/transport_options.ts";
import { providerOptions } from "../providers/registry.ts";
import { refuseLeadingBack } from "./leads_back.ts";
import { refuseSharedKeys } from "./shared_keys.ts";

const serverOptions = z.strictObject({
  host: z.string().min(1).max(255).regex(HOST_TEXT, HOST_TEXT_ERROR).default("0.0.0.0").describe(
    "Address to listen on.",
  ).meta({ variable: "HOST", needsRestart: true }),
  port: z.int().min(0).max(65_535).default(3000)
    .describe("TCP port; 0 picks a free one.")
    .meta({ variable: "PORT", needsRestart: true }),
  workers: z.union([z.literal("auto"), z.int().min(1).max(64)]).default(1).describe(
    "Threads that answer requests on the same port; `auto` is one for each processor (Linux).",
  ).meta({ variable: "WORKERS", needsRestart: true }),
  environment: z.string().min(1).max(64).default("production").describe(
    "Name of this installation, shown by `/health`.",
  ).meta({ variable: "NODE_ENV" }),
  trustProxy: trustProxyOption,
  maxBodyBytes: z.int().min(1).max(1_073_741_824).default(52_428_800).describe(
    "Larger request bodies are refused with 413.",
  ).meta({ variable: "MAX_BODY_BYTES" }),
  proxyPathPrefix: z.string().max(200).regex(
    /^(\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+$/,
    "must be a path such as /api/v1, without a slash at its end",
  ).default("/api/v1").describe(
    "Path below which every request is handed through as it is, but for the endpoints of OpenAI's API that Weir serves by itself.",
  ).meta({ variable: "PROXY_PATH_PREFIX" }),
  bodyTimeoutMs: z.int().min(1).max(86_400_000).default(300_000).describe(
    "Time allowed for a request's body to arrive.",
  ).meta({ variable: "BODY_TIMEOUT_MS" }),
  bodyIdleTimeoutMs: z.int().min(1).max(86_400_000).default(30_000).describe(
    "Longest silence within a request's body.",
  ).meta({ variable: "BODY_IDLE_TIMEOUT_MS" }),
  maxJsonDepth: z.int().min(8).max(1_000).default(128).describe(
    "Most levels of arrays and objects within each other in a JSON body.",
  ).meta({ variable: "MAX_JSON_DEPTH" }),
  maxJsonKeys: z.int().min(16).max(100_000_000).default(100_000).describe(
    "Most keys of objects in a JSON body, all counted.",
  ).meta({ variable: "MAX_JSON_KEYS" }),
  maxJsonValues: z.int().min(16).max(1_000_000_000).default(1_000_000).describe(
    "Most values in a JSON body, all counted.",
  ).meta({ variable: "MAX_JSON_VALUES" }),
  reusePort: z.enum(["off", "on"]).default("off").describe(
    "Let a new process listen on the same port while the old one still serves (Linux).",
  ).meta({ variable: "REUSE_PORT", needsRestart: true }),
  unixSocket: z.string().min(1).max(100).optional().describe(
    "Path of a Unix socket to listen on beside the port, such as `/run/weir/weir.sock`.",
  ).meta({ variable: "UNIX_SOCKET", needsRestart: true }),
  readinessDelayMs: z.int().min(0).max(600_000).default(0).describe(
    "Time after a stop signal for which requests are still taken, while `/readyz` already answers 503.",
  ).meta({ variable: "READINESS_DELAY_MS" }),
  explain: explainOption,
  drainTimeoutMs: z.int().min(0).max(86_400_000).default(300_000).describe(
    "Time that running streams are given to finish once a stop has begun.",
  ).meta({ variable: "DRAIN_TIMEOUT_MS" }),
}).prefault({});

const modelsOptions = z.strictObject({
  maxAgeMs: z.int().min(0).max(86_400_000).default(30_000).describe(
    "Age up to which a list of models is served without asking its upstream again.",
  ).meta({ variable: "MODELS_CACHE_TTL_MS" }),
  detailsMaxAgeMs: z.int().min(0).max(86_400_000).default(300_000).describe(
    "The same for the catalog below `/api/v1/models`, which also tells what models are and cost.",
  ).meta({ variable: "CATALOG_CACHE_TTL_MS" }),
  timeoutMs: z.int().min(1).max(600_000).default(10_000).describe(
    "Time allowed for one upstream's list of models.",
  ).meta({ variable: "MODELS_TIMEOUT_MS" }),
  facts: modelFactsOption,
}).prefault({});

const serviceOptions = z.strictObject({
  requestTimeoutMs: z.int().min(1).max(86_400_000).default(30_000).describe(
    "Time allowed for an answer of `/api/v1/inference`, or for the first content of its stream, which may then go on.",
  ).meta({ variable: "REQUEST_TIMEOUT" }),
}).prefault({});

/** Responses are kept in a folder, if not in memory. */
function refuseStateElsewhere(
  { state: { folder }, responses: { store } }: {
    readonly state: z.output<typeof stateOptions>;
    readonly responses: z.output<typeof responsesOptions>;
  },
  { addIssue }: z.RefinementCtx,
): void {
  if (store !== "state" || (folder !== undefined && !isPostgresAddress(folder))) return;
  const message = folder === undefined
    ? "is state, which needs a folder; set STATE (state.folder) as well"
    : "is state, which needs a folder, and STATE (state.folder) names a Postgres; set it to memory";
  addIssue({ code: "custom", path: ["responses", "store"], message });
}

/** Answers are kept in the Redis that counts limits, if not in memory. */
function refuseCacheElsewhere(
  { limits, cache }: {
    readonly limits: z.output<typeof limitOptions>;
    readonly cache: z.output<typeof cacheOptions>;
  },
  { addIssue }: z.RefinementCtx,
): void {
  if (cache.store !== "redis" || limits.store !== "memory") return;
  const message =
    "is redis, which is that of the limits; set RATE_LIMIT_STORE (limits.store) to its address as well";
  addIssue({ code: "custom", path: ["cache", "store"], message });
}

export const configSchema = z.strictObject({
  server: serverOptions,
  http: httpServerOptions,
  tls: tlsOptions,
  auth: authenticateOptions,
  admin: adminOptions,
  limits: limitOptions,
  budgets: budgetListOptions,
  concurrency: concurrencyOptions,
  cors: corsOptions,
  log: logOptions,
  metrics: metricsOptions,
  traces: traceOptions,
  models: modelsOptions,
  service: serviceOptions,
  webSocket: webSocketOptions,
  relay: relayOptions,
  retry: retryOptions,
  routing: routingOptions,
  cooldown: cooldownOptions,
  pacing: pacingOptions,
  hedge: hedgeOptions,
  coalesce: coalesceOptions,
  cache: cacheOptions,
  guards: guardListOptions,
  transport: transportOptions,
  state: stateOptions,
  responses: responsesOptions,
  cassettes: cassetteOptions,
  ledger: ledgerOptions,
  webhooks: webhooksOptions,
  prices: priceOptions,
  upstreams: providerOptions,
}).superRefine(refuseLeadingBack).superRefine(refuseSharedKeys).superRefine(refuseStateElsewhere)
  .superRefine(refuseCacheElsewhere);

export type Config = z.infer<typeof configSchema>;
