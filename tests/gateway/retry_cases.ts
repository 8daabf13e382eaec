/** What is tried again, and when: the rows of the table. */

import { GatewayError } from "../../src/core/gateway_error.ts";

export const NOW_MS = Date.UTC(2026, 10, 21, 12, 0, 0);
export const OK = {
  body: JSON.stringify({
    id: "c",
    object: "chat.completion",
    created: 1,
    model: "m",
    choices: [{ index: 0, message: { role: "assistant", content: "ok" }, finish_reason: "stop" }],
  }),
};

/** One try's answer over HTTP. */
export interface HttpAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array<ArrayBuffer>;
  /** The body breaks off after it. */
  readonly breaks?: boolean;
}

/** One try's answer, an error of the transport, or none. */
export type Answer = HttpAnswer | GatewayError | "silence";

export interface Row {
  readonly title: string;
  readonly answers: readonly Answer[];
  readonly stream?: boolean;
  readonly idempotent?: boolean;
  /** Waits in milliseconds; with the jitter at its middle, backoff is 500, 1000, 2000, ... */
  readonly waits: readonly number[];
  /** Status of the reply, and `x-should-retry` where it is sent. */
  readonly reply: string;
}

export const error = (
  status: number,
  code: string,
  headers: Record<string, string> = {},
): HttpAnswer => ({
  status,
  headers,
  body: JSON.stringify({ error: { message: "No", type: "server_error", param: null, code } }),
});
export const limited = (headers: Record<string, string> = {}): HttpAnswer =>
  error(429, "rate_limit_exceeded", headers);
export const refused = new GatewayError("upstream_unreachable", "Refused");
export const closed = new GatewayError("upstream_truncated", "Closed before the headers");
export const silent = new GatewayError("upstream_timeout", "No headers");
export const sse = (...payloads: string[]): HttpAnswer => ({
  headers: { "content-type": "text/event-stream" },
  body: payloads.map((payload) => `data: ${payload}\n\n`).join(""),
});
export const delta =
  `{"id":"c","choices":[{"index":0,"delta":{"content":"a"},"finish_reason":null}]}`;
const finish = `{"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`;
export const okStream = sse(delta, finish, "[DONE]");
const BACKOFF = [500, 1000, 2000, 4000, 8000];

