/** The settings of LiteLLM beside its list of models. */

import { isJsonObject, type JsonObject, type JsonValue } from "../../core/text/json.ts";
import { textOf } from "./litellm_accounts.ts";
import type { SketchBuilder } from "./sketch.ts";

const MS_PER_SECOND = 1_000;
const SECTIONS = ["litellm_settings", "router_settings", "general_settings"] as const;

/** What Weir has another way for, and which. */
const OTHERWISE: Readonly<Record<string, string>> = {
  allowed_fails: "Weir watches the share of failures: COOLDOWN_FAILURE_RATE",
  cache: "set CACHE, and CACHE_MODELS to the models whose answers are kept",
  cache_params: "set CACHE_STORE and CACHE_TTL_MS",
  callbacks: "Weir writes a log, metrics and traces by itself",
  cooldown_time: "set COOLDOWN_DURATION_MS",
  database_url: "set STATE, and make keys anew: weir key new NAME",
  failure_callback: "Weir writes a log, metrics and traces by itself",
  redis_host: "set RATE_LIMIT_STORE to the address of Redis, so that processes share limits",
  redis_password: "it belongs into the address of RATE_LIMIT_STORE",
  redis_port: "it belongs into the address of RATE_LIMIT_STORE",
  success_callback: "Weir writes a log, metrics and traces by itself",
};
/** What Weir does without being told. */
const NEEDLESS = ["drop_params", "enable_pre_call_checks", "routing_strategy", "set_verbose"];

/** Carries over what Weir has; returns, by name of a model, what it falls back to. */
export function readSettings(
  config: JsonObject,
  sketch: SketchBuilder,
): ReadonlyMap<string, readonly string[]> {
  const fallbacks = new Map<string, readonly string[]>();
  for (const section of SECTIONS) {
    const settings = config[section];
    if (!isJsonObject(settings)) continue;
    for (const [name, value] of Object.entries(settings)) {
      if (value === undefined || value === null) continue;
      if (name === "fallbacks") {
        readFallbacks(value).forEach(([from, to]) => fallbacks.set(from, to));
      } else if (!carry(name, value, sketch) && !NEEDLESS.includes(name)) {
        const advice = OTHERWISE[name];
        sketch.leave(`${section}.${name}${advice === undefined ? "" : `: ${advice}`}`);
      }
    }
  }
  const known = ["model_list", ...SECTIONS];
  for (const name of Object.keys(config)) if (!known.includes(name)) sketch.leave(name);
  return fallbacks;
}

/** Whether there is such an option. */
function carry(name: string, value: JsonValue, sketch: SketchBuilder): boolean {
  if (name === "num_retries" && typeof value === "number") {
    sketch.setOption("retry", "maxRetries", Math.min(value, 100));
    return true;
  }
  if ((name === "request_timeout" || name === "timeout") && typeof value === "number") {
    sketch.setOption("transport", "headersTimeoutMs", Math.round(value * MS_PER_SECOND));
    return true;
  }
  const key = name === "master_key" ? textOf(value) : undefined;
  if (key !== undefined) {
    sketch.setOption("auth", "apiKey", key);
    return true;
  }
  if (name === "model_group_alias" && isJsonObject(value)) {
    for (const [alias, model] of Object.entries(value)) {
      const target = isJsonObject(model) ? model.model : model;
      if (typeof target === "string") sketch.addAlias(alias, target);
    }
    return true;
  }
  return false;
}

/** `[{ "a": ["b", "c"] }]`. */
function readFallbacks(
  value: JsonValue,
): readonly (readonly [from: string, to: readonly string[]])[] {
  const entries = Array.isArray(value) ? value.filter(isJsonObject) : [];
  return entries.flatMap((entry) =>
    Object.entries(entry).map(([from, to]) =>
      [from, Array.isArray(to) ? to.filter((name) => typeof name === "string") : []] as const
    )
  );
}
