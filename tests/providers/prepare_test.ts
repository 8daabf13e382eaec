import { assertEquals } from "@std/assert";
import { providerOf } from "./providers_of.ts";

const FORWARDED = {
  id: "call-1",
  method: "GET",
  pathAndQuery: "/files/file-1%2F2?limit=2&after=%2e",
  headers: [["accept", "*/*"]],
} as const;

Deno.test("prepareForward() keeps path and query, and adds the key of the upstream", () => {
  const cases = [
    [{ OPENAI_API_KEY: "k" }, "https://api.openai.com/v1"],
    [{ OPENROUTER_API_KEY: "k" }, "https://openrouter.ai/api/v1"],
    [{ VENICE_API_KEY: "k" }, "https://api.venice.ai/api/v1"],
  ] as const;
  for (const [environment, base] of cases) {
    const request = providerOf(environment).prepareForward(FORWARDED);
    assertEquals(request?.url.href, `${base}${FORWARDED.pathAndQuery}`);
    assertEquals(request?.method, "GET");
    const headers = new Map(request?.headers);
    assertEquals(headers.get("authorization"), "Bearer k");
    assertEquals(headers.get("accept"), "*/*");
    assertEquals(headers.get("x-request-id"), "call-1");
  }
});

Deno.test("prepareForward() is none where there is no such API", () => {
  assertEquals(providerOf({ CHATJIMMY: "on" }).prepareForward(FORWARDED), undefined);
});

Deno.test("prepareModels() asks Venice for the models of every type", () => {
  const url = providerOf({ VENICE_API_KEY: "k" }).prepareModels("1")?.url;
  assertEquals(url?.href, "https://api.venice.ai/api/v1/models?type=all");
});

Deno.test("Venice has no legacy completions", () => {
  assertEquals(Object.keys(providerOf({ VENICE_API_KEY: "k" }).formats), ["chat", "embeddings"]);
});

Deno.test("what a provider speaks is data, and each format has an address of its own", () => {
  const cases = [
    [{ OPENAI_API_KEY: "k" }, { chat: "openai_chat", responses: "openai_responses" }],
    [{ OPENAI_API_KEY: "k", OPENAI_FORMATS: "responses" }, { responses: "openai_responses" }],
    [{ UPSTREAM_X_BASE_URL: "http://x.test/v1" }, { chat: "openai_chat" }],
    [
      { UPSTREAM_X_BASE_URL: "http://x.test/v1", UPSTREAM_X_FORMATS: "responses,chat" },
      { responses: "openai_responses", chat: "openai_chat" },
    ],
  ] as const;
  for (const [environment, spoken] of cases) {
    const provider = providerOf(environment);
    const formats = provider.formats.chat ?? [];
    assertEquals(formats.map(({ name }) => name), Object.values(spoken));
    const paths = formats.map((format) =>
      provider.prepare({
        id: "call-1",
        operation: "chat",
        model: "m",
        wantsStream: false,
        format,
        headers: [],
        body: new Uint8Array(0),
      }).url.pathname
    );
    const expected = Object.keys(spoken).map((name) => name === "chat" ? "chat/completions" : name);
    assertEquals(paths, expected.map((path) => `/v1/${path}`));
  }
});

Deno.test("OpenAI's clients see what Codex reads of an answer's headers, and nothing of the account", () => {
  const { answerHeaders } = providerOf({ OPENAI_API_KEY: "k" });
  for (const name of ["openai-model", "x-codex-primary-used-percent", "x-models-etag"]) {
    assertEquals(answerHeaders?.test(name), true, name);
  }
  for (const name of ["openai-organization", "openai-project", "set-cookie"]) {
    assertEquals(answerHeaders?.test(name), false, name);
  }
});
