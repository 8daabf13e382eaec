/** `weir models`: every name that a client can ask for. */

import { EXIT, type Invocation } from "./command_line/command.ts";
import { loadConfig } from "../host/reload/load_config.ts";
import { configRequest } from "./command_line/config_request.ts";
import { probeModels, probeOptions, withProviders } from "./probe_provider.ts";
import { keepOnly, neededToServe } from "../host/system/permissions.ts";
import { notify, print } from "../host/system/terminal.ts";

/** Prints the aliases, then `upstream/model` of each upstream's list. Throws `ConfigError`. */
export async function listModels(invocation: Invocation): Promise<number> {
  const loaded = loadConfig(configRequest(invocation));
  keepOnly(neededToServe(loaded.config, {}));
  const probes = await withProviders(
    loaded.config,
    ({ providers, send }) =>
      Promise.all(providers.map(async (provider) => ({
        name: provider.name,
        probe: await probeModels(provider, probeOptions(provider, send, loaded)),
      }))),
  );
  const exitCode = probes.every(({ probe }) => probe.isGood) ? EXIT.done : EXIT.failed;
  if (invocation.options.json === true) {
    const upstreams = probes.map(({ name, probe }) =>
      probe.isGood
        ? { name, models: probe.models ?? null }
        : { name, models: null, problem: probe.problem }
    );
    print(
      JSON.stringify({ aliases: Object.keys(loaded.config.routing.aliases), upstreams }, null, 2),
    );
    return exitCode;
  }
  for (const alias of Object.keys(loaded.config.routing.aliases)) print(alias);
  for (const { name, probe } of probes) {
    if (!probe.isGood) notify(`${name}: ${probe.problem}`);
    else if (probe.models === undefined) notify(`${name}: has no list; ask for ${name}/MODEL`);
    else for (const id of probe.models) print(`${name}/${id}`);
  }
  return exitCode;
}
