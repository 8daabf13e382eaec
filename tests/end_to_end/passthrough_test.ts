/** What Weir does not interpret reaches the default upstream as it is (seed of the Venice proxy). */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { startEcho, startWeir } from "../support/forwarding.ts";
import { startProgram } from "../support/program.ts";
import { startRecordingProxy } from "../support/recording_proxy.ts";
import { startVenice, VENICE_KEY } from "../support/providers/venice.ts";
import { endedWith, together } from "../support/together.ts";

const test = together("what is forwarded to the only upstream", async () => {
  const provider = startEcho();
  return endedWith({ provider, weir: await startWeir(provider.origin) });
});

test("every method, path and query reaches the upstream below the prefix as it is", async ({ weir, provider }) => {
  for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"]) {
    const target = "/things/a%2Fb/c%20d;e=1?x=%2F..%2f&y=a+b&&z=%C3%A4&z=~!*()";
    const hasBody = ["POST", "PUT", "PATCH", "DELETE"].includes(method);
    const response = await fetch(`${weir.url}/api/v1${target}`, {
      method,
      ...(hasBody && { body: `a body for ${method}`, headers: { "content-type": "text/x-own" } }),
    });
    assertEquals(response.status, 200);
    assertEquals(await response.text() === "", method === "HEAD");
    const seen = provider.requests.at(-1);
    assertEquals([seen?.method, seen?.target], [method, `/v1${target}`]);
    assertEquals(seen?.body, hasBody ? `a body for ${method}` : "");
    if (hasBody) assertEquals(seen?.headers["content-type"], "text/x-own");
  }
});

test("a request without a body is forwarded without one", async ({ weir, provider }) => {
  for (const method of ["POST", "DELETE", "OPTIONS"]) {
    await (await fetch(`${weir.url}/api/v1/batches/1/cancel`, { method })).body?.cancel();
    const headers = provider.requests.at(-1)?.headers;
    assertEquals([method, headers?.["transfer-encoding"]], [method, undefined]);
    assertEquals(headers?.["content-length"], method === "POST" ? "0" : undefined);
  }
});

test("OpenAI's endpoints that are not interpreted are forwarded below every base", async ({ weir }) => {
  for (
    const path of [
      "/moderations",
      "/images/generations",
      "/audio/speech",
      "/audio/transcriptions",
      "/files",
      "/files/file-1/content",
      "/uploads/u/parts",
      "/batches",
      "/conversations/c_1",
      "/fine_tuning/jobs",
      "/vector_stores/v/files",
      "/assistants",
      "/threads/t/runs",
    ]
  ) {
    for (const base of ["", "/v1", "/openai/v1", "/v1/v1", "/api/v1"]) {
      const response = await fetch(`${weir.url}${base}${path}`, { method: "POST", body: "x" });
      assertEquals([base, path, response.status], [base, path, 200]);
      assertEquals((await response.json()).target, `/v1${path}`);
    }
  }
  for (const path of ["/v1/unknown", "/filesystem", "/v1/models/x/y", "/"]) {
    const response = await fetch(`${weir.url}${path}`, { method: "POST", body: "x" });
    await response.body?.cancel();
    assert([404, 405].includes(response.status), `${path} is ${response.status}`);
  }
});

Deno.test("only the headers that concern the request cross, with Weir's own key and name", async () => {
  await using provider = startEcho();
  await using weir = await startWeir(provider.origin, { PROXY_API_KEY: "weir-key" });
  const kept = {
    "accept": "application/x-own",
    "accept-language": "de",
    "content-type": "text/x-own",
    "idempotency-key": "i-1",
    "if-none-match": '"e"',
    "openai-beta": "assistants=v2",
    "range": "bytes=0-9",
    "x-client-request-id": "c-1",
  };
  const response = await fetch(`${weir.url}/api/v1/files`, {
    method: "POST",
    body: "x",
    headers: {
      ...kept,
      "authorization": "Bearer weir-key",
      "accept-encoding": "zstd",
      "api-key": "weir-key",
      "cookie": "session=1",
      "forwarded": "for=1.2.3.4",
      "openai-organization": "org-mine",
      "origin": "https://page.example",
      "referer": "https://page.example/",
      "via": "1.0 first",
      "x-api-key": "weir-key",
      "x-forwarded-for": "1.2.3.4",
      "x-stainless-lang": "js",
    },
  });
  const { headers } = await response.json();
  const { via, "x-request-id": requestId, host: _host, ...rest } = headers;
  assertMatch(via, /^1\.0 first, 1\.1 weir-[\w-]+$/);
  assertEquals(requestId, response.headers.get("x-request-id"));
  assertEquals(rest, {
    ...kept,
    "accept-encoding": "identity",
    "authorization": "Bearer sk-upstream",
    "content-length": "1",
    "user-agent": rest["user-agent"],
  });
});

