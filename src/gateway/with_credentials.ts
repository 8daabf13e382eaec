/** Puts on each request what is known of its credentials only when it is sent. */

import type { CredentialMeans } from "../core/provider/credentials.ts";
import type { Transport } from "../core/provider/transport.ts";

export function withCredentials(transport: Transport, means: CredentialMeans): Transport {
  return (described, signal) => {
    const { credentials } = described;
    if (credentials === undefined) return transport(described, signal);
    return sendAuthorized();

    async function sendAuthorized(): ReturnType<Transport> {
      const { request, answered } = await credentials!.authorize(described, means, signal);
      const response = await transport(request, signal);
      answered?.(response.status, response.headers);
      return response;
    }
  };
}
