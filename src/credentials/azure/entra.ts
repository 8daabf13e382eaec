/**
 * Tokens of Microsoft Entra for an application with a secret.
 *
 * @see {@link https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow}
 * @module
 */

import type { Credentials } from "../../core/provider/transport.ts";
import { askIssuerForJson } from "../ask_issuer.ts";
import { bearerToken, readToken } from "../bearer_token.ts";

export interface EntraApplication {
  readonly authority: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope: string;
}

export function entraToken(
  { authority, tenantId, clientId, clientSecret, scope }: EntraApplication,
): Credentials {
  const base = authority.replace(/\/+$/, "");
  return bearerToken(async (means, signal) =>
    readToken(
      await askIssuerForJson(
        {
          method: "POST",
          url: `${base}/${encodeURIComponent(tenantId)}/oauth2/v2.0/token`,
          form: {
            grant_type: "client_credentials",
            client_id: clientId,
            client_secret: clientSecret,
            scope,
          },
        },
        means,
        signal,
      ),
      means,
    )
  );
}
