/** What providers count and charge is their word, and may be any number. */

import { assertEquals } from "@std/assert";
import { usageBeyond } from "../../src/core/usage.ts";
import { decodeUsage as decodeMessages } from "../../src/formats/anthropic_messages/answer/usage.ts";
import { chargeOf, countOf } from "../../src/formats/counts.ts";
import { decodeUsage as decodeChat } from "../../src/formats/openai_chat/answer/usage.ts";
import { embeddingUsage } from "../../src/formats/openai_embeddings/vectors.ts";

const NO_COUNTS = [-1, -1e308, 1e13, 1e308, Infinity, NaN, "7", null, [7], { count: 7 }, true];

Deno.test("a number that no request can have is no count and no charge", () => {
  for (const said of NO_COUNTS) {
    assertEquals(countOf(said), undefined, String(said));
    assertEquals(chargeOf(said), undefined, String(said));
    assertEquals(embeddingUsage({ usage: { prompt_tokens: said } }), undefined, String(said));
    const { inputTokens, outputTokens, totalTokens, cost } =
      decodeChat({ prompt_tokens: said, completion_tokens: 3, total_tokens: said, cost: said }) ??
        {};
    const { native: _, ...messages } = decodeMessages({ input_tokens: said, output_tokens: 3 }) ??
      {};
    assertEquals([inputTokens, outputTokens, totalTokens, cost], [0, 3, 3, undefined]);
    assertEquals(messages, { inputTokens: 0, outputTokens: 3, totalTokens: 3 });
  }
  assertEquals([countOf(0), countOf(1.5), chargeOf(0), chargeOf(0.0001)], [0, 2, 0, 0.0001]);
});

Deno.test("a total that is less than what was told before takes nothing back", () => {
  const before = { inputTokens: 10, outputTokens: 10, totalTokens: 20, cost: 5 };
  const told = { inputTokens: 4, outputTokens: 12, totalTokens: 16, cost: 1 };
  const { inputTokens, outputTokens, totalTokens, cost } = usageBeyond(told, before);
  assertEquals([inputTokens, outputTokens, totalTokens, cost], [0, 2, 0, 0]);
});
