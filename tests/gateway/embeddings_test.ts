import { assertEquals } from "@std/assert";
import { embeddingUsage } from "../../src/gateway/embeddings.ts";

Deno.test("embeddingUsage() counts the input's tokens, and nothing of what is no count", () => {
  assertEquals(embeddingUsage({ usage: { prompt_tokens: 7, total_tokens: 9 } }), {
    inputTokens: 7,
    outputTokens: 0,
    totalTokens: 7,
  });
  for (
    const usage of [null, {}, { prompt_tokens: -1 }, { prompt_tokens: 1e999 }, {
      prompt_tokens: "7",
    }]
  ) {
    assertEquals(embeddingUsage({ usage }), undefined);
  }
});
