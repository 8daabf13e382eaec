import OpenAI from "openai";
import { assert, assertEquals } from "@std/assert";
import { startProgram } from "../../support/program.ts";
import { endedWith, together } from "../../support/together.ts";

const test = together(
  "endpoints of a gateway without settings",
  async () => endedWith({ weir: await startProgram() }),
);

test("every form of base URL that clients are given arrives (T47)", async ({ weir }) => {
  for (const base of ["", "/v1", "/openai/v1", "/v1/v1"]) {
    const answer = await fetch(`${weir.url}${base}/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "m", messages: [{ role: "user", content: "hi" }] }),
    });
    assertEquals([base, answer.status], [base, 200]);
    await answer.body?.cancel();
    const models = await fetch(`${weir.url}${base}/models`);
    assertEquals((await models.json()).object, "list", base);
    if (base !== "") {
      assertEquals((await (await fetch(`${weir.url}${base}`)).json()).object, "list");
    }
  }
});

test("legacy completions answer, whole and streamed", async ({ weir }) => {
  const client = new OpenAI({ baseURL: `${weir.url}/v1`, apiKey: "none", maxRetries: 0 });
  const request = { model: "m", prompt: "Say something" };
  const whole = await client.completions.create(request);
  assertEquals([whole.object, whole.choices[0]?.text], ["text_completion", "hello world"]);
  let text = "";
  for await (const chunk of await client.completions.create({ ...request, stream: true })) {
    assertEquals(chunk.object, "text_completion");
    text += chunk.choices[0]?.text ?? "";
  }
  assertEquals(text, "hello world");
  await weir.printed(/"outcome":"complete"[^]*"outcome":"complete"/);
});

/** Each has a shortest decimal that is not the value itself, and one is not a number of 24 bits. */
const VECTOR = [0.1, -0.30000001192092896, 1e-38, 3.4028234663852886e38, 0, -1.5];

Deno.test("embeddings come in the form the client asked for, equal to the last bit (T52)", async () => {
  const floats = Array.from(new Float32Array(VECTOR));
  const base64 = btoa(String.fromCharCode(...new Uint8Array(new Float32Array(VECTOR).buffer)));
  for (const providerGives of ["float", "base64"]) {
    const asked: unknown[] = [];
    await using provider = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      async (request) => {
        asked.push((await request.json()).encoding_format);
        const embedding = providerGives === "float" ? floats : base64;
        return Response.json({
          object: "list",
          model: "m",
          data: [{ object: "embedding", index: 0, embedding }],
          usage: { prompt_tokens: 3, total_tokens: 3 },
        });
      },
    );
    await using weir = await startProgram({
      env: {
        OPENAI_API_KEY: "sk-upstream",
        OPENAI_BASE_URL: `http://127.0.0.1:${provider.addr.port}`,
      },
    });
    const client = new OpenAI({ baseURL: `${weir.url}/v1`, apiKey: "none", maxRetries: 0 });
    const request = { model: "m", input: "hi" };
    const byDefault = await client.embeddings.create(request);
    assertEquals(byDefault.data[0]?.embedding, floats);
    const asFloats = await client.embeddings.create({ ...request, encoding_format: "float" });
    assertEquals(asFloats.data[0]?.embedding, floats);
    const asText = await client.embeddings.create({ ...request, encoding_format: "base64" });
    assertEquals(asText.data[0]?.embedding as unknown, base64);
    assertEquals(asText.usage, { prompt_tokens: 3, total_tokens: 3 });
    assertEquals(asked, ["base64", "float", "base64"]);
  }
});

Deno.test("what is no vector comes as the provider gave it, and so does all around the vectors", async () => {
  const given = (last: string) =>
    '{"data":[{"embedding":[[0.5],[1]]},{"embedding":null},{"embedding":[0,null]},' +
    `{"embedding":${last}}], "cost":1e-400,"n":9007199254740993}`;
  await using provider = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response(given("[1]"), { headers: { "content-type": "application/json" } }),
  );
  await using weir = await startProgram({
    env: {
      OPENAI_API_KEY: "sk-upstream",
      OPENAI_BASE_URL: `http://127.0.0.1:${provider.addr.port}`,
    },
  });
  for (const [format, last] of [["base64", '"AACAPw=="'], ["float", "[1]"]] as const) {
    const response = await fetch(`${weir.url}/v1/embeddings`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "m", input: "hi", encoding_format: format }),
    });
    assertEquals((await response.text()).replaceAll(/\s/g, ""), given(last).replaceAll(/\s/g, ""));
  }
});

test("a request that lacks what its endpoint needs is refused, naming the field", async ({ weir }) => {
  const post = async (path: string, body: unknown) => {
    const response = await fetch(`${weir.url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return [response.status, (await response.json()).error.param];
  };
  assertEquals(await post("/v1/embeddings", { model: "m" }), [400, "input"]);
  assertEquals(await post("/v1/embeddings", { model: "m", input: [] }), [400, "input"]);
  assertEquals(await post("/v1/embeddings", { input: "hi" }), [400, "model"]);
  assertEquals(await post("/v1/completions", { prompt: "hi" }), [400, "model"]);
});

Deno.test("an alias stands for a model, and an unknown one is named with what is near", async () => {
  await using provider = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      if (request.method === "GET") {
        return Response.json({ object: "list", data: [{ id: "gpt-large" }, { id: "gpt-small" }] });
      }
      const { model } = await request.json();
      return Response.json({
        id: "c",
        object: "chat.completion",
        created: 1,
        model,
        choices: [{ index: 0, message: { content: model }, finish_reason: "stop" }],
      });
    },
  );
  await using weir = await startProgram({
    env: {
      OPENAI_API_KEY: "sk-upstream",
      OPENAI_BASE_URL: `http://127.0.0.1:${provider.addr.port}`,
      FAKE: "on",
      MODEL_ALIASES: "fast=openai/gpt-small, play=fake/any",
    },
  });
  const ask = async (model: string) => {
    const response = await fetch(`${weir.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model, messages: [{ role: "user", content: "hi" }] }),
    });
    const { choices, error } = await response.json();
    return choices?.[0].message.content ?? error;
  };
  assertEquals(await ask("fast"), "gpt-small");
  assertEquals(await ask("play"), "hello world");
  assertEquals(await ask("gpt-large"), "gpt-large");
  assertEquals(await ask("fake-model"), "hello world");
  const missing = await fetch(`${weir.url}/v1/models/gpt-smal`);
  for (const error of [(await missing.json()).error, await ask("gpt-smal")]) {
    assertEquals(error.code, "model_not_found");
    assert(error.message.includes(`the nearest names are "gpt-small"`), error.message);
  }
});
