/** The refusal of a method that an address does not answer. */

import { GatewayError } from "../core/gateway_error.ts";

/** Throws `method_not_allowed`. */
export function refuseMethod(...allow: readonly string[]): never {
  throw new GatewayError(
    "method_not_allowed",
    `This address answers ${allow.join(", ")} only; send one of those`,
    { allow: [...allow, "OPTIONS"] },
  );
}
