/**
 * A transport with what it keeps between calls.
 *
 * @module
 */

import type { Transport } from "../core/transport.ts";

/** Sends requests over connections of its own. */
export interface TransportClient {
  readonly send: Transport;
  /** Closes the connections that carry no request; those in use end with their answer. */
  close(): void;
}
