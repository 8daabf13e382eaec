import { assert, assertEquals } from "@std/assert";
import { startProgram } from "../support/program.ts";

Deno.test("with PROXY_API_KEY everything but health and preflight needs the key", async () => {
  await using weir = await startProgram({ env: { PROXY_API_KEY: "the-key" } });
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
