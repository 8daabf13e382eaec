/** Anthropic's API, around its answers. */

import type { Api } from "../api.ts";
import { type RefusalName, refusalOf } from "../errors.ts";

interface MessagesRefusal {
  readonly message: string;
  /** More than the type can say, as Anthropic puts it. */
  readonly errorCode?: string;
}

/** The words of each error; its type is that of its status. */
const REFUSALS: Readonly<Record<RefusalName, MessagesRefusal>> = {
  "400": { message: "prompt is too long: 9000 tokens > 8192 maximum" },
  "401": { message: "invalid x-api-key" },
  "403": { message: "Your account does not have access to this resource" },
  "404": { message: "model: not found" },
  "408": { message: "Request timed out" },
  "413": { message: "Request exceeds the maximum size" },
  "422": { message: "The request was well formed but could not be processed" },
  "429": { message: "This request would exceed your account's rate limit" },
  "quota": {
    message: "You have reached your specified API usage limits",
    errorCode: "enforced_spend_limit_reached",
  },
  "500": { message: "Internal server error" },
  "502": { message: "Bad gateway" },
  "503": { message: "Service temporarily overloaded" },
  "504": { message: "Request timed out" },
  "529": { message: "Overloaded" },
};

const TYPE_BY_STATUS: Readonly<Record<number, string>> = {
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  503: "overloaded_error",
  504: "timeout_error",
  529: "overloaded_error",
};

export const MESSAGES: Api = {
  requestIdHeader: "request-id",
  keepAlive: `event: ping\ndata: {"type":"ping"}\n\n`,
  end: `{"type":"message_stop"}`,
  // All data that is written here has its type first.
  nameOf: (data) => data.slice(`{"type":"`.length, data.indexOf(`"`, `{"type":"`.length)),
  refusalText: (name, requestId) => errorText(refusalOf(name).status, REFUSALS[name], requestId),
  errorText: (error, requestId) => errorText(error.status, error, requestId),
};

function errorText(
  status: number,
  { message, errorCode }: MessagesRefusal,
  requestId: string,
): string {
  const type = TYPE_BY_STATUS[status] ?? (status < 500 ? "invalid_request_error" : "api_error");
  const details = errorCode === undefined ? {} : { details: { error_code: errorCode } };
  return JSON.stringify({
    type: "error",
    error: { type, message, ...details },
    request_id: requestId,
  });
}
