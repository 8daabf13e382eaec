/**
 * Errors in Google's form: a status as a number and as a word, a sentence, and details that say what they are.
 *
 * @module
 */

import { type GatewayError, toldOf } from "../../core/gateway_error.ts";
import type { JsonObject } from "../../core/text/json.ts";
import { isOverflow } from "../anthropic_messages/overflow.ts";

const TYPES = "type.googleapis.com/google.rpc";

const WORD_BY_STATUS: ReadonlyMap<number, string> = new Map([
  [400, "INVALID_ARGUMENT"],
  [401, "UNAUTHENTICATED"],
  [402, "RESOURCE_EXHAUSTED"],
  [403, "PERMISSION_DENIED"],
  [404, "NOT_FOUND"],
  [408, "DEADLINE_EXCEEDED"],
  [409, "ABORTED"],
  [429, "RESOURCE_EXHAUSTED"],
  [499, "CANCELLED"],
  [500, "INTERNAL"],
  [501, "UNIMPLEMENTED"],
  [502, "UNAVAILABLE"],
  [503, "UNAVAILABLE"],
  [504, "DEADLINE_EXCEEDED"],
]);

const OVERFLOW = "The input token count exceeds the maximum number of tokens allowed";

/** Codes of a key that is none; Google answers it with 400 and names it so. */
const WRONG_KEYS: ReadonlySet<string> = new Set([
  "invalid_api_key",
  "api_key_disabled",
  "api_key_expired",
]);

/** The error body that Google's clients expect, whole or as the data of a stream's last event. */
export function encodeError(error: GatewayError, requestId: string): JsonObject {
  const code = statusOf(error);
  return {
    error: {
      code,
      message: messageOf(error),
      status: WORD_BY_STATUS.get(code) ?? (code >= 500 ? "INTERNAL" : "INVALID_ARGUMENT"),
      details: detailsOf(error, requestId),
    },
  };
}

/** An overflow is the request's own fault, whatever the provider called it: 5xx would be sent again. */
export function statusOf(error: GatewayError): number {
  return isWrongKey(error) || isOverflow(error) ? 400 : error.status;
}

/** In the words by which clients know that a conversation is to be shortened. */
function messageOf(error: GatewayError): string {
  const message = toldOf(error);
  return !isOverflow(error) || message.includes(OVERFLOW) ? message : `${OVERFLOW}: ${message}`;
}

function detailsOf(error: GatewayError, requestId: string): readonly JsonObject[] {
  const { retryAfterMs, code } = error;
  const reason = isWrongKey(error) ? "API_KEY_INVALID" : code.toUpperCase();
  return [
    { "@type": `${TYPES}.ErrorInfo`, reason, domain: "weir" },
    { "@type": `${TYPES}.RequestInfo`, requestId },
    // Clients read here how long they are to wait, and not in a header.
    ...(retryAfterMs === undefined ? [] : [{
      "@type": `${TYPES}.RetryInfo`,
      retryDelay: `${Math.max(1, Math.ceil(retryAfterMs / 1_000))}s`,
    }]),
  ];
}

/** Of the client's, not of the key that a provider has refused. */
function isWrongKey({ kind, code }: GatewayError): boolean {
  return kind === "unauthenticated" && WRONG_KEYS.has(code);
}
