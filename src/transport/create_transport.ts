/**
 * Chooses the transport that the options name.
 *
 * @module
 */

import type { Clock } from "../core/clock.ts";
import { createFetchTransport } from "./fetch_transport.ts";
import { createHttp1Transport } from "./http1_transport.ts";
import type { TransportClient } from "./transport_client.ts";
import type { TransportOptions } from "./transport_options.ts";

/** Makes the transport that `options.client` names. */
export function createTransport(options: TransportOptions, clock: Clock): TransportClient {
  switch (options.client) {
    case "http1":
      return createHttp1Transport(options, clock);
    case "fetch":
      return createFetchTransport(options, clock);
  }
}
