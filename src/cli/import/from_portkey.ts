/**
 * Reads a configuration of Portkey's gateway.
 *
 * @see {@link https://portkey.ai/docs/product/ai-gateway/configs}
 * @module
 */

import { isJsonObject, type JsonObject, type JsonValue } from "../../core/text/json.ts";
import { accountOf } from "./litellm_accounts.ts";
import { type Sketch, SketchBuilder } from "./sketch.ts";

/** The name under which its targets can be asked for. */
const ALIAS = "portkey";
const READ = [
  "strategy",
  "targets",
  "retry",
  "provider",
  "api_key",
  "override_params",
  "weight",
  "custom_host",
];
/** Portkey's names of providers where LiteLLM has others. */
const PROVIDERS: Readonly<Record<string, string>> = {
  "azure-openai": "azure",
  "fireworks-ai": "fireworks_ai",
  "google": "gemini",
  "mistral-ai": "mistral",
  "perplexity-ai": "perplexity",
  "together-ai": "together_ai",
  "vertex-ai": "vertex_ai",
  "x-ai": "xai",
};

export function fromPortkey(config: JsonObject): Sketch {
  const sketch = new SketchBuilder();
  const { strategy, retry } = config;
  const targets = Array.isArray(config.targets) ? config.targets.filter(isJsonObject) : [config];
  const mode = isJsonObject(strategy) ? strategy.mode : "single";
  if (mode !== "fallback" && mode !== "loadbalance" && mode !== "single") {
    sketch.leave(`strategy.mode "${mode}"`);
  }
  const attempts = isJsonObject(retry) ? retry.attempts : undefined;
  if (typeof attempts === "number") {
    sketch.setOption("retry", "maxRetries", Math.min(attempts, 100));
  }
  for (const name of Object.keys(config)) if (!READ.includes(name)) sketch.leave(name);
  const list = targets.flatMap((target, index): readonly JsonValue[] => {
    const read = readTarget(target, index, sketch);
    if (read === undefined) return [];
    return [mode === "loadbalance" ? { target: read, weight: weightOf(target) } : read];
  });
  if (list.length > 0) {
    sketch.addAlias(ALIAS, list);
    sketch.note(
      `Its targets stand behind the model "${ALIAS}"; give them the name that clients ask for.`,
    );
  }
  return sketch.sketch();
}

/** The target by its model; `undefined` where it cannot be carried over. */
function readTarget(target: JsonObject, index: number, sketch: SketchBuilder): string | undefined {
  const { provider, api_key: apiKey, override_params: params, custom_host: host } = target;
  for (const name of Object.keys(target)) {
    if (!READ.includes(name)) sketch.leave(`targets[${index}].${name}`);
  }
  const model = isJsonObject(params) ? params.model : undefined;
  if (typeof provider !== "string" || typeof model !== "string") {
    sketch.leave(`targets[${index}]: it names no provider, or no model in override_params`);
    return undefined;
  }
  const account = accountOf({
    model,
    custom_llm_provider: PROVIDERS[provider] ?? provider,
    ...(typeof apiKey === "string" && { api_key: apiKey }),
    ...(typeof host === "string" && { api_base: host }),
  });
  if (account === undefined) {
    sketch.leave(`targets[${index}]: Weir knows no provider "${provider}"`);
    return undefined;
  }
  const { upstream, isCompatible, baseUrl, key } = account;
  const options = {
    ...(baseUrl !== undefined && { baseUrl }),
    ...(key !== undefined && { apiKey: key }),
  };
  if (isCompatible) sketch.addCompatible(upstream, options);
  else if (Object.keys(options).length > 0) sketch.addUpstream(upstream, options);
  return `${upstream}/${account.model}`;
}

function weightOf({ weight }: JsonObject): number {
  return typeof weight === "number" ? weight : 1;
}
