/** `weir doctor`: tries each configured upstream and explains what is wrong with it. */

import { nameOfOption } from "../config/sources/named_variables.ts";
import { nearestName } from "../config/problems/nearest_name.ts";
import { gatewayVariables } from "../config/sources/variables.ts";
import type { Finding } from "../core/administration.ts";
import { needsKey } from "../access/authenticate.ts";
import { NO_RUNTIME_KEYS } from "../access/keys/runtime_keys.ts";
import type { Provider } from "../core/provider/provider.ts";
import { EXIT, type Invocation } from "./command_line/command.ts";
import { loadConfig, type LoadedConfig } from "../host/reload/load_config.ts";
import { configRequest } from "./command_line/config_request.ts";
import {
  type Probe,
  probeKey,
  probeModels,
  type ProbeOptions,
  probeOptions,
  withProviders,
} from "./probe_provider.ts";
import { keepOnly, neededToServe } from "../host/system/permissions.ts";
import { print, styled } from "../host/system/terminal.ts";

const STYLES = { ok: "green", note: "yellow", problem: "red" } as const;

export async function doctor(invocation: Invocation): Promise<number> {
  const loaded = loadConfig(configRequest(invocation));
  keepOnly(neededToServe(loaded.config, {}));
  const findings = await withProviders(loaded.config, async ({ providers, send }) => {
    const probed = await Promise.all(providers.map(async (provider) => {
      return { provider, ...await probe(provider, probeOptions(provider, send, loaded)) };
    }));
    return [
      ...probed.flatMap(({ findings }) => findings),
      ...checkAliases(loaded, probed),
      ...checkProviders(providers),
      ...checkOrigins(loaded),
    ];
  });
  if (invocation.options.json === true) print(JSON.stringify(findings, null, 2));
  else {for (const { kind, text } of findings) {
      print(`${styled(kind.padEnd(7), STYLES[kind])} ${text}`);
    }}
  return findings.some(({ kind }) => kind === "problem") ? EXIT.failed : EXIT.done;
}

/** Tries one upstream; `undefined` where there is none of this name. */
export function diagnose(
  loaded: LoadedConfig,
  name: string,
): Promise<readonly Finding[] | undefined> {
  return withProviders(loaded.config, async ({ providers, send }) => {
    const provider = providers.find((candidate) => candidate.name === name);
    if (provider === undefined) return undefined;
    return (await probe(provider, probeOptions(provider, send, loaded))).findings;
  });
}

interface Probed {
  readonly provider: Provider;
  readonly findings: readonly Finding[];
  /** Where its list is known. */
  readonly models: readonly string[] | undefined;
}

async function probe(
  provider: Provider,
  options: ProbeOptions,
): Promise<Omit<Probed, "provider">> {
  const { keys = [undefined] } = provider;
  const probed = await Promise.all(keys.map(async (key) => {
    const listed = await probeModels(provider, options, key);
    const keyProblem = listed.isGood ? await probeKey(provider, options, key) : undefined;
    return { key, listed, problem: listed.isGood ? keyProblem : listed.problem };
  }));
  const listed = probed.map(({ listed }) => listed).find(({ isGood }) => isGood);
  const isOneGood = probed.some(({ problem }) => problem === undefined);
  const problems = probed.filter(({ problem }) => problem !== undefined);
  const { name } = provider;
  // What is wrong with the server is wrong with all keys, and told once.
  const isServers = new Set(problems.map(({ problem }) => problem)).size === 1 && !isOneGood;
  const findings = (isServers ? problems.slice(0, 1) : problems).map(
    ({ key, problem }): Finding => ({
      kind: "problem",
      text: `${name}${key === undefined || isServers ? "" : ` ${key.name}`}: ${problem}`,
    }),
  );
  return {
    findings: isOneGood && listed?.isGood ? [describe(provider, listed), ...findings] : findings,
    models: listed?.isGood ? listed.models : undefined,
  };
}

function describe(
  { name, target, keys = [] }: Provider,
  { models, tookMs }: Extract<Probe, { isGood: true }>,
): Finding {
  const what = models === undefined
    ? `no list of models, as it has none; at ${target}`
    : `${models.length} models at ${target} (${tookMs} ms)`;
  const withKeys = keys.length > 1 ? `, ${keys.length} keys` : "";
  return { kind: "ok", text: `${name}: ${what}${withKeys}` };
}

function checkProviders([first]: readonly Provider[]): readonly Finding[] {
  if (first?.name !== "fake") return [];
  const text = "no provider is on, so the built-in fake LLM answers; set a provider's key";
  return [{ kind: "note", text }];
}

/** What a browser says of a page that may not use it does not say why. */
function checkOrigins({ config: { cors, auth }, originOf }: LoadedConfig): readonly Finding[] {
  const path = ["cors", "origins"];
  const place = originOf(path) ?? nameOfOption(path, gatewayVariables());
  const isOpen = !needsKey(auth, NO_RUNTIME_KEYS);
  if (isOpen && cors.origins.length === 0) {
    const text =
      `web pages can use it from loopback origins alone; list others in ${place}, or set a key`;
    return [{ kind: "note", text }];
  }
  if (!isOpen || !cors.origins.includes("*")) return [];
  const text =
    `every web page may use it, and without a key: list origins in ${place}, or set a key`;
  return [{ kind: "problem", text }];
}

/** A target must be on some list, one that names an upstream on that one's, as far as that is known. */
function checkAliases(
  { config, originOf }: LoadedConfig,
  probed: readonly Probed[],
): readonly Finding[] {
  return Object.entries(config.routing.aliases).flatMap(([alias, targets]) =>
    targets.flatMap(({ name }): readonly Finding[] => {
      if (probed.some(({ models }) => models?.includes(name))) return [];
      const named = probed.find(({ provider }) => name.startsWith(`${provider.name}/`));
      const lists = (named === undefined ? probed : [named]).map(({ models }) => models);
      if (lists.includes(undefined)) return [];
      const served = lists.flatMap((models) => models ?? []);
      const model = named === undefined ? name : name.slice(named.provider.name.length + 1);
      if (served.includes(model)) return [];
      const near = nearestName(model, served);
      const who = named === undefined
        ? "no upstream lists"
        : `${named.provider.name} does not list`;
      const hint = near === undefined ? "" : `; did you mean "${near}"?`;
      const origin = originOf(["routing", "aliases", alias]) ?? "MODEL_ALIASES";
      return [{
        kind: "problem",
        text: `alias ${alias}: ${who} the model "${model}"${hint} (${origin})`,
      }];
    })
  );
}
