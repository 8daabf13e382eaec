import { assertAlmostEquals, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { eventsOf, FakeServer, MAX_BODY_BYTES } from "./fake_server.ts";

Deno.test("fake: models are listed and found, a slash in the id raw or encoded", async () => {
  await using server = new FakeServer();
  for (const base of ["", "/v1"]) {
    const list = await (await fetch(`${server.origin}${base}/models`)).json();
    assertEquals(list.object, "list");
    assertEquals(list.data.map(({ id }: { id: string }) => id), [
      "fake-model",
      "fake-lab/fake-model",
    ]);
    for (const id of ["fake-model", "fake-lab/fake-model", "fake-lab%2Ffake-model"]) {
      const model = await (await fetch(`${server.origin}${base}/models/${id}`)).json();
      assertEquals(model, list.data.find((entry: { id: string }) => entry.id === model.id));
      assertEquals(model.id, decodeURIComponent(id));
    }
    const missing = await fetch(`${server.origin}${base}/models/gone`);
    assertEquals(missing.status, 404);
    assertEquals((await missing.json()).error.code, "model_not_found");
  }
});

Deno.test("fake: healthz and health say ok", async () => {
  await using server = new FakeServer();
  for (const path of ["/healthz", "/health"]) {
    const response = await fetch(`${server.origin}${path}`);
    assertEquals(await response.json(), { ok: true, status: "ok" });
  }
});

Deno.test("fake: what it cannot answer gets an error that says why", async () => {
  await using server = new FakeServer();
  const chat = "/v1/chat/completions";
  const messages = [{ role: "user", content: "hi" }];
  const cases: readonly (readonly [string, unknown, string, string | null])[] = [
    [chat, "{", "invalid_json", null],
    [chat, "[]", "invalid_type", null],
    [chat, {}, "missing_required_parameter", "messages"],
    [chat, { model: "any-model" }, "missing_required_parameter", "messages"],
    [chat, { messages: [] }, "invalid_value", "messages"],
    [chat, { messages: "hi" }, "invalid_value", "messages"],
    [chat, { messages: [{}] }, "invalid_value", "messages.0.role"],
    [chat, { messages, model: 3 }, "invalid_value", "model"],
    [chat, { messages, n: 129 }, "invalid_value", "n"],
    [chat, { messages, seed: 1.5 }, "invalid_value", "seed"],
    [chat, { messages: [{ role: "user", content: "[slow=x]" }] }, "invalid_tag", null],
    [
      chat,
      { n: 2, messages: [{ role: "user", content: "[tokens=500001]" }] },
      "invalid_request",
      "n",
    ],
    ["/v1/embeddings", {}, "missing_required_parameter", "input"],
    ["/v1/embeddings", { input: [] }, "invalid_value", "input"],
    ["/v1/embeddings", { input: "a", dimensions: 3073 }, "invalid_value", "dimensions"],
    [
      "/v1/embeddings",
      { input: Array(2000).fill("a"), dimensions: 501 },
      "invalid_request",
      "dimensions",
    ],
    ["/v1/completions", { prompt: 3 }, "invalid_value", "prompt"],
  ];
  for (const [path, body, code, param] of cases) {
    const response = await server.post(path, body);
    const text = await response.text();
    assertEquals(response.status, 400, text);
    const { error } = JSON.parse(text);
    assertEquals(Object.keys(error), ["message", "type", "param", "code"]);
    assertEquals([error.type, error.code, error.param], ["invalid_request_error", code, param]);
  }
});

Deno.test("fake: an unknown path is 404 with a hint, a wrong method 405 with Allow", async () => {
  await using server = new FakeServer();
  const unknown = await server.post("/v1/chat", {});
  assertEquals(unknown.status, 404);
  assertStringIncludes((await unknown.json()).error.message, "POST /v1/chat/completions");
  const cases = [
    ["/v1/chat/completions", "GET", "POST"],
    ["/completions", "PUT", "POST"],
    ["/v1/embeddings", "DELETE", "POST"],
    ["/v1/models", "POST", "GET, HEAD"],
    ["/models/fake-lab/fake-model", "DELETE", "GET, HEAD"],
    ["/healthz", "POST", "GET, HEAD"],
  ] as const;
  for (const [path, method, allow] of cases) {
    const response = await fetch(`${server.origin}${path}`, { method });
    assertEquals([response.status, response.headers.get("allow")], [405, allow], path);
    assertEquals((await response.json()).error.code, "method_not_supported");
  }
  const head = await fetch(`${server.origin}/v1/models`, { method: "HEAD" });
  assertEquals(head.status, 200);
});

Deno.test("fake: a body over the bound is 413, whether its length is told or not", async () => {
  await using server = new FakeServer();
  const bodyOf = (bytes: number) => {
    const start = `{"messages":[{"role":"user","content":"`;
    return start + "a".repeat(bytes - start.length - 4) + `"}]}`;
  };
  const streamOf = (text: string) => new Blob([text]).stream();
  const cases = [
    [MAX_BODY_BYTES, 200],
    [MAX_BODY_BYTES + 1, 413],
  ] as const;
  for (const [bytes, status] of cases) {
    const body = bodyOf(bytes);
    for (const sent of [body, streamOf(body)]) {
      const response = await fetch(`${server.origin}/v1/chat/completions`, {
        method: "POST",
        body: sent,
      });
      assertEquals(response.status, status);
      const answer = await response.json();
      if (status === 413) assertEquals(answer.error.code, "body_too_large");
    }
  }
});

Deno.test("fake: embeddings depend on the text alone, as numbers and as base64", async () => {
  await using server = new FakeServer();
  const embed = async (body: Record<string, unknown>) => {
    const response = await server.post("/v1/embeddings", { model: "any-model", ...body });
    return await response.json();
  };
  const numbers = await embed({ input: ["hello", "world", "hello"] });
  const vectors = numbers.data.map(({ embedding }: { embedding: number[] }) => embedding);
  assertEquals(vectors[0].length, 8);
  assertEquals(vectors[0], vectors[2]);
  assertEquals(vectors[0] === vectors[1], false);
  assertAlmostEquals(Math.hypot(...vectors[1]), 1, 1e-6);
  assertEquals(numbers.usage, { prompt_tokens: 4, total_tokens: 4 });

  const coded = await embed({ input: "world", encoding_format: "base64" });
  const bytes = Uint8Array.from(atob(coded.data[0].embedding), (char) => char.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  const decoded = Array.from({ length: 8 }, (_, index) => view.getFloat32(index * 4, true));
  assertEquals(decoded, vectors[1]);

  const long = await embed({ input: [1, 2, 3], dimensions: 3072, encoding_format: "base64" });
  assertEquals(atob(long.data[0].embedding).length, 4 * 3072);
  const idLists = await embed({ input: [[1, 2, 3], [4]], dimensions: 2 });
  assertEquals(idLists.data.map(({ index }: { index: number }) => index), [0, 1]);
});

Deno.test("fake: tags work in the input of embeddings", async () => {
  await using server = new FakeServer();
  const response = await server.post("/embeddings", { input: ["a", "[429]"] });
  assertEquals([response.status, response.headers.get("retry-after")], [429, "1"]);
  await response.body?.cancel();
});

Deno.test("fake: legacy completions answer each prompt, whole and streamed", async () => {
  await using server = new FakeServer();
  for (const path of ["/v1/completions", "/completions"]) {
    const whole = await (await server.post(path, { model: "m", prompt: ["a", "b"], n: 2 })).json();
    assertMatch(whole.id, /^cmpl-\d+$/);
    assertEquals(whole.object, "text_completion");
    assertEquals(whole.choices.length, 4);
    assertEquals(whole.choices[3], {
      index: 3,
      text: "hello world",
      logprobs: null,
      finish_reason: "stop",
    });
    assertEquals(whole.usage.completion_tokens, 8);
  }
  const wishes = { prompt: "hi", stream: true, stream_options: { include_usage: true } };
  const events = eventsOf(await (await server.post("/v1/completions", wishes)).text());
  assertEquals(events.pop(), "[DONE]");
  const chunks = events.map((event) => JSON.parse(event));
  assertEquals(chunks.map(({ object }) => object), Array(4).fill("text_completion"));
  assertEquals(chunks.map(({ choices }) => choices[0]?.text), ["hello", " world", "", undefined]);
  assertEquals(chunks.at(-1).usage.completion_tokens, 2);
  const refusal = await server.post("/v1/completions", { prompt: "[tool=a] [503]" });
  assertEquals(refusal.status, 503);
  await refusal.body?.cancel();
});
