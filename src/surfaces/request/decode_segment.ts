/** Decodes a name that a path holds: an id may have slashes, raw or as `%2F`. */

import { GatewayError } from "../../core/gateway_error.ts";

/** Throws `invalid_request` naming `param`. */
export function decodeSegment(encoded: string, param: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw new GatewayError("invalid_request", `The ${param} is not valid percent-encoding`, {
      param,
    });
  }
}
