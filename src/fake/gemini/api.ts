/** Google's API, around its answers. */

import type { Api } from "../api.ts";
import { type RefusalName, refusalOf } from "../errors.ts";

interface GeminiRefusal {
  readonly message: string;
  /** What is said beyond the status. */
  readonly details?: readonly Readonly<Record<string, unknown>>[];
}

/** The words of each error; its name is that of its status. */
const REFUSALS: Readonly<Record<RefusalName, GeminiRefusal>> = {
  "400": {
    message: "The input token count (9000) exceeds the maximum number of tokens allowed (8192).",
  },
  "401": { message: "Request had invalid authentication credentials." },
  "403": { message: "Your API key does not have permission for this." },
  "404": { message: "The model is not found for API version v1beta." },
  "408": { message: "The request timed out." },
  "413": { message: "Request payload size exceeds the limit." },
  "422": { message: "The request was well formed but could not be processed." },
  "429": {
    message: "Resource has been exhausted (e.g. check quota).",
    details: [{ "@type": "google.rpc.RetryInfo", retryDelay: "1s" }],
  },
  "quota": {
    message: "You exceeded your current quota, please check your plan and billing details.",
    details: [{
      "@type": "google.rpc.QuotaFailure",
      violations: [{ quotaId: "GenerateRequestsPerDayPerProjectPerModel-FreeTier" }],
    }],
  },
  "500": { message: "An internal error has occurred. Please retry." },
  "502": { message: "Bad gateway." },
  "503": { message: "The model is overloaded. Please try again later." },
  "504": { message: "Deadline expired before operation could complete." },
  "529": { message: "The model is overloaded." },
};

const NAME_BY_STATUS: Readonly<Record<number, string>> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  413: "INVALID_ARGUMENT",
  422: "INVALID_ARGUMENT",
  429: "RESOURCE_EXHAUSTED",
  503: "UNAVAILABLE",
  504: "DEADLINE_EXCEEDED",
  529: "UNAVAILABLE",
};

/** Streams of events, whose lines end as Google's do. What ends one is its last event. */
export const GEMINI: Api = {
  requestIdHeader: "x-request-id",
  keepAlive: ": waiting\r\n\r\n",
  end: "{}",
  nameOf: () => undefined,
  frame: (data) => `data: ${data}\r\n\r\n`,
  refusalText: (name) => errorText(refusalOf(name).status, REFUSALS[name]),
  errorText: ({ status, message }) => errorText(status, { message }),
};

/** Without `alt=sse` a stream is one list. */
export const GEMINI_LIST: Api = {
  ...GEMINI,
  keepAlive: "",
  streamType: "application/json; charset=UTF-8",
  frame: (data, index) => `${index === 0 ? "[" : "\n,"}${data}`,
  closing: "\n]",
};

function errorText(status: number, { message, details }: GeminiRefusal): string {
  const name = NAME_BY_STATUS[status] ?? (status < 500 ? "FAILED_PRECONDITION" : "INTERNAL");
  return JSON.stringify({ error: { code: status, message, status: name, details } });
}