Deno.test("a body larger than MAX_BODY_BYTES is refused, whether it says so or not", async () => {
  await using provider = startEcho();
  await using weir = await startWeir(provider.origin, { MAX_BODY_BYTES: "100000" });
  // Four pieces and no end: what is sent after the answer would be met by a closed connection.
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (let piece = 0; piece < 4; piece++) controller.enqueue(new Uint8Array(30_000));
    },
  });
  const send = async (body: BodyInit) => {
    const response = await fetch(`${weir.url}/v1/files`, { method: "POST", body });
    return [response.status, (await response.json()).error.code];
  };
  assertEquals(await send(new Uint8Array(100_001)), [413, "body_too_large"]);
  // Deno 2.4 closes a connection whose body is given up before it has sent the answer.
  const answer = await send(stream).catch(() => "closed");
  if (answer !== "closed") assertEquals(answer, [413, "body_too_large"]);
  await weir.printed(/("status":413,"outcome":"refused","code":"body_too_large"[^]*){2}/);
  assertEquals(provider.requests.length, 0, "No request came to its end");
  const fits = await fetch(`${weir.url}/v1/files`, {
    method: "POST",
    body: new Uint8Array(100_000),
  });
  assertEquals((await fits.json()).body.length, 100_000);
});

test("a preflight is answered, and any other OPTIONS is forwarded", async ({ weir, provider }) => {
  const options = (headers: Record<string, string>) =>
    fetch(`${weir.url}/api/v1/files`, { method: "OPTIONS", headers });
  const before = provider.requests.length;
  assertEquals((await options({ "access-control-request-method": "POST" })).status, 204);
  assertEquals(provider.requests.length, before);
  assertEquals((await (await options({})).json()).method, "OPTIONS");
});

Deno.test("a gateway that is its own upstream says so instead of calling itself for ever", async () => {
  const free = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = free.addr;
  free.close();
  // Weir's own address would stop the start; what leads there is not known before.
  await using proxy = startRecordingProxy(`http://127.0.0.1:${port}`);
  await using weir = await startWeir(proxy.origin, { PORT: String(port) });
  const response = await fetch(`${weir.url}/v1/files`);
  assertEquals([response.status, (await response.json()).error.code], [508, "loop_detected"]);
  const chat = await fetch(`${weir.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "m", messages: [{ role: "user", content: "hi" }] }),
  });
  assertEquals([chat.status, (await chat.json()).error.code], [508, "loop_detected"]);
});

Deno.test("the Venice proxy's examples run below its prefix", async (test) => {
  await using provider = startVenice();
  await using weir = await startProgram({
    env: { VENICE_API_KEY: VENICE_KEY, VENICE_BASE_URL: `${provider.origin}/api/v1` },
  });
  const chat = (stream: boolean) =>
    fetch(`${weir.url}/api/v1/chat/completions`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({
        model: "llama-3.1-405b",
        messages: [{ role: "user", content: "Hello!" }],
        ...(stream && { stream }),
        logit_bias: {},
      }),
    });
  await test.step("basic chat completion, without the fields that Venice refuses", async () => {
    const response = await chat(false);
    assertEquals((await response.json()).object, "chat.completion");
    const sent = provider.received("/api/v1/chat/completions").at(-1)?.json;
    assertEquals(sent?.logit_bias, undefined);
  });
  await test.step("streaming request", async () => {
    const response = await chat(true);
    assertMatch(response.headers.get("content-type") ?? "", /^text\/event-stream/);
    assert((await response.text()).endsWith("data: [DONE]\n\n"));
  });
  await test.step("the prefix alone lists the models", async () => {
    for (const path of ["/api/v1", "/api/v1/", "/api/v1/models"]) {
      const response = await fetch(weir.url + path);
      assertEquals((await response.json()).object, "list", path);
    }
  });
  await test.step("Ollama's list of models is asked for at the origin", async () => {
    await (await fetch(`${weir.url}/api/v1/api/tags?a=b`)).body?.cancel();
    assertEquals(provider.requests.at(-1)?.path, "/api/tags?a=b");
    await (await fetch(`${weir.url}/api/v1/api/tag`)).body?.cancel();
    assertEquals(provider.requests.at(-1)?.path, "/api/v1/api/tag");
  });
});

Deno.test("PROXY_PATH_PREFIX moves the prefix", async () => {
  await using provider = startEcho();
  await using weir = await startWeir(provider.origin, { PROXY_PATH_PREFIX: "/venice/proxy" });
  const response = await fetch(`${weir.url}/venice/proxy/things?a=b`);
  assertEquals((await response.json()).target, "/v1/things?a=b");
  const before = await fetch(`${weir.url}/api/v1/things`);
  assertEquals(before.status, 404);
  await before.body?.cancel();
});
