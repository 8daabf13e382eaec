/** `weir check`: whether the configuration is valid, and what it amounts to. */

import { DEFAULT_CONFIG_PATH } from "../config/sources/find_config.ts";
import { nearestName } from "../config/problems/nearest_name.ts";
import { ConfigError } from "../config/problems/problem.ts";
import { showConfig } from "../config/show_config.ts";
import { unusedVariables } from "./banner/unused_keys.ts";
import type { JsonObject } from "../core/text/json.ts";
import type { Provider } from "../core/provider/provider.ts";
import { createProviders, needsFake } from "../providers/registry.ts";
import { EXIT, type Invocation, UsageError } from "./command_line/command.ts";
import { loadConfig, type LoadedConfig } from "../host/reload/load_config.ts";
import { configRequest } from "./command_line/config_request.ts";
import { notify, print, styled } from "../host/system/terminal.ts";
import { whyDefault, whyOn } from "./provider_origin.ts";

/** Stands for the address of the fake LLM, which is known once it is started. */
const FAKE_ADDRESS = "http://127.0.0.1";

/**
 * Prints every problem, or else the configuration in force: as a configuration file, with where upstreams
 * and aliases lead in comments at its top.
 */
export function check(invocation: Invocation): number {
  const [path] = invocation.args;
  if (path !== undefined && invocation.options.config !== undefined) {
    throw new UsageError(`Name one file: "${path}", or that of --config`);
  }
  try {
    const loaded = loadConfig({
      ...configRequest(invocation),
      ...(path !== undefined && { path }),
    });
    if (invocation.options.json === true) {
      print(JSON.stringify({ valid: true, ...setupOf(loaded) }, null, 2));
      return EXIT.done;
    }
    print(
      [...describeSetup(loaded).map((line) => `// ${line}`.trimEnd()), showConfig(loaded)].join(
        "\n",
      ),
    );
    return EXIT.done;
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown;
    if (invocation.options.json === true) {
      print(
        JSON.stringify(
          {
            valid: false,
            problems: thrown.problems.map(({ place, message }) => ({ place, message })),
          },
          null,
          2,
        ),
      );
    } else {
      notify(thrown.message);
    }
    return EXIT.failed;
  }
}

function providersOf({ config: { upstreams } }: LoadedConfig): readonly Provider[] {
  return createProviders(upstreams, needsFake(upstreams) ? FAKE_ADDRESS : undefined);
}

/** The same for programs. */
function setupOf(loaded: LoadedConfig): JsonObject {
  const { config, configPath = null, environment } = loaded;
  const providers = providersOf(loaded);
  return {
    file: configPath,
    notes: unusedVariables(environment, providers),
    upstreams: providers.map((provider) => ({
      name: provider.name,
      address: provider.name === "fake" ? null : provider.target,
      because: whyOn(provider, loaded),
    })),
    aliases: Object.fromEntries(
      Object.entries(config.routing.aliases).map(([alias, targets]) => [
        alias,
        targets.map(({ name }) => name),
      ]),
    ),
  };
}

function describeSetup(loaded: LoadedConfig): readonly string[] {
  const { config, configPath } = loaded;
  const providers = providersOf(loaded);
  const source = configPath === undefined
    ? `The environment is valid. There is no ${DEFAULT_CONFIG_PATH} in this directory.`
    : `${configPath} with the environment is valid.`;
  const aliases = Object.entries(config.routing.aliases);
  return [
    styled(source, "green"),
    ...unusedVariables(loaded.environment, providers).map((sentence) => styled(sentence, "yellow")),
    "",
    `Upstreams, the default first (${whyDefault(providers, loaded)}):`,
    ...providers.map((provider) => `  ${describeProvider(provider, loaded)}`),
    ...(aliases.length === 0
      ? []
      : ["", "Aliases, their targets in the order in which they are tried:"]),
    ...aliases.map(([alias, targets]) =>
      `  ${alias} -> ${targets.map((target) => describeTarget(target, providers)).join(", then ")}`
    ),
    "",
  ];
}

function describeProvider(provider: Provider, loaded: LoadedConfig): string {
  const target = provider.name === "fake" ? "built in" : provider.target;
  return `${provider.name}: ${target} (${whyOn(provider, loaded)})`;
}

/** Which upstream a target reaches, as far as that is decided without asking any. */
function describeTarget(
  { name, weight }: { readonly name: string; readonly weight: number | undefined },
  providers: readonly Provider[],
): string {
  const share = weight === undefined ? "" : ` (weight ${weight})`;
  const named = providers.find((provider) => name.startsWith(`${provider.name}/`));
  const [first, second] = providers;
  const provider = named ?? (second === undefined ? first : undefined);
  const hint = named === undefined ? nameHint(name, providers) : "";
  if (provider !== undefined) {
    const model = named === undefined ? name : name.slice(named.name.length + 1);
    return `"${model}" of ${provider.name}${share}${hint}`;
  }
  return `"${name}" of the first that lists it, else of ${first?.name}${share}${hint}`;
}

/** Models have slashes in their names too, so that a misspelled upstream is no error. */
function nameHint(target: string, providers: readonly Provider[]): string {
  const [start = "", ...model] = target.split("/");
  const near = model.length === 0
    ? undefined
    : nearestName(start, providers.map(({ name }) => name));
  return near === undefined ? "" : ` (did you mean "${[near, ...model].join("/")}"?)`;
}
