/** Tokens that are sent as `Authorization: Bearer` and renewed. */

import { GatewayError } from "../core/gateway_error.ts";
import type { CredentialMeans, Credentials } from "../core/provider/transport.ts";
import type { JsonObject } from "../core/text/json.ts";
import { type Issue, type Issued, Renewed } from "./renewed.ts";

export function bearerToken(issue: Issue<string>): Credentials {
  const token = new Renewed(issue);
  return {
    authorize: async (request, means, signal) => {
      const value = await token.get(means, signal);
      return {
        request: {
          ...request,
          headers: [...request.headers, ["authorization", `Bearer ${value}`]],
        },
        answered: (status) => status === 401 && token.drop(value, means),
      };
    },
  };
}

/** What OAuth's servers answer. Throws where there is no token in it. */
export function readToken(
  { access_token: token, expires_in: seconds }: JsonObject,
  { clock, keepSecret }: CredentialMeans,
): Issued<string> {
  if (typeof token !== "string" || token === "") {
    throw new GatewayError("upstream_auth_failed", "The issuer answered without an access token");
  }
  keepSecret(token);
  const lifetimeMs = Number(seconds) * 1_000;
  return {
    value: token,
    expiresMs: Number.isFinite(lifetimeMs) ? clock.epochMs() + lifetimeMs : undefined,
  };
}
