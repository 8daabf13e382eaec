/** How a response is said to be unknown, in the words that clients of the API know. */

import { GatewayError } from "../../../core/gateway_error.ts";

const MAX_SHOWN_CHARACTERS = 100;

/** Of one that is asked for by its path. */
export function responseNotFound(id: string): GatewayError {
  return new GatewayError("not_found", `Response with id '${shown(id)}' not found.`, {
    code: "response_not_found",
    param: "response_id",
  });
}

/** Of one that a request refers to. Clients send the whole conversation at that code. */
export function previousNotFound(id: string, isKeeping: boolean): GatewayError {
  const advice = isKeeping
    ? "send the whole conversation as input"
    : "this gateway keeps none (RESPONSES_STORE is off), so send the whole conversation as input";
  return new GatewayError(
    "invalid_request",
    `Previous response with id '${shown(id)}' not found; ${advice}`,
    { code: "previous_response_not_found", param: "previous_response_id" },
  );
}

/** Of an item that a request refers to. */
export function itemNotFound(id: string, index: number): GatewayError {
  return new GatewayError(
    "invalid_request",
    `Item with id '${shown(id)}' not found; send the item itself`,
    { code: "item_not_found", param: `input[${index}]` },
  );
}

export function shown(id: string): string {
  return id.slice(0, MAX_SHOWN_CHARACTERS);
}
