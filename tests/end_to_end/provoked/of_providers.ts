/** Providers that cannot be reached, refuse, or answer what is no answer. */

import type { ProvokedError } from "./provoked_error.ts";

/** A provider, by how it behaves. */
export interface OddProvider extends ProvokedError {
  /** Its name in the configuration. */
  readonly name: string;
  /** Its address, where it is not the stand-in's. */
  readonly baseUrl?: string;
  /** Further variables of it, by what follows `UPSTREAM_<NAME>_`. */
  readonly env?: Readonly<Record<string, string>>;
  /** What it answers. */
  readonly answer?: (request: Request) => Response | Promise<Response>;
}

const JSON_TYPE = { "content-type": "application/json" };
const EVENTS = { "content-type": "text/event-stream" };
const STREAMED = { stream: true };

function failing(status: number, message: string, code: string | null = null) {
  return () =>
    new Response(JSON.stringify({ error: { message, type: "invalid_request_error", code } }), {
      status,
      headers: JSON_TYPE,
    });
}

/** Ends with the test. */
function silence(first = ""): Response {
  return new Response(
    new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode(first)),
    }),
    { headers: EVENTS },
  );
}

const CHUNK = (delta: unknown, finish: string | null = null): string =>
  `data: ${
    JSON.stringify({
      id: "c",
      object: "chat.completion.chunk",
      created: 1,
      model: "m",
      choices: [{ index: 0, delta, finish_reason: finish }],
    })
  }\n\n`;

/** Refuse, in words of their own. */
const REFUSING: readonly OddProvider[] = [
  {
    name: "badkey",
    title: "The provider does not accept Weir's key (401)",
    actor: "operator",
    answer: failing(401, "Incorrect API key provided: sk-abc", "invalid_api_key"),
    env: { API_KEY: "sk-planted-wrong" },
    status: 502,
    code: "upstream_auth_failed",
  },
  {
    name: "otherkey",
    title: "Weir's key for the provider is another provider's",
    actor: "operator",
    answer: failing(401, "invalid x-api-key", "authentication_error"),
    env: { API_KEY: "sk-ant-planted-other" },
    status: 502,
    code: "upstream_auth_failed",
  },
  {
    name: "unpaid",
    title: "The account at the provider has no credit (402)",
    actor: "operator",
    answer: failing(402, "Insufficient balance: add credit to go on", "insufficient_balance"),
    status: 402,
    code: "insufficient_balance",
  },
  {
    name: "nomodel",
    title: "The provider does not know the model",
    actor: "caller",
    answer: failing(
      404,
      "The model `m` does not exist: choose one of the list",
      "model_not_found",
    ),
    status: 404,
    code: "model_not_found",
  },
  {
    name: "toolong",
    title: "The prompt is longer than the model's window",
    actor: "caller",
    answer: failing(
      400,
      "This model's maximum context length is 8 tokens: shorten the messages",
      "context_length_exceeded",
    ),
    status: 400,
    code: "context_length_exceeded",
  },
  {
    name: "limited",
    title: "The provider's own limit is reached",
    actor: "caller",
    answer: failing(429, "Rate limit reached: try again in 20 s", "rate_limit_exceeded"),
    status: 429,
    code: "rate_limit_exceeded",
  },
  {
    name: "broken",
    title: "The provider fails",
    actor: "provider",
    answer: failing(500, "The server had an error: try again", "server_error"),
    status: 500,
    code: "server_error",
  },
];

