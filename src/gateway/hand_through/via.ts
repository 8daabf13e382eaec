/**
 * The `Via` header, by which every Weir on a request's way is known, and loops with it (T58).
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#name-via}
 * @module
 */

import { GatewayError } from "../../core/gateway_error.ts";
import type { HeaderList, HeaderReader } from "../../core/provider/transport.ts";

/** Signs a request that goes upstream, after the names of those it has passed already. */
export function viaHeader(pseudonym: string): HeaderList[number] {
  return ["via", `1.1 ${pseudonym}`];
}

/** Throws `loop_detected` for a request that has passed this Weir before. */
export function refuseLoop(headers: HeaderReader, pseudonym: string): void {
  const via = headers.get("via");
  if (via === null || !via.split(/[\s,]+/).includes(pseudonym)) return;
  throw new GatewayError(
    "invalid_request",
    "The request has come here before: an upstream's address leads back to this gateway",
    { status: 508, code: "loop_detected", shouldRetry: false },
  );
}
