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
  const { url } = providerOf({ VENICE_API_KEY: "k" }).prepareModels("1");
  assertEquals(url.href, "https://api.venice.ai/api/v1/models?type=all");
});

Deno.test("Venice has no legacy completions", () => {
  assertEquals(Object.keys(providerOf({ VENICE_API_KEY: "k" }).formats), ["chat", "embeddings"]);
});
