/** What a person reads when the gateway has started. */

import { needsKey } from "../../access/authenticate.ts";
import { isLoopback } from "../../access/client_address.ts";
import { NO_RUNTIME_KEYS } from "../../access/keys/runtime_keys.ts";
import type { Provider } from "../../core/provider/provider.ts";
import { VERSION } from "../../core/version.ts";
import type { LoadedConfig } from "../../host/reload/load_config.ts";
import { loud } from "../../host/system/terminal.ts";
import { whyDefault, whyOn } from "../provider_origin.ts";
import { unusedVariables } from "./unused_keys.ts";

/** Lines for the terminal; `url` is where the gateway is reached from this machine. */
export function startBanner(
  loaded: LoadedConfig,
  providers: readonly Provider[],
  url: string,
): string {
  const { config, configPath, environment } = loaded;
  const { host } = config.server;
  const isOpen = !needsKey(config.auth, NO_RUNTIME_KEYS);
  const key = isOpen ? "" : ` -H "Authorization: Bearer $PROXY_API_KEY"`;
  const body = `{"model":"any-model","stream":true,"messages":[{"role":"user","content":"hello"}]}`;
  return [
    `weir ${VERSION} listens on ${url} (${host}): open it in a browser, or set it as a client's base URL`,
    ...(configPath === undefined ? [] : [`  config ${configPath}`]),
    ...providers.map((provider, index) =>
      `  upstream ${provider.name}: ${provider.target} (${whyOn(provider, loaded)}${
        index === 0 ? `; default: ${whyDefault(providers, loaded)}` : ""
      })`
    ),
    ...(config.cassettes.replay === undefined
      ? warnOfFake(providers)
      : [loud(`RECORDED ANSWERS: all come from ${config.cassettes.replay}, and nothing is sent`)]),
    ...unusedVariables(environment, providers),
    "Try it:",
    // Which models a provider has, only the provider knows.
    providers[0]?.isMetered
      ? `  curl ${url}/v1/models${key}`
      : `  curl -N ${url}/v1/chat/completions${key} -H "Content-Type: application/json" -d '${body}'`,
    ...(config.cassettes.replay === undefined ? warnOfOpenPort(isOpen, providers, host) : []),
  ].join("\n");
}

/** Its answers look like a model's. */
function warnOfFake(providers: readonly Provider[]): readonly string[] {
  if (!providers.some(({ name }) => name === "fake")) return [];
  const [first] = providers;
  return [
    loud(
      first?.name === "fake"
        ? "FAKE ANSWERS: the built-in fake LLM answers, and no model does; set a provider's key, such as OPENAI_API_KEY"
        : "FAKE ANSWERS: the built-in fake LLM answers models named fake/...; FAKE=off ends that",
    ),
  ];
}

function warnOfOpenPort(
  isOpen: boolean,
  providers: readonly Provider[],
  host: string,
): readonly string[] {
  const metered = providers.filter((provider) => provider.isMetered);
  if (!isOpen || metered.length === 0 || host === "localhost" || isLoopback(host)) return [];
  const names = metered.map((provider) => provider.name).join(", ");
  return [
    loud(
      `WARNING: anyone who reaches this port spends the key of ${names}; set PROXY_API_KEY, or HOST=127.0.0.1`,
    ),
  ];
}