export const ROWS: readonly Row[] = [
  { title: "200", answers: [OK], waits: [], reply: "200" },
  { title: "connection refused, then 200", answers: [refused, OK], waits: [150], reply: "200" },
  { title: "connection refused for ever", answers: [refused], waits: [150], reply: "502" },
  {
    title: "connection refused, 503, connection refused",
    answers: [refused, error(503, "no"), refused],
    waits: [150, 1000],
    reply: "502",
  },
  {
    title: "all connections in use for ever",
    answers: [new GatewayError("upstream_unreachable", "In use", { shouldRetry: true })],
    waits: BACKOFF,
    reply: "502 false",
  },
  {
    title: "an address that must not be called",
    answers: [new GatewayError("upstream_unreachable", "Private", { shouldRetry: false }), OK],
    waits: [],
    reply: "502 false",
  },
  { title: "closed after sending (T17)", answers: [closed, OK], waits: [], reply: "502" },
  {
    title: "closed after sending, Idempotency-Key",
    answers: [closed, OK],
    idempotent: true,
    waits: [500],
    reply: "200",
  },
  { title: "no headers in time (T17)", answers: [silent, OK], waits: [], reply: "504" },
  ...[400, 401, 403, 404, 413, 422, 501].map((status) => ({
    title: String(status),
    answers: [error(status, "no"), OK],
    waits: [],
    reply: String(status),
  })),
  ...[408, 425, 429, 500, 502, 503, 504, 524, 529].map((status) => ({
    title: `${status}, then 200`,
    answers: [error(status, "no"), OK],
    waits: [500],
    reply: "200",
  })),
  { title: "409", answers: [error(409, "conflict"), OK], waits: [], reply: "409" },
  {
    title: "409, Idempotency-Key",
    answers: [error(409, "conflict"), OK],
    idempotent: true,
    waits: [500],
    reply: "200",
  },
  { title: "500 for ever", answers: [error(500, "no")], waits: BACKOFF, reply: "500 false" },
  { title: "402", answers: [error(402, "no"), OK], waits: [], reply: "402 false" },
  ...[
    "insufficient_quota",
    "credit_balance_exhausted",
    "organization_spend_limit_exceeded",
    "project_spend_limit_exceeded",
    "organization_usage_limit_exceeded",
  ].map((code) => ({
    title: `429 ${code}`,
    answers: [error(429, code, { "retry-after": "1" }), OK],
    waits: [],
    reply: "429 false",
  })),
  {
    title: "429, x-should-retry: false",
    answers: [limited({ "x-should-retry": "false" }), OK],
    waits: [],
    reply: "429 false",
  },
  {
    title: "400, x-should-retry: true",
    answers: [error(400, "no", { "x-should-retry": "true" }), OK],
    waits: [500],
    reply: "200",
  },
  ...([
    ["retry-after: 3", { "retry-after": "3" }, 3000],
    ["retry-after: 0.25", { "retry-after": "0.25" }, 250],
    ["retry-after: 0", { "retry-after": "0" }, 500],
    ["retry-after-ms: 120", { "retry-after-ms": "120", "retry-after": "9" }, 120],
    [
      "retry-after: a date in 20 s",
      { "retry-after": new Date(NOW_MS + 20_000).toUTCString() },
      20_000,
    ],
    [
      "retry-after: a date gone by",
      { "retry-after": new Date(NOW_MS - 20_000).toUTCString() },
      500,
    ],
    ["retry-after: soon", { "retry-after": "soon" }, 500],
    ["retry-after: -5", { "retry-after": "-5" }, 500],
  ] as const).map(([title, headers, waitMs]) => ({
    title: `429, ${title} (T41)`,
    answers: [limited(headers), OK],
    waits: [waitMs],
    reply: "200",
  })),
  // Beyond the budget of a call the upstream's own error is passed on, Retry-After and all (T40).
  {
    title: "429, retry-after: 3600",
    answers: [limited({ "retry-after": "3600" }), OK],
    waits: [],
    reply: "429 after 3600",
  },
  {
    title: "429, retry-after: 25, for ever",
    answers: [limited({ "retry-after": "25" })],
    waits: [25_000, 25_000],
    reply: "429 after 25",
  },
  {
    title: "stream: 503, then 200",
    stream: true,
    answers: [error(503, "no"), okStream],
    waits: [500],
    reply: "200",
  },
  {
    title: "stream: empty 200, then 200 (T13)",
    stream: true,
    answers: [sse(), okStream],
    waits: [500],
    reply: "200",
  },
  {
    title: "stream: error event first, then 200 (T12)",
    stream: true,
    answers: [sse(`{"error":{"message":"Busy","code":503}}`), okStream],
    waits: [500],
    reply: "200",
  },
  {
    title: "stream: error event after content (T16)",
    stream: true,
    answers: [sse(delta, `{"error":{"message":"Busy","code":503}}`), okStream],
    waits: [],
    reply: "200",
  },
  {
    title: "stream: cut before content (T17)",
    stream: true,
    answers: [{ ...sse(), breaks: true }, okStream],
    waits: [],
    reply: "502",
  },
  {
    title: "stream: cut after content (T16)",
    stream: true,
    answers: [{ ...sse(delta), breaks: true }, okStream],
    waits: [],
    reply: "200",
  },
  {
    title: "JSON: error body with 200 (T12)",
    answers: [{ body: `{"error":{"message":"Busy","code":503}}` }, OK],
    waits: [500],
    reply: "200",
  },
  ...([
    ["a long prompt", 500, "maximum context length is 8192 tokens", "500 false"],
    ["a single request above the limit", 429, "Request too large", "429 false"],
    ["no money", 429, "Insufficient balance", "429 false"],
    ["no money, with 500", 500, "insufficient balance", "500 false"],
  ] as const).map(([title, status, message, reply]) => ({
    title: `${status}, whose words say: ${title}`,
    answers: [{ status, body: JSON.stringify({ error: { message } }) }, OK],
    waits: [],
    reply,
  })),
  ...([
    [
      "no money",
      `{"base_resp":{"status_code":1008,"status_msg":"insufficient balance"}}`,
      "402 false",
    ],
    ["a wrong parameter", `{"code":"InvalidParameter","message":"No"}`, "400"],
    ["a mere sentence, which may be paid for", `{"message":"It did not work"}`, "502"],
    [
      "a failure after counted output",
      `{"error":{"message":"No","code":502},"usage":{"prompt_tokens":1,"completion_tokens":9}}`,
      "502",
    ],
  ] as const).flatMap(([title, body, reply]) => [
    { title: `JSON 200: ${title}`, answers: [{ body }, OK], waits: [], reply },
    ...(body.startsWith(`{"message"`) ? [] : [{
      title: `stream: ${title}`,
      stream: true,
      answers: [sse(body), okStream],
      waits: [],
      reply,
    }]),
  ]),
  {
    title: "stream: nothing but counted output",
    stream: true,
    answers: [
      sse(`{"id":"c","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":9}}`),
      okStream,
    ],
    waits: [],
    reply: "502",
  },
  { title: "JSON: empty 200", answers: [{ body: "" }, OK], waits: [500], reply: "200" },
  { title: "JSON: broken", answers: [{ body: "{" }, OK], waits: [], reply: "502" },
];
