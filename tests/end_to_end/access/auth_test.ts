import { assert, assertEquals, assertMatch } from "@std/assert";
import { startProgram } from "../../support/program.ts";

Deno.test("with PROXY_API_KEY everything but health and preflight needs the key", async () => {
  await using weir = await startProgram({
    env: { PROXY_API_KEY: "the-key", AUTH_MAX_FAILURES_PER_MINUTE: "0" },
  });
  const status = async (path: string, headers: HeadersInit = {}, method = "GET") => {
    const response = await fetch(`${weir.url}${path}`, { method, headers });
    await response.body?.cancel();
    return response.status;
  };
  assertEquals(await status("/v1/models"), 401);
  assertEquals(await status("/v1/unknown"), 401);
  assertEquals(await status("/v1/chat/completions", {}, "POST"), 401);
  assertEquals(await status("/healthz"), 200);
  assertEquals(await status("/health"), 200);
  assertEquals(await status("/v1/chat/completions", {}, "OPTIONS"), 204);
  const cases: [string, number][] = [
    ["Bearer the-key", 200],
    ["bearer the-key", 200],
    ["Bearer  the-key", 200],
    ["Bearer the-ke", 401],
    ["Bearer the-key2", 401],
    ["Bearer the-key the-key", 401],
    ["Basic the-key", 401],
    ["the-key", 401],
    ["Bearer ", 401],
  ];
  for (const [authorization, expected] of cases) {
    assertEquals(await status("/v1/models", { authorization }), expected, authorization);
  }
});

Deno.test("the key is taken from x-api-key as well, on every surface, and two that differ are 400", async () => {
  await using weir = await startProgram({ env: { PROXY_API_KEY: "the-key" } });
  const paths = ["/v1/models", "/api/v1/models", "/v1/files", "/v1/unknown"];
  const status = async (path: string, headers: HeadersInit) => {
    const response = await fetch(weir.url + path, { headers });
    const text = await response.text();
    return { status: response.status, text };
  };
  for (const path of paths) {
    const { status: without } = await status(path, {});
    assertEquals(without, 401, path);
    const named = await status(path, { "x-api-key": "the-key" });
    const bearer = await status(path, { authorization: "Bearer the-key" });
    assertEquals([named.status, named.status === 401], [bearer.status, false], path);
    const both = { "x-api-key": "another-key", authorization: "Bearer the-key" };
    const refused = await status(path, both);
    assertEquals(refused.status, 400, path);
    assertMatch(refused.text, /two different API keys/);
  }
});

Deno.test("a refused key is 401 in OpenAI's shape, and appears in no log line", async () => {
  await using weir = await startProgram({ env: { PROXY_API_KEY: "the-key" } });
  const response = await fetch(`${weir.url}/v1/models`, {
    headers: { authorization: "Bearer guessed-key" },
  });
  assertEquals(response.headers.get("www-authenticate"), "Bearer");
  const { error } = await response.json();
  assertEquals(error.code, "invalid_api_key");
  assertEquals(error.type, "invalid_request_error");
  await weir.printed(/"outcome":"refused"/);
  assert(!/guessed-key|the-key/.test(weir.output()), weir.output());
});

Deno.test("beyond AUTH_MAX_FAILURES_PER_MINUTE wrong keys are 429, and the right one still passes", async () => {
  await using weir = await startProgram({
    env: { PROXY_API_KEY: "the-key", AUTH_MAX_FAILURES_PER_MINUTE: "3" },
  });
  const ask = async (key: string) => {
    const response = await fetch(`${weir.url}/v1/models`, {
      headers: { authorization: `Bearer ${key}` },
    });
    const { error } = await response.json();
    return { response, error };
  };
  for (let times = 0; times < 3; times++) {
    assertEquals((await ask(`guess-${times}`)).response.status, 401);
  }
  const { response, error } = await ask("guess-3");
  assertEquals([response.status, error.code], [429, "too_many_failed_attempts"]);
  assert(Number(response.headers.get("retry-after")) >= 1);
  assertEquals((await ask("the-key")).response.status, 200);
});
