import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { startProgram } from "../support/program.ts";
import { startProvider } from "../support/provider.ts";

const JSON_TYPE = { "content-type": "application/json" };

Deno.test("POST /v1/chat/completions and /chat/completions answer, whole and streamed", async () => {
  await using weir = await startProgram();
  for (const path of ["/v1/chat/completions", "/chat/completions"]) {
    const send = (stream: boolean) =>
      fetch(`${weir.url}${path}`, {
        method: "POST",
        headers: JSON_TYPE,
        body: JSON.stringify({
          model: "any-model",
          stream,
          messages: [{ role: "user", content: "Say something" }],
        }),
      });
    const whole = await send(false);
    assertEquals(whole.headers.get("content-type"), "application/json");
    assertEquals((await whole.json()).choices[0].message.content, "hello world");
    const streamed = await send(true);
    assertEquals(streamed.headers.get("content-type"), "text/event-stream; charset=utf-8");
    assertEquals(streamed.headers.get("cache-control"), "no-cache, no-transform");
    assertEquals(streamed.headers.get("x-accel-buffering"), "no");
    const text = await streamed.text();
    assert(text.endsWith("data: [DONE]\n\n"), text);
    // The upstream was asked for usage that this client did not ask for.
    assert(!text.includes(`"prompt_tokens"`), text);
  }
});

Deno.test("unknown request fields reach the upstream byte for byte, credentials do not", async () => {
  await using provider = startProvider();
  await using weir = await startProgram({
    env: { OPENAI_API_KEY: "sk-upstream", OPENAI_BASE_URL: provider.baseUrl },
  });
  const body = `{ "x_future": {"big": 12345678901234567890, "e": 1E2},\n "model": "m", ` +
    `"messages": [{"role": "user", "content": "hi", "x": "\\u0041"}] }`;
  const response = await fetch(`${weir.url}/v1/chat/completions`, {
    method: "POST",
    headers: {
      ...JSON_TYPE,
      authorization: "Bearer sk-client",
      "x-api-key": "sk-client-2",
      cookie: "session=sk-client-3",
      "openai-organization": "org-client",
      "idempotency-key": "once",
      "x-request-id": "client-id-1",
    },
    body,
  });
  assertEquals(response.headers.get("x-request-id"), "client-id-1");
  await response.body?.cancel();
  const [received] = provider.requests;
  assertEquals(received?.body, body);
  assertEquals(received?.path, "/v1/chat/completions");
  assertEquals(received?.headers.get("authorization"), "Bearer sk-upstream");
  assertEquals(received?.headers.get("idempotency-key"), "once");
  assertEquals(received?.headers.get("x-request-id"), "client-id-1");
  const all = JSON.stringify([...received?.headers ?? []]);
  assert(!/sk-client|org-client/.test(all), all);
});

Deno.test("a model named after its upstream goes there under its own name", async () => {
  await using provider = startProvider();
  await using weir = await startProgram({
    env: { OPENAI_API_KEY: "sk-upstream", OPENAI_BASE_URL: provider.baseUrl, FAKE: "on" },
  });
  const ask = async (model: string) => {
    const response = await fetch(`${weir.url}/v1/chat/completions`, {
      method: "POST",
      headers: JSON_TYPE,
      body: JSON.stringify({ model, messages: [{ role: "user", content: "[echo]" }] }),
    });
    return JSON.parse((await response.json()).choices[0].message.content).model;
  };
  const chats = () => provider.requests.filter(({ method }) => method === "POST").length;
  assertEquals(await ask("fake/one/two"), "one/two");
  assertEquals(chats(), 0);
  assertEquals(await ask("openai/gpt"), "gpt");
  assertEquals(chats(), 1);
});

Deno.test("[cut=3]: the client sees an error event and no [DONE] (T08)", async () => {
  await using weir = await startProgram();
  const response = await fetch(`${weir.url}/v1/chat/completions`, {
    method: "POST",
    headers: JSON_TYPE,
    body: JSON.stringify({
      model: "any-model",
      stream: true,
      messages: [{ role: "user", content: "[tokens=50] [cut=3]" }],
    }),
  });
  assertEquals(response.status, 200);
  const events = (await response.text()).split("\n\n").filter((event) => event !== "");
  assertEquals(events.length, 4);
  const { error } = JSON.parse((events.at(-1) ?? "").slice("data: ".length));
  assertEquals(error.code, "upstream_truncated");
  assert(!events.includes("data: [DONE]"));
  await weir.printed(/"outcome":"truncated"/);
});

Deno.test("the log has one line for each call, with what became of it", async () => {
  await using weir = await startProgram();
  await fetch(`${weir.url}/v1/chat/completions`, {
    method: "POST",
    headers: { ...JSON_TYPE, "x-request-id": "call-1" },
    body: JSON.stringify({ model: "m", stream: true, messages: [{ role: "user", content: "x" }] }),
  }).then((response) => response.text());
  const [line] = await weir.printed(/^\{.*"call-1".*\}$/m);
  const entry = JSON.parse(line);
  assertEquals(entry.message, "call");
  assertEquals(entry.outcome, "complete");
  assertEquals(entry.finish_reason, "stop");
  assertEquals(entry.upstream, "fake");
  assertEquals(entry.attempts, 1);
  assert(entry.output_tokens > 0 && entry.bytes > 0 && entry.first_token_ms >= 0, line);
  await weir.stop();
  assertEquals(weir.output().match(/"call-1"/g)?.length, 1);
  assertStringIncludes(weir.output(), `"message":"stopping"`);
});
