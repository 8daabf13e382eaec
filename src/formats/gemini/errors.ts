import type { GatewayError } from "../../core/gateway_error.ts";
import type { JsonObject } from "../../core/text/json.ts";

export function encodeError(_error: GatewayError, _requestId: string): JsonObject {
  throw new Error("Not here yet");
}

export function statusOf(error: GatewayError): number {
  return error.status;
}
