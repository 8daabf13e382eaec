/**
 * Reads the configuration of LiteLLM's proxy.
 *
 * @see {@link https://docs.litellm.ai/docs/proxy/config_settings}
 * @module
 */

import { isJsonObject, type JsonObject, type JsonValue } from "../../core/text/json.ts";
import { accountOf, type Deployment, LITELLM_MODEL } from "./litellm_accounts.ts";
import { readSettings } from "./litellm_settings.ts";
import { type Sketch, SketchBuilder } from "./sketch.ts";

/** Settings of a deployment that Weir has, or needs no word for. */
const READ_PARAMS = [
  "model",
  "api_base",
  "base_url",
  "api_key",
  "api_version",
  "weight",
  "custom_llm_provider",
];
/** What it does anyhow: limits are learnt from what providers say of theirs. */
const NEEDLESS_PARAMS = ["rpm", "tpm", "drop_params", "max_parallel_requests"];

/** @param config The file, parsed. */
export function fromLitellm(config: JsonObject): Sketch {
  const sketch = new SketchBuilder();
  const deployments = readDeployments(config.model_list, sketch);
  addKeys(deployments, sketch);
  const fallbacks = readSettings(config, sketch);
  const names = new Set(deployments.map(({ name }) => name));
  for (const name of names) {
    if (name.includes("*")) {
      sketch.note(`"${name}": models need no entry; a client asks for MODEL or UPSTREAM/MODEL.`);
      continue;
    }
    const own = deployments.filter((deployment) => deployment.name === name);
    sketch.addAlias(name, targetsOf(own, fallbacks.get(name) ?? []));
  }
  for (const [name] of fallbacks) {
    if (!names.has(name)) sketch.leave(`fallbacks of "${name}": no model of that name is listed`);
  }
  return sketch.sketch();
}

function readDeployments(
  list: JsonValue | undefined,
  sketch: SketchBuilder,
): readonly Deployment[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: JsonValue, index): readonly Deployment[] => {
    const name = isJsonObject(entry) ? entry.model_name : undefined;
    const params = isJsonObject(entry) ? entry.litellm_params : undefined;
    if (!isJsonObject(entry) || typeof name !== "string" || !isJsonObject(params)) {
      sketch.leave(`model_list[${index}]: it has no model_name or no litellm_params`);
      return [];
    }
    const account = accountOf(params);
    if (account === undefined) {
      const [, provider = ""] = LITELLM_MODEL.exec(String(params.model)) ?? [];
      sketch.leave(
        `model "${name}": Weir knows no provider "${provider}", and no api_base is given`,
      );
      return [];
    }
    tellParams(name, entry, params, sketch);
    return [{ name, account, params }];
  });
}

function tellParams(
  name: string,
  entry: JsonObject,
  params: JsonObject,
  sketch: SketchBuilder,
): void {
  for (const param of Object.keys(params)) {
    if (READ_PARAMS.includes(param)) continue;
    if (NEEDLESS_PARAMS.includes(param)) {
      sketch.note(`"${param}" of "${name}" is left out: Weir does that by itself.`);
    } else {
      sketch.leave(`model "${name}": litellm_params.${param}`);
    }
  }
  for (const part of Object.keys(entry)) {
    if (part !== "model_name" && part !== "litellm_params") {
      sketch.leave(`model "${name}": ${part}`);
    }
  }
}

/** Each account once, with all of its keys. */
function addKeys(deployments: readonly Deployment[], sketch: SketchBuilder): void {
  const accounts = new Map(deployments.map(({ account }) => [account.upstream, account]));
  const seen = new Map<string, string>();
  for (const { account, name } of deployments) {
    const before = seen.get(account.upstream);
    if (before !== undefined && before !== (account.baseUrl ?? "")) {
      sketch.leave(
        `model "${name}": a second address of ${account.upstream}, ${
          account.baseUrl ?? "its own"
        }; write it below upstreams.compatible`,
      );
    } else seen.set(account.upstream, account.baseUrl ?? "");
  }
  for (const [upstream, { isCompatible, baseUrl, options }] of accounts) {
    const keys = [
      ...new Set(
        deployments.filter(({ account }) => account.upstream === upstream)
          .flatMap(({ account: { key } }) => key ?? []),
      ),
    ];
    const [key] = keys;
    const all = {
      ...(baseUrl !== undefined && { baseUrl }),
      ...options,
      ...(keys.length > 1 ? { apiKeys: keys } : key === undefined ? {} : { apiKey: key }),
    };
    for (const text of keys) {
      if (!text.startsWith("${")) {
        sketch.note(
          `${upstream} has a key in plain text: better write "\${NAME}", and the key into that variable.`,
        );
      }
    }
    if (isCompatible) sketch.addCompatible(upstream, all);
    else if (Object.keys(all).length > 0) sketch.addUpstream(upstream, all);
    else sketch.note(`The key of ${upstream} is read from its variable, as LiteLLM does.`);
  }
}

/** Deployments of one name share its calls; what it falls back to comes after them. */
function targetsOf(
  deployments: readonly Deployment[],
  fallbacks: readonly string[],
): JsonValue {
  const targets = new Map<string, number>();
  for (const { account, params } of deployments) {
    const target = `${account.upstream}/${account.model}`;
    const weight = typeof params.weight === "number" ? params.weight : 1;
    // Deployments that differ in their keys alone are one target, whose keys take turns.
    targets.set(target, (targets.get(target) ?? 0) + weight);
  }
  const [first, second] = [...targets.keys()];
  if (first === undefined || second === undefined) {
    return fallbacks.length === 0 && first !== undefined ? first : [first ?? "", ...fallbacks];
  }
  return [
    ...[...targets].map(([target, weight]) => ({ target, weight })),
    ...fallbacks.map((target) => ({ target, weight: 0 })),
  ];
}
