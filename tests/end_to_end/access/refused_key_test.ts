/** The key that Weir has for an upstream is refused: nobody looks for the fault in the client's own. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { readMetrics } from "../../support/metrics.ts";
import { type Program, startProgram } from "../../support/program.ts";
import { openSocket } from "../../support/socket_client.ts";
import { workingDirectory } from "../../support/working_directory.ts";

const KEY = "sk-weirs-own-key-for-the-provider";

interface RefusingProvider extends AsyncDisposable {
  readonly baseUrl: string;
  readonly requests: number;
}

/** Refuses every key, and repeats some of it as OpenAI does. */
function startRefusing(): RefusingProvider {
  let requests = 0;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    if (request.method === "GET") return Response.json({ object: "list", data: [] });
    requests += 1;
    const message = `Incorrect API key provided: ${request.headers.get("authorization")}`;
    const error = { message, type: "invalid_request_error", param: null, code: "invalid_api_key" };
    return Response.json({ error }, { status: 401, headers: { "retry-after": "1" } });
  });
  return {
    baseUrl: `http://127.0.0.1:${server.addr.port}/v1`,
    get requests() {
      return requests;
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function post(weir: Program, path: string, body: object): Promise<Response> {
  return fetch(weir.url + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

const messages = [{ role: "user", content: "hi" }];

const REQUESTS: readonly (readonly [path: string, body: object])[] = [
  ["/v1/chat/completions", { model: "m", messages }],
  ["/v1/chat/completions", { model: "m", messages, stream: true }],
  ["/v1/completions", { model: "m", prompt: "hi" }],
  ["/v1/embeddings", { model: "m", input: "hi" }],
  ["/v1/moderations", { model: "m", input: "hi" }],
  ["/api/v1/inference", { model: "m", messages }],
  ["/api/v1/inference/stream", { model: "m", messages }],
];

Deno.test("a refused key of Weir's own is 502 on every surface, names its upstream and is not repeated", async () => {
  await using provider = startRefusing();
  const env = { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: provider.baseUrl };
  await using weir = await startProgram({ env });
  for (const [path, body] of REQUESTS) {
    const response = await post(weir, path, body);
    const text = await response.text();
    assertEquals(response.status, 502, path);
    assertEquals(response.headers.get("x-should-retry"), "false", path);
    assertEquals(response.headers.get("www-authenticate"), null, path);
    assertStringIncludes(text, 'The upstream \\"openai\\" does not accept this gateway', path);
    assertStringIncludes(text, "whoever runs this gateway must", path);
    assertStringIncludes(text, "upstream_auth_failed", path);
    assert(!text.includes(KEY), path);
  }
  assertEquals(provider.requests, REQUESTS.length, "each is sent once");
  await using client = await openSocket(weir.url, {});
  client.ask("request", "hi", { model: "m" });
  const { error } = await client.ended("request");
  assertStringIncludes(JSON.stringify(error), "does not accept this gateway's own key");
  for (const words of ['"surface":"openai"', '"surface":"passthrough"']) {
    const [line] = await weir.printed(
      new RegExp(`^.*${words}.*"code":"upstream_auth_failed".*"cause":"Set OPENAI_API_KEY.*$`, "m"),
    );
    assert(!line.includes(KEY), line);
  }
  const { sum } = await readMetrics(weir.url);
  const labels = { upstream: "openai", result: "upstream_auth_failed", status: "401" };
  // That of the socket comes on top.
  assertEquals(sum("weir_upstream_attempts_total", labels), REQUESTS.length + 1);
});

Deno.test("the log names the setting of an upstream by a name of the operator's own", async () => {
  await using provider = startRefusing();
  const file = { upstreams: { compatible: { mine: { baseUrl: provider.baseUrl, apiKey: KEY } } } };
  await using directory = await workingDirectory({ "weir.jsonc": JSON.stringify(file) });
  await using weir = await startProgram({ cwd: directory.path });
  const response = await post(weir, "/v1/chat/completions", { model: "m", messages });
  assertEquals([response.status, (await response.json()).error.code], [
    502,
    "upstream_auth_failed",
  ]);
  await weir.printed(/"cause":"Set UPSTREAM_MINE_API_KEY \(upstreams\.compatible\.mine\.apiKey in/);
});

Deno.test("a client's own wrong key stays 401 about it", async () => {
  await using provider = startRefusing();
  const env = {
    OPENAI_API_KEY: KEY,
    OPENAI_BASE_URL: provider.baseUrl,
    PROXY_API_KEY: "the-client-key",
  };
  await using weir = await startProgram({ env });
  const response = await post(weir, "/v1/chat/completions", { model: "m", messages });
  assertEquals(response.status, 401);
  assertEquals(response.headers.get("www-authenticate"), "Bearer");
  assertEquals((await response.json()).error.code, "missing_api_key");
  assertEquals(provider.requests, 0);
});
