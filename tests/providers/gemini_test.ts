/** Google's Gemini: its addresses, its list in pages, what its errors say of limits and of the account. */

import { assertEquals } from "@std/assert";
import { gemini } from "../../src/formats/gemini/mod.ts";
import {
  geminiBatchEmbedContents,
  geminiEmbedContent,
} from "../../src/formats/gemini/embeddings/mod.ts";
import type { ProviderFormat } from "../../src/core/format.ts";
import type { Operation } from "../../src/core/provider/provider.ts";
import { providerOf } from "./providers_of.ts";

const provider = providerOf({ GEMINI_API_KEY: "k" });
const HOST = "https://generativelanguage.googleapis.com";

Deno.test("an address is taken with its version, without it, and as it is pasted", () => {
  const cases = [
    ["https://a.b", "https://a.b/v1beta"],
    ["https://a.b/v1beta/", "https://a.b/v1beta"],
    ["https://a.b/v1", "https://a.b/v1"],
    ["https://a.b/v1beta/models", "https://a.b/v1beta"],
    ["https://a.b/v1beta/openai", "https://a.b/v1beta"],
    ["https://a.b/google", "https://a.b/google/v1beta"],
    ["https://a.b/google/v1alpha", "https://a.b/google/v1alpha"],
  ];
  for (const [given = "", expected] of cases) {
    assertEquals(providerOf({ GEMINI_BASE_URL: given }).target, expected);
  }
});

Deno.test("the model and the method stand in the address, the key in a header", () => {
  const prepare = (
    model: string,
    { operation = "chat", wantsStream = false, format = gemini }: {
      operation?: Operation;
      wantsStream?: boolean;
      format?: ProviderFormat;
    } = {},
  ) => {
    const body = new Uint8Array();
    const call = { id: "1", operation, model, wantsStream, format, headers: [], body };
    return provider.prepare({ ...call, query: "?key=secret" });
  };
  const { url, headers } = prepare("gemini-3-pro");
  assertEquals(url.href, `${HOST}/v1beta/models/gemini-3-pro:generateContent`);
  assertEquals(Object.fromEntries(headers)["x-goog-api-key"], "k");
  const paths = [
    prepare("m", { wantsStream: true }),
    prepare("m", { operation: "count_tokens" }),
    prepare("m", { operation: "embeddings", format: geminiEmbedContent }),
    prepare("m", { operation: "embeddings", format: geminiBatchEmbedContents }),
    prepare("tunedModels/a b?c"),
  ].map(({ url }) => url.pathname.replace("/v1beta/", "") + url.search);
  assertEquals(paths, [
    "models/m:streamGenerateContent?alt=sse",
    "models/m:countTokens",
    "models/m:embedContent",
    "models/m:batchEmbedContents",
    "tunedModels/a%20b%3Fc:generateContent",
  ]);
});

Deno.test("a list is read in its own words, and a page says where the next one begins", () => {
  const page = {
    models: [
      {
        name: "models/gemini-3-pro",
        displayName: "Gemini 3 Pro",
        inputTokenLimit: 1_048_576,
        outputTokenLimit: 65_536,
        supportedGenerationMethods: ["generateContent"],
        thinking: true,
      },
      { name: "models/gemini-embedding-001", supportedGenerationMethods: ["embedContent"] },
    ],
    nextPageToken: "a b",
  };
  const [chat, embedding] = provider.decodeModels(page);
  assertEquals([chat?.id, chat?.name, chat?.owned_by], [
    "gemini-3-pro",
    "Gemini 3 Pro",
    "google",
  ]);
  assertEquals(chat?.facts, {
    contextTokens: 1_048_576,
    maxOutputTokens: 65_536,
    thinking: true,
    embedding: false,
  });
  assertEquals(embedding?.facts?.embedding, true);
  assertEquals(provider.nextModels?.(page), "a b");
  assertEquals(provider.nextModels?.({ models: [] }), undefined);
  assertEquals(provider.prepareModels("1", "a b").url.search, "?pageSize=1000&pageToken=a%20b");
  assertEquals(provider.decodeModels({}), []);
});

Deno.test("an error says how long to wait, and that today there is no more", () => {
  const errorWith = (...details: readonly object[]) =>
    ({
      error: { code: 429, message: "m", status: "RESOURCE_EXHAUSTED", details },
    }) as never;
  const retry = { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "34.2s" };
  const quota = { violations: [{ quotaId: "GenerateRequestsPerDayPerProject" }] };
  const minute = { violations: [{ quotaId: "GenerateRequestsPerMinutePerProject" }] };
  assertEquals(provider.retryAfterMs(new Headers(), errorWith(minute, retry), 0), 34_200);
  assertEquals(provider.retryAfterMs(new Headers(), errorWith(), 0), undefined);
  assertEquals(provider.shouldRetry?.(errorWith(quota, retry)), false);
  assertEquals(provider.shouldRetry?.(errorWith(minute)), undefined);
});

Deno.test("an error of its own stays the same object, but for the project of the account", () => {
  const own = { error: { code: 404, message: "m", status: "NOT_FOUND" } };
  assertEquals(provider.cleanError(own, 404, gemini) === own, true);
  const told = {
    error: {
      code: 403,
      message: "Consumer 'project_number:123456' is off; see projects/my-project",
      status: "PERMISSION_DENIED",
    },
  };
  assertEquals(
    JSON.stringify(provider.cleanError(told, 403, gemini)).includes(
      "'project_number:***' is off; see projects/***",
    ),
    true,
  );
  const { error } = provider.cleanError({ message: "busy" }, 503, gemini) as typeof own;
  assertEquals([error.code, error.status, error.message], [503, "UNAVAILABLE", "busy"]);
});
