import { assertEquals } from "@std/assert";
import type { JsonObject } from "../../../src/core/text/json.ts";
import { decodeUsage, encodeUsage } from "../../../src/formats/openai_chat/answer/usage.ts";

Deno.test("decodeUsage() finds the same counts under every name that was seen", () => {
  const forms: readonly (readonly [raw: JsonObject, counts: JsonObject])[] = [
    [
      { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 },
      { inputTokens: 9, outputTokens: 3, totalTokens: 12 },
    ],
    [
      {
        prompt_tokens: 9,
        completion_tokens: 3,
        total_tokens: 12,
        prompt_tokens_details: { cached_tokens: 4, cache_write_tokens: 2 },
        completion_tokens_details: { reasoning_tokens: 1 },
      },
      {
        inputTokens: 9,
        outputTokens: 3,
        totalTokens: 12,
        cachedInputTokens: 4,
        cacheWriteInputTokens: 2,
        reasoningOutputTokens: 1,
      },
    ],
    [ // DeepSeek.
      { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12, prompt_cache_hit_tokens: 4 },
      { inputTokens: 9, outputTokens: 3, totalTokens: 12, cachedInputTokens: 4 },
    ],
    [ // xAI counts reasoning beside the completion.
      {
        prompt_tokens: 12,
        completion_tokens: 2,
        total_tokens: 354,
        completion_tokens_details: { reasoning_tokens: 340 },
      },
      { inputTokens: 12, outputTokens: 342, totalTokens: 354, reasoningOutputTokens: 340 },
    ],
    [
      { prompt_tokens: 9, prompt_tokens_details: null, completion_tokens: null },
      { inputTokens: 9, outputTokens: 0, totalTokens: 9 },
    ],
  ];
  for (const [raw, counts] of forms) {
    assertEquals<unknown>(decodeUsage(raw), {
      ...counts,
      native: { format: "openai_chat", value: raw },
    });
  }
});

Deno.test("decodeUsage() makes nothing of what counts nothing", () => {
  const nothing = [{}, { prompt_tokens: "9" }, { total_tokens: 1e999 }, { prompt_tokens: -9 }];
  for (const raw of [undefined, null, [], 7, ...nothing]) assertEquals(decodeUsage(raw), undefined);
});

Deno.test("encodeUsage() keeps the upstream's own object, details and costs and all", () => {
  const raw = { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12, cost: 0.5 };
  assertEquals(encodeUsage(decodeUsage(raw)!), raw);
});

Deno.test("encodeUsage() writes counts that came in another form", () => {
  const counts = { inputTokens: 9, outputTokens: 3, totalTokens: 12 };
  assertEquals(encodeUsage(counts), { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 });
  assertEquals(encodeUsage({ ...counts, cacheWriteInputTokens: 2, reasoningOutputTokens: 1 }), {
    prompt_tokens: 9,
    completion_tokens: 3,
    total_tokens: 12,
    prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 2 },
    completion_tokens_details: { reasoning_tokens: 1 },
  });
});

Deno.test("encodeUsage() tells how long what was written to a cache is kept", () => {
  const usage = {
    inputTokens: 9,
    outputTokens: 3,
    totalTokens: 12,
    cachedInputTokens: 1,
    cacheWriteInputTokens: 5,
    cacheWriteHourInputTokens: 2,
    native: { format: "anthropic_messages", value: { input_tokens: 3 } },
  };
  const written = encodeUsage(usage);
  assertEquals(written, {
    prompt_tokens: 9,
    completion_tokens: 3,
    total_tokens: 12,
    prompt_tokens_details: {
      cached_tokens: 1,
      cache_write_tokens: 5,
      cache_creation_token_details: {
        ephemeral_5m_input_tokens: 3,
        ephemeral_1h_input_tokens: 2,
      },
    },
  });
  assertEquals(decodeUsage(written), {
    ...usage,
    native: { format: "openai_chat", value: written },
  });
});
