import { assertEquals } from "@std/assert";
import { openaiChat } from "../../src/formats/openai_chat/mod.ts";
import { normalizeBaseUrl } from "../../src/providers/account/base_url.ts";
import { providerOf } from "./providers_of.ts";

const FORMS = [
  ["https://api.openai.com", "https://api.openai.com/v1"],
  ["https://api.openai.com/", "https://api.openai.com/v1"],
  ["https://api.openai.com/v1", "https://api.openai.com/v1"],
  ["https://api.openai.com/v1/", "https://api.openai.com/v1"],
  ["https://api.openai.com//v1//", "https://api.openai.com/v1"],
  ["https://api.openai.com/v1/v1", "https://api.openai.com/v1"],
  ["https://api.openai.com/v1/chat/completions", "https://api.openai.com/v1"],
  ["https://api.openai.com/v1/chat/completions/", "https://api.openai.com/v1"],
  ["https://api.openai.com/v1/models", "https://api.openai.com/v1"],
  ["https://api.openai.com/v1/embeddings", "https://api.openai.com/v1"],
  ["https://api.openai.com/v1?key=x#top", "https://api.openai.com/v1"],
  ["HTTPS://API.OpenAI.com/v1", "https://api.openai.com/v1"],
  ["http://user:secret@127.0.0.1:8000", "http://127.0.0.1:8000/v1"],
  ["http://[::1]:8000/", "http://[::1]:8000/v1"],
  ["https://api.groq.com/openai/v1", "https://api.groq.com/openai/v1"],
  ["https://host.example/v1beta/openai/", "https://host.example/v1beta/openai"],
  ["https://host.example/models", "https://host.example/models"],
  ["https://host.example/gateway/v1/v1/", "https://host.example/gateway/v1"],
] as const;

Deno.test("normalizeBaseUrl() finds the root in every form that people write (T47)", () => {
  for (const [written, root] of FORMS) assertEquals(normalizeBaseUrl(written), root, written);
});

Deno.test("normalizeBaseUrl() completes a part of a root that is longer than /v1", () => {
  const forms = [
    ["https://host.example", "https://host.example/api/v1"],
    ["https://host.example/api", "https://host.example/api/v1"],
    ["https://host.example/api/v1/", "https://host.example/api/v1"],
    ["https://host.example/api/v1/chat/completions", "https://host.example/api/v1"],
    ["https://host.example/ap", "https://host.example/ap"],
    ["https://host.example/other", "https://host.example/other"],
  ] as const;
  for (const [written, root] of forms) {
    assertEquals(normalizeBaseUrl(written, "/api/v1"), root, written);
  }
});

Deno.test("every provider's address may be written without its root", () => {
  const addresses = [
    ["OPENAI_BASE_URL", "/v1/chat/completions"],
    ["OPENROUTER_BASE_URL", "/api/v1/chat/completions"],
    ["VENICE_BASE_URL", "/api/v1/chat/completions"],
    ["UPSTREAM_LOCAL_BASE_URL", "/v1/chat/completions"],
    ["CHATJIMMY_BASE_URL", "/api/chat"],
  ] as const;
  for (const [variable, path] of addresses) {
    for (const written of ["http://host.example", `http://host.example${path}`]) {
      const { url } = providerOf({ [variable]: written }).prepare({
        id: "1",
        operation: "chat",
        model: "m",
        wantsStream: false,
        format: openaiChat,
        headers: [],
        body: new Uint8Array(),
      });
      assertEquals(url.href, `http://host.example${path}`, `${variable}=${written}`);
    }
  }
});
