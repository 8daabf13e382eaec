/** What a person reads when the gateway has started. */

import { unreadVariables } from "../config/problems/unread_variables.ts";
import type { Provider } from "../core/provider/provider.ts";
import { VERSION } from "../core/version.ts";
import type { LoadedConfig } from "../host/reload/load_config.ts";
import { whyDefault, whyOn } from "./provider_origin.ts";

/** Lines for the terminal; `url` is where the gateway is reached from this machine. */
export function startBanner(
  loaded: LoadedConfig,
  providers: readonly Provider[],
  url: string,
): string {
  const { config, configPath } = loaded;
  const { host } = config.server;
  const { apiKey, keys } = config.auth;
  const isOpen = apiKey === undefined && keys.length === 0;
  const key = isOpen ? "" : ` -H "Authorization: Bearer $PROXY_API_KEY"`;
  const body = `{"model":"any-model","stream":true,"messages":[{"role":"user","content":"hello"}]}`;
  const metered = providers.filter((provider) => provider.isMetered);
  return [
    `weir ${VERSION} listens on ${url} (${host})`,
    ...(configPath === undefined ? [] : [`  config ${configPath}`]),
    ...providers.map((provider, index) =>
      `  upstream ${provider.name}: ${provider.target} (${whyOn(provider, loaded)}${
        index === 0 ? `; default: ${whyDefault(providers, loaded)}` : ""
      })`
    ),
    ...unreadVariables(loaded.environment),
    "Try it:",
    // Which models a provider has, only the provider knows.
    providers[0]?.isMetered
      ? `  curl ${url}/v1/models${key}`
      : `  curl -N ${url}/v1/chat/completions${key} -H "Content-Type: application/json" -d '${body}'`,
    ...(isOpen && metered.length > 0 && !isLoopback(host)
      ? [
        `WARNING: anyone who reaches this port spends the key of ${
          metered.map((provider) => provider.name).join(", ")
        }; set PROXY_API_KEY, or HOST=127.0.0.1`,
      ]
      : []),
  ].join("\n");
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}
