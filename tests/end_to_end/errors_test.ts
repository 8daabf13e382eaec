import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { startProgram } from "../support/program.ts";

const JSON_TYPE = { "content-type": "application/json" };
const MESSAGES = [{ role: "user", content: "hi" }];

interface BadRequest {
  readonly title: string;
  readonly path?: string;
  readonly init: RequestInit;
  readonly status: number;
  readonly code: string;
  readonly param?: string;
}

const BAD_REQUESTS: readonly BadRequest[] = [
  {
    title: "a body that is not JSON",
    init: { method: "POST", headers: JSON_TYPE, body: "{" },
    status: 400,
    code: "invalid_json",
  },
  {
    title: "a body that is no JSON object",
    init: { method: "POST", headers: JSON_TYPE, body: "[]" },
    status: 400,
    code: "invalid_json",
  },
  {
    title: "a body that is not UTF-8",
    init: { method: "POST", headers: JSON_TYPE, body: new Uint8Array([0x22, 0xff, 0x22]) },
    status: 400,
    code: "invalid_json",
  },
  {
    title: "no model",
    init: { method: "POST", headers: JSON_TYPE, body: JSON.stringify({ messages: MESSAGES }) },
    status: 400,
    code: "missing_required_parameter",
    param: "model",
  },
  {
    title: "no messages",
    init: { method: "POST", headers: JSON_TYPE, body: JSON.stringify({ model: "any" }) },
    status: 400,
    code: "missing_required_parameter",
    param: "messages",
  },
  {
    title: "messages that are no list",
    init: {
      method: "POST",
      headers: JSON_TYPE,
      body: JSON.stringify({ model: "any", messages: "hi" }),
    },
    status: 400,
    code: "invalid_value",
    param: "messages",
  },
  {
    title: "another media type",
    init: { method: "POST", headers: { "content-type": "text/plain" }, body: "{}" },
    status: 415,
    code: "unsupported_media_type",
  },
  {
    title: "a body over the limit",
    init: { method: "POST", headers: JSON_TYPE, body: " ".repeat(10_001) },
    status: 413,
    code: "body_too_large",
  },
  {
    title: "a body over the limit that does not say its length",
    init: {
      method: "POST",
      headers: JSON_TYPE,
      body: ReadableStream.from([new Uint8Array(6_000), new Uint8Array(6_000)]),
    },
    status: 413,
    code: "body_too_large",
  },
  {
    title: "an unknown path",
    path: "/v1/unknown",
    init: { method: "GET" },
    status: 404,
    code: "unknown_url",
  },
  {
    title: "an unknown model",
    path: "/v1/models/no-such-model",
    init: { method: "GET" },
    status: 404,
    code: "model_not_found",
    param: "model",
  },
];

Deno.test("bad requests get their status, a code and a sentence, in OpenAI's shape", async () => {
  await using weir = await startProgram({ env: { MAX_BODY_BYTES: "10000" } });
  for (const { title, path = "/v1/chat/completions", init, status, code, param } of BAD_REQUESTS) {
    const response = await fetch(`${weir.url}${path}`, init);
    assertEquals(response.status, status, title);
    assertMatch(response.headers.get("content-type") ?? "", /^application\/json/);
    const { error } = await response.json();
    assertEquals(Object.keys(error).sort(), ["code", "message", "param", "type"], title);
    assertEquals([error.code, error.param], [code, param ?? null], title);
    assert(error.message.length > 10, title);
    assert(response.headers.get("x-request-id"), title);
  }
});

Deno.test("a wrong method is 405 with Allow", async () => {
  await using weir = await startProgram();
  const chat = await fetch(`${weir.url}/v1/chat/completions`);
  assertEquals([chat.status, chat.headers.get("allow")], [405, "POST, OPTIONS"]);
  assertEquals((await chat.json()).error.code, "method_not_allowed");
  const models = await fetch(`${weir.url}/models`, { method: "DELETE" });
  assertEquals([models.status, models.headers.get("allow")], [405, "GET, HEAD, OPTIONS"]);
  await models.body?.cancel();
});

Deno.test("an unreachable upstream is 502 with a sentence and no stack trace or address", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const env = {
    OPENAI_API_KEY: "sk-planted-key",
    OPENAI_BASE_URL: `http://127.0.0.1:${port}`,
    MAX_RETRIES: "0",
  };
  await using weir = await startProgram({ env });
  const response = await fetch(`${weir.url}/v1/chat/completions`, {
    method: "POST",
    headers: JSON_TYPE,
    body: JSON.stringify({ model: "any", messages: MESSAGES }),
  });
  assertEquals(response.status, 502);
  const text = await response.text();
  assertStringIncludes(text, "upstream_unreachable");
  assert(!text.includes("127.0.0.1") && !text.includes("    at "), text);
  await weir.printed(/"outcome":"upstream_error"/);
  assert(!weir.output().includes("sk-planted-key"));
});

Deno.test("an upstream's error keeps its status, body and Retry-After", async () => {
  await using weir = await startProgram({
    env: { MAX_RETRIES: "1", BASE_RETRY_DELAY: "0.001" },
  });
  const send = (content: string, path = "/v1/chat/completions") =>
    fetch(`${weir.url}${path}`, {
      method: "POST",
      headers: JSON_TYPE,
      body: JSON.stringify({ model: "any", messages: [{ role: "user", content }] }),
    });
  const limited = await send("[429]");
  assertEquals(limited.status, 429);
  assert(Number(limited.headers.get("retry-after")) > 0);
  assertEquals(await limited.json(), {
    error: {
      message: "Too many requests. Please try again later.",
      type: "rate_limit_error",
      param: null,
      code: "rate_limit_exceeded",
    },
  });
  const page = await send("[502] [html]");
  assertEquals(page.status, 502);
  const { error } = await page.json();
  assertMatch(error.message, /^The upstream answered with status 502: [^<>]+$/);
});
