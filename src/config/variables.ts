/** The environment variables and the options they set. */

import { UPSTREAM_VARIABLES } from "../upstreams/registry.ts";

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
  variable("NODE_ENV", "server.environment"),
  variable("MAX_BODY_BYTES", "server.maxBodyBytes", "number"),
  variable("PROXY_PATH_PREFIX", "server.proxyPathPrefix"),
  variable("BODY_TIMEOUT_MS", "server.bodyTimeoutMs", "number"),
  variable("DRAIN_TIMEOUT_MS", "server.drainTimeoutMs", "number"),
  variable("PROXY_API_KEY", "auth.apiKey"),
  variable("LOG_LEVEL", "log.level"),
  ...UPSTREAM_VARIABLES.map(([name, option, form]) => variable(name, `upstreams.${option}`, form)),
  variable("FAKE", "upstreams.fake.enabled"),
  variable("DEFAULT_UPSTREAM", "upstreams.default"),
  variable("MODEL_ALIASES", "routing.aliases", "pairs"),
  variable("MODELS_CACHE_TTL_MS", "models.maxAgeMs", "number"),
  variable("MODELS_TIMEOUT_MS", "models.timeoutMs", "number"),
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
  variable("HTTP_CLIENT", "transport.client"),
  variable("MAX_CONNECTIONS_PER_UPSTREAM", "transport.maxConnectionsPerOrigin", "number"),
  variable("MAX_IDLE_CONNECTIONS_PER_UPSTREAM", "transport.maxIdleConnectionsPerOrigin", "number"),
  variable("IDLE_CONNECTION_MS", "transport.idleConnectionMs", "number"),
  variable("HTTPS_PROXY", "transport.httpsProxy"),
  variable("NO_PROXY", "transport.noProxy"),
];
