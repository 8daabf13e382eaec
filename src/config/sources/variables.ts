/** The environment variables and the options they set. */

import { UPSTREAM_VARIABLES } from "../../providers/registry.ts";

/** How a variable's text is read. A number that is none is left as text for the schema to refuse. */
export type VariableForm =
  | "text"
  | "number"
  /** A number of seconds, for an option in milliseconds. */
  | "seconds"
  /** Items split by commas. */
  | "list"
  /** `name=value` items split by commas. */
  | "pairs";

export interface Variable {
  /** May hold `<NAME>`, which stands for a name of the operator's own. */
  readonly name: string;
  /** Path of the option in the configuration; `*` is where the operator's name goes. */
  readonly path: readonly [section: string, ...rest: string[]];
  readonly form: VariableForm;
}

/** A row of a table of variables; `path` is dotted. */
export function variable(name: string, path: string, form: VariableForm = "text"): Variable {
  const [section = "", ...rest] = path.split(".");
  return { name, path: [section, ...rest], form };
}

/** In the order of the README's table. */
export const VARIABLES: readonly Variable[] = [
  variable("HOST", "server.host"),
  variable("PORT", "server.port", "number"),
  variable("WORKERS", "server.workers", "number"),
  variable("NODE_ENV", "server.environment"),
  variable("MAX_BODY_BYTES", "server.maxBodyBytes", "number"),
  variable("PROXY_PATH_PREFIX", "server.proxyPathPrefix"),
  variable("BODY_TIMEOUT_MS", "server.bodyTimeoutMs", "number"),
  variable("BODY_IDLE_TIMEOUT_MS", "server.bodyIdleTimeoutMs", "number"),
  variable("MAX_JSON_DEPTH", "server.maxJsonDepth", "number"),
  variable("MAX_JSON_KEYS", "server.maxJsonKeys", "number"),
  variable("MAX_JSON_VALUES", "server.maxJsonValues", "number"),
  variable("REUSE_PORT", "server.reusePort"),
  variable("READINESS_DELAY_MS", "server.readinessDelayMs", "number"),
  variable("DRAIN_TIMEOUT_MS", "server.drainTimeoutMs", "number"),
  variable("PROXY_API_KEY", "auth.apiKey"),
  variable("AUTH_MAX_FAILURES_PER_MINUTE", "auth.maxFailuresPerMinute", "number"),
  variable("CORS_ORIGINS", "cors.origins", "list"),
  variable("CORS_CREDENTIALS", "cors.credentials"),
  variable("TRUST_PROXY", "server.trustProxy"),
  variable("RATE_LIMIT_WINDOW_MS", "limits.windowMs", "number"),
  variable("RATE_LIMIT_MAX_REQUESTS", "limits.maxRequests", "number"),
  variable("RATE_LIMIT_INFERENCE_MAX_REQUESTS", "limits.inferenceMaxRequests", "number"),
  variable("WS_CONNECTIONS_PER_MINUTE", "limits.webSocketConnectionsPerMinute", "number"),
  variable("RATE_LIMIT_V1_WINDOW_MS", "limits.v1WindowMs", "number"),
  variable("RATE_LIMIT_V1_MAX_REQUESTS", "limits.v1MaxRequests", "number"),
  variable("RATE_LIMIT_TOKENS_PER_MINUTE", "limits.tokensPerMinute", "number"),
  variable("RATE_LIMIT_ASSUMED_ANSWER_TOKENS", "limits.assumedAnswerTokens", "number"),
  variable("RATE_LIMIT_MAX_BUCKETS", "limits.maxBuckets", "number"),
  variable("RATE_LIMIT_STORE", "limits.store"),
  variable("RATE_LIMIT_REDIS_TIMEOUT_MS", "limits.redisTimeoutMs", "number"),
  variable("RATE_LIMIT_REDIS_FALLBACK_SHARE", "limits.redisFallbackShare", "number"),
  variable("MAX_CONCURRENT_REQUESTS", "concurrency.maxCalls", "number"),
  variable("MAX_CONCURRENT_REQUESTS_PER_KEY", "concurrency.maxCallsPerKey", "number"),
  variable("MAX_QUEUED_REQUESTS", "concurrency.maxQueued", "number"),
  variable("QUEUE_TIMEOUT_MS", "concurrency.queueTimeoutMs", "number"),
  variable("LOG_LEVEL", "log.level"),
  variable("LOG_FORMAT", "log.format"),
  variable("LOG_SAMPLE", "log.sample", "number"),
  variable("METRICS", "metrics.enabled"),
  variable("METRICS_API_KEY", "metrics.apiKey"),
  variable("METRICS_PORT", "metrics.port", "number"),
  variable("METRICS_HOST", "metrics.host"),
  variable("EXPLAIN", "server.explain"),
  ...UPSTREAM_VARIABLES.map(([name, option, form]) => variable(name, `upstreams.${option}`, form)),
  variable("FAKE", "upstreams.fake.enabled"),
  variable("DEFAULT_UPSTREAM", "upstreams.default"),
  variable("MODEL_ALIASES", "routing.aliases", "pairs"),
  variable("UNKNOWN_MODELS", "routing.unknownModels"),
  variable("COOLDOWN", "cooldown.enabled"),
  variable("COOLDOWN_WINDOW_MS", "cooldown.windowMs", "number"),
  variable("COOLDOWN_MIN_CALLS", "cooldown.minCalls", "number"),
  variable("COOLDOWN_FAILURE_RATE", "cooldown.failureRate", "number"),
  variable("COOLDOWN_DURATION_MS", "cooldown.durationMs", "number"),
  variable("HEDGE", "hedge.enabled"),
  variable("HEDGE_PERCENTILE", "hedge.percentile", "number"),
  variable("HEDGE_MIN_SAMPLES", "hedge.minSamples", "number"),
  variable("HEDGE_MIN_DELAY_MS", "hedge.minDelayMs", "number"),
  variable("HEDGE_MAX_DELAY_MS", "hedge.maxDelayMs", "number"),
  variable("HEDGE_MAX_EXTRA_PERCENT", "hedge.maxExtraPercent", "number"),
  variable("COALESCE", "coalesce.enabled"),
  variable("COALESCE_MAX_BUFFER_BYTES", "coalesce.maxBufferBytes", "number"),
  variable("MODELS_CACHE_TTL_MS", "models.maxAgeMs", "number"),
  variable("CATALOG_CACHE_TTL_MS", "models.detailsMaxAgeMs", "number"),
  variable("MODELS_TIMEOUT_MS", "models.timeoutMs", "number"),
  variable("REQUEST_TIMEOUT", "service.requestTimeoutMs", "number"),
  variable("WS_MAX_CONNECTIONS", "webSocket.maxConnections", "number"),
  variable("WS_HEARTBEAT_INTERVAL", "webSocket.heartbeatIntervalMs", "number"),
  variable("WS_MAX_MESSAGE_BYTES", "webSocket.maxMessageBytes", "number"),
  variable("WS_MAX_REQUESTS_IN_FLIGHT", "webSocket.maxRequestsInFlight", "number"),
  variable("WS_MAX_BUFFERED_BYTES", "webSocket.maxBufferedBytes", "number"),
  variable("WS_STALL_TIMEOUT_MS", "webSocket.stallTimeoutMs", "number"),
  variable("CONNECT_TIMEOUT_MS", "transport.connectTimeoutMs", "number"),
  variable("MAX_RETRIES", "retry.maxRetries", "number"),
  variable("BASE_RETRY_DELAY", "retry.baseDelayMs", "seconds"),
  variable("MAX_RETRY_DELAY", "retry.maxDelayMs", "seconds"),
  variable("RETRY_BUDGET", "retry.budgetMs", "seconds"),
  variable("TIMEOUT", "transport.headersTimeoutMs", "seconds"),
  variable("FIRST_BYTE_TIMEOUT_MS", "transport.headersTimeoutMs", "number"),
  variable("FIRST_CONTENT_TIMEOUT_MS", "relay.firstContentTimeoutMs", "number"),
  variable("IDLE_TIMEOUT_MS", "relay.idleTimeoutMs", "number"),
  variable("FINISH_TIMEOUT_MS", "relay.finishTimeoutMs", "number"),
  variable("CLIENT_STALL_TIMEOUT_MS", "relay.clientStallTimeoutMs", "number"),
  variable("TOTAL_TIMEOUT_MS", "relay.totalTimeoutMs", "number"),
  variable("OPENING_HOLD_MS", "relay.openingHoldMs", "number"),
  variable("KEEP_ALIVE", "relay.keepAlive"),
  variable("KEEP_ALIVE_INTERVAL_MS", "relay.keepAliveIntervalMs", "number"),
  variable("ON_DISCONNECT", "relay.onDisconnect"),
  variable("DRAIN_MAX_MS", "relay.drainMaxMs", "number"),
  variable("DRAIN_MAX_BYTES", "relay.drainMaxBytes", "number"),
  variable("REPAIR", "relay.repair"),
  variable("STREAM_USAGE", "relay.streamUsage"),
  variable("MAX_EVENT_BYTES", "relay.maxEventBytes", "number"),
  variable("MAX_RESPONSE_BYTES", "relay.maxResponseBytes", "number"),
  variable("MAX_ERROR_BYTES", "relay.maxErrorBytes", "number"),
  variable("MAX_CONNECTIONS_PER_UPSTREAM", "transport.maxConnectionsPerOrigin", "number"),
  variable("MAX_IDLE_CONNECTIONS_PER_UPSTREAM", "transport.maxIdleConnectionsPerOrigin", "number"),
  variable("IDLE_CONNECTION_MS", "transport.idleConnectionMs", "number"),
  variable("PRIVATE_UPSTREAM_HOSTS", "transport.privateHosts", "list"),
  variable("HTTPS_PROXY", "transport.httpsProxy"),
  variable("NO_PROXY", "transport.noProxy"),
];
