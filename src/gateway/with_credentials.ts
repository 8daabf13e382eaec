/** Puts on each request what is known of its credentials only when it is sent. */

import type { Signal } from "../core/http/signal.ts";
import type { CredentialMeans, Credentials } from "../core/provider/transport.ts";
import type { ProviderRequest, ProviderResponse, Transport } from "../core/provider/transport.ts";

export function withCredentials(transport: Transport, means: CredentialMeans): Transport {
  return (request, signal) => {
    const { credentials } = request;
    return credentials === undefined
      ? transport(request, signal)
      : sendAuthorized(request, credentials, { transport, means, signal });
  };
}

interface SendParts {
  readonly transport: Transport;
  readonly means: CredentialMeans;
  readonly signal: Signal;
}

async function sendAuthorized(
  described: ProviderRequest,
  credentials: Credentials,
  { transport, means, signal }: SendParts,
): Promise<ProviderResponse> {
  const first = await credentials.authorize(described, means, signal);
  const response = await transport(first.request, signal);
  const isRefused = first.answered?.(response.status, response.headers) === true;
  const { body } = described;
  // What was read once cannot be sent again.
  if (!isRefused || (body !== undefined && !(body instanceof Uint8Array))) return response;
  response.body.cancel();
  described.onResend?.();
  const second = await credentials.authorize(described, means, signal);
  return await transport(second.request, signal);
}
