/** Errors of the service, where no header and no status can say more. */

import { type GatewayError, toldOf } from "../../core/gateway_error.ts";
import { isJsonObject, type JsonObject } from "../../core/text/json.ts";
import { encodeError as encodeServiceError } from "../openrouter_service/errors.ts";

/** `{error}` as the service answers it, with the sentence itself as its message. */
export function encodeError(failure: GatewayError): JsonObject {
  const { error } = encodeServiceError(failure);
  if (!isJsonObject(error)) throw new Error("The service's errors are objects");
  const { details } = error;
  const { retryAfterMs } = failure;
  return {
    error: {
      ...error,
      message: toldOf(failure),
      details: {
        ...(isJsonObject(details) && details),
        ...(retryAfterMs !== undefined && { retry_after_ms: Math.ceil(retryAfterMs) }),
      },
    },
  };
}
