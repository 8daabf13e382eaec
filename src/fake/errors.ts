/** The errors that clients of the real APIs meet, by the tag that asks for them, in OpenAI's words. */

/** An error as OpenAI's JSON body states it. */
export interface ErrorBody {
  readonly message: string;
  readonly type: string;
  readonly param: string | null;
  readonly code: string | null;
}

interface Refusal extends ErrorBody {
  readonly status: number;
  readonly retryAfterSeconds?: number;
}

/** Each is asked for by `[name]`; all but `quota` are named by their status, of whichever API. */
export const REFUSALS = {
  "400": {
    status: 400,
    message: "This model's maximum context length is 8192 tokens. However, your messages " +
      "resulted in 9000 tokens. Please reduce the length of the messages.",
    type: "invalid_request_error",
    param: "messages",
    code: "context_length_exceeded",
  },
  "401": {
    status: 401,
    message: "Incorrect API key provided. You can find your API key in your account settings.",
    type: "invalid_request_error",
    param: null,
    code: "invalid_api_key",
  },
  "403": {
    status: 403,
    message: "Country, region, or territory not supported",
    type: "request_forbidden",
    param: null,
    code: "unsupported_country_region_territory",
  },
  "404": {
    status: 404,
    message: "The model does not exist or you do not have access to it.",
    type: "invalid_request_error",
    param: null,
    code: "model_not_found",
  },
  "408": {
    status: 408,
    message: "Request timed out.",
    type: "invalid_request_error",
    param: null,
    code: "request_timeout",
  },
  "413": {
    status: 413,
    message: "Maximum content size limit exceeded.",
    type: "invalid_request_error",
    param: null,
    code: "request_too_large",
  },
  "422": {
    status: 422,
    message: "The request was well formed but could not be processed.",
    type: "invalid_request_error",
    param: null,
    code: null,
  },
  "429": {
    status: 429,
    message: "Too many requests. Please try again later.",
    type: "rate_limit_error",
    param: null,
    code: "rate_limit_exceeded",
    retryAfterSeconds: 1,
  },
  "quota": {
    status: 429,
    message: "You exceeded your current quota, please check your plan and billing details.",
    type: "insufficient_quota",
    param: null,
    code: "insufficient_quota",
  },
  "500": {
    status: 500,
    message: "The server had an error while processing your request. Sorry about that!",
    type: "server_error",
    param: null,
    code: null,
  },
  "502": {
    status: 502,
    message: "Bad gateway.",
    type: "server_error",
    param: null,
    code: null,
  },
  "503": {
    status: 503,
    message: "The engine is currently overloaded, please try again later.",
    type: "service_unavailable_error",
    param: null,
    code: "server_is_overloaded",
    retryAfterSeconds: 1,
  },
  "504": {
    status: 504,
    message: "The upstream request timed out.",
    type: "server_error",
    param: null,
    code: null,
  },
  // Anthropic's own status, which servers that speak both APIs answer chats with as well.
  "529": {
    status: 529,
    message: "Overloaded",
    type: "overloaded_error",
    param: null,
    code: "overloaded",
  },
} as const satisfies Record<string, Refusal>;

export type RefusalName = keyof typeof REFUSALS;

/** The refusal that `[name]` asks for. */
export function refusalOf(name: RefusalName): Refusal {
  return REFUSALS[name];
}
