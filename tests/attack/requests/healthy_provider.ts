/** A provider that answers whatever it is asked, and remembers what it should not have been sent. */

import { SECRETS } from "../judge.ts";

const USAGE = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
const NAMES = { id: "c", created: 1, model: "m" };
const choice = (more: object): object[] => [{ index: 0, finish_reason: "stop", ...more }];

const COMPLETION = JSON.stringify({
  ...NAMES,
  object: "chat.completion",
  choices: choice({ message: { role: "assistant", content: "ok" }, text: "ok" }),
  usage: USAGE,
});
const STREAM = [
  { choices: choice({ delta: { role: "assistant", content: "ok" }, finish_reason: null }) },
  { choices: choice({ delta: {} }), usage: USAGE },
].map((chunk) =>
  `data: ${JSON.stringify({ ...NAMES, object: "chat.completion.chunk", ...chunk })}\n\n`
).join("") + "data: [DONE]\n\n";
const EMBEDDINGS = JSON.stringify({
  object: "list",
  model: "m",
  data: [{ object: "embedding", index: 0, embedding: [0.5, 0.25] }],
  usage: USAGE,
});
const RESPONSE = JSON.stringify({
  id: "resp_c",
  object: "response",
  created_at: 1,
  status: "completed",
  model: "m",
  output: [{
    id: "msg_c",
    type: "message",
    role: "assistant",
    status: "completed",
    content: [{ type: "output_text", text: "ok", annotations: [] }],
  }],
  usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 },
});
const MODELS = JSON.stringify({ object: "list", data: [{ id: "m", object: "model" }] });

/** What may cross of a client's headers or is of Weir's own making; the framing is by the way. */
const EXPECTED_HEADERS = new RegExp(
  "^(accept|accept-encoding|accept-language|anthropic-version|authorization|content-length|content-type|host|" +
    "idempotency-key|if-none-match|openai-beta|openai-organization|range|transfer-encoding|" +
    "user-agent|via|x-api-key|x-client-request-id|x-request-id|x-stainless-[a-z-]+|traceparent|tracestate)$",
);

export interface HealthyProvider extends AsyncDisposable {
  readonly baseUrl: string;
  /** What was wrong with requests, in words. */
  readonly problems: readonly string[];
}

export function startHealthyProvider(): HealthyProvider {
  const problems: string[] = [];
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: () => {},
    onError: () => new Response(null, { status: 500 }), // A body that breaks off.
  }, async (request) => {
    const path = request.url.slice(request.url.indexOf("/", "http://".length));
    if (!path.startsWith("/v1/")) problems.push(`It was asked for ${path}`);
    for (const [name, value] of request.headers) {
      if (!EXPECTED_HEADERS.test(name)) problems.push(`It was sent ${name} for ${path}`);
      if (value.includes(SECRETS.client)) problems.push(`It was sent the client's key in ${name}`);
    }
    const key = request.headers.get("authorization") ?? request.headers.get("x-api-key");
    if (key?.replace("Bearer ", "") !== SECRETS.upstream) {
      problems.push(`It was not sent its key for ${path}`);
    }
    const body = await request.text();
    if (path.startsWith("/v1/embeddings")) return json(EMBEDDINGS);
    if (request.method === "GET") return json(MODELS);
    if (path.startsWith("/v1/messages/count_tokens")) return json(`{"input_tokens":1}`);
    if (path.startsWith("/v1/responses")) return json(RESPONSE);
    if (JSON.parse(body || "{}").stream !== true) return json(COMPLETION);
    return new Response(STREAM, { headers: { "content-type": "text/event-stream" } });
  });
  return {
    baseUrl: `http://127.0.0.1:${server.addr.port}/v1`,
    problems,
    [Symbol.asyncDispose]: async () => await server.shutdown(),
  };
}

function json(body: string): Response {
  return new Response(body, { headers: { "content-type": "application/json" } });
}