/** Answer what is no answer. */
const STRANGE: readonly OddProvider[] = [
  {
    name: "page",
    title: "The provider's error is a web page",
    actor: "operator",
    answer: () =>
      new Response("<html>Bad gateway</html>", {
        status: 502,
        headers: { "content-type": "text/html" },
      }),
    status: 502,
    code: "upstream_error",
  },
  {
    name: "website",
    title: "The address is a website's",
    actor: "operator",
    answer: () =>
      new Response("<!doctype html><p>Welcome", { headers: { "content-type": "text/html" } }),
    status: 502,
    code: "upstream_invalid_response",
  },
  {
    name: "moved",
    title: "The address redirects elsewhere",
    actor: "operator",
    answer: () => new Response(null, { status: 302, headers: { location: "http://127.0.0.1:1/" } }),
    status: 502,
    code: "upstream_invalid_response",
  },
  {
    name: "nojson",
    title: "The answer is no JSON",
    actor: "provider",
    answer: () => new Response('{"id":', { headers: JSON_TYPE }),
    status: 502,
    code: "upstream_invalid_response",
  },
  {
    name: "huge",
    title: "The answer is larger than `MAX_RESPONSE_BYTES`",
    actor: "operator",
    answer: () => new Response(`"${"a".repeat(100_000)}"`, { headers: JSON_TYPE }),
    status: 502,
    code: "response_too_large",
  },
  {
    name: "empty",
    title: "The stream ends without any content",
    actor: "provider",
    fields: STREAMED,
    answer: () => new Response("data: [DONE]\n\n", { headers: EVENTS }),
    status: 502,
    code: "empty_response",
  },
  {
    name: "inside",
    title: "Status 200, and the first event is an error that says overloaded",
    actor: "provider",
    fields: STREAMED,
    answer: () =>
      new Response(
        'data: {"error":{"message":"Overloaded: try again later","code":"overloaded"}}\n\n',
        { headers: EVENTS },
      ),
    status: 503,
    code: "overloaded",
  },
];

/** Take too long, or say too much. */
const SLOW: readonly OddProvider[] = [
  {
    name: "mute",
    title: "The provider does not answer within `FIRST_BYTE_TIMEOUT_MS`",
    actor: "caller",
    env: { HEADERS_TIMEOUT_MS: "50" },
    answer: ({ signal }) =>
      new Promise((resolve) => {
        signal.addEventListener("abort", () => resolve(new Response(null)));
      }),
    status: 504,
    code: "upstream_timeout",
  },
  {
    name: "thinking",
    title: "The stream has no content within `FIRST_CONTENT_TIMEOUT_MS`",
    actor: "caller",
    fields: STREAMED,
    env: { FIRST_CONTENT_TIMEOUT_MS: "50" },
    answer: () => silence(CHUNK({ role: "assistant" })),
    status: 504,
    code: "first_content_timeout",
  },
  {
    name: "stalled",
    title: "A whole answer stalls for `IDLE_TIMEOUT_MS`",
    actor: "caller",
    env: { IDLE_TIMEOUT_MS: "50" },
    answer: () => silence('{"id":'),
    status: 504,
    code: "idle_timeout",
  },
  {
    name: "event",
    title: "An event is larger than `MAX_EVENT_BYTES`",
    actor: "operator",
    fields: STREAMED,
    path: "/v1/messages",
    headers: { "anthropic-version": "2023-06-01" },
    answer: () => new Response(CHUNK({ content: "a".repeat(70_000) }), { headers: EVENTS }),
    status: 502,
    code: "api_error",
  },
];

/** @param addresses Of servers that are none, or speak otherwise. */
export function oddProviders(addresses: {
  readonly closed: string;
  readonly untrusted: string;
  readonly plain: string;
}): readonly OddProvider[] {
  const unreachable = { actor: "operator", status: 502, code: "upstream_unreachable" } as const;
  return [
    {
      name: "refused",
      title: "Nothing listens at the provider's address",
      baseUrl: addresses.closed,
      ...unreachable,
    },
    {
      name: "nohost",
      title: "The provider's name is not in DNS",
      baseUrl: "http://-.invalid/v1",
      ...unreachable,
    },
    {
      name: "untrusted",
      title: "Nobody known has issued the provider's certificate",
      baseUrl: addresses.untrusted,
      ...unreachable,
    },
    {
      name: "plain",
      title: "The provider is asked by HTTPS and speaks HTTP",
      baseUrl: addresses.plain,
      ...unreachable,
    },
    ...REFUSING,
    ...STRANGE,
    ...SLOW,
  ];
}
