/**
 * Errors in the form of the OpenRouter service: `{error: {code, message, type, details?}}`, where `code`
 * is the HTTP status and `type` one of four words.
 *
 * @module
 */

import { type GatewayError, toldOf } from "../../core/gateway_error.ts";
import type { JsonObject } from "../../core/text/json.ts";

/** Statuses of an upstream that are about the request: it would be refused again as it is. */
const REQUEST_FAULTS: ReadonlySet<number> = new Set([400, 404, 413, 415, 422]);

/**
 * Statuses of an upstream that a client can act on. All others are between Weir and the upstream, such
 * as 401 and 402, which are about Weir's key there: a client would look for the fault in its own.
 */
const KEPT_STATUSES: ReadonlySet<number> = new Set([...REQUEST_FAULTS, 403, 429, 503, 504]);

type ErrorType = "validation" | "rate_limit" | "openrouter" | "internal";

/** The status that a failure is answered with. */
export function statusOf({ kind, status }: GatewayError): number {
  if (kind !== "upstream_error" || KEPT_STATUSES.has(status)) return status;
  return status === 408 ? 504 : 502;
}

/** The error body, also of a WebSocket message. */
export function encodeError(error: GatewayError): JsonObject {
  const { code, param, kind, status, upstreamStatus } = error;
  const message = toldOf(error);
  const isField = kind === "invalid_request" && param !== undefined;
  return {
    error: {
      code: statusOf(error),
      message: isField ? "Validation error" : message,
      type: typeOf(error),
      details: {
        ...(param === undefined ? { code } : { field: param, message }),
        ...(kind === "upstream_error" && { upstream_status: status }),
        ...(upstreamStatus !== undefined && { upstream_status: upstreamStatus }),
      },
    },
  };
}

function typeOf(error: GatewayError): ErrorType {
  const status = statusOf(error);
  if (status === 429) return "rate_limit";
  if (error.kind === "upstream_error" && REQUEST_FAULTS.has(status)) return "validation";
  // Who the upstream is does not change the word: it is the document's for whatever answers.
  if (error.kind.startsWith("upstream_")) return "openrouter";
  return status >= 500 ? "internal" : "validation";
}
