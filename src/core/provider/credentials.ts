/**
 * What is put on a request right before it is sent: credentials that are renewed, computed from the request
 * itself, or chosen anew each time.
 *
 * @module
 */

import type { Clock } from "../clock.ts";
import type { Signal } from "../http/signal.ts";
import type { HeaderReader, ProviderRequest, Transport } from "./transport.ts";

/** What credentials may use of the process. */
export interface CredentialMeans {
  readonly clock: Clock;
  /** Sends requests to those who issue credentials, clouds' metadata services among them. */
  readonly send: Transport;
  /** Reads a small file of text; `~/` at its beginning is the home directory. Rejects where it cannot be read. */
  readonly readFile: (path: string) => Promise<string>;
  /** What was fetched is masked from then on, wherever it should be repeated. */
  readonly keepSecret: (secret: string) => void;
}

export interface AuthorizedRequest {
  readonly request: ProviderRequest;
  /**
   * Told what it was answered with, so that what was refused is not used again. `true` where others may be
   * accepted, so that it is sent once more with them.
   */
  readonly answered?: (status: number, headers: HeaderReader) => boolean;
}

/** Who a provider is asked as. */
export interface Credentials {
  /**
   * Called for every try. Rejects with `GatewayError` `upstream_auth_failed` where there are none to be had,
   * and with the signal's reason where it aborts.
   */
  authorize(
    request: ProviderRequest,
    means: CredentialMeans,
    signal: Signal,
  ): AuthorizedRequest | Promise<AuthorizedRequest>;
}
