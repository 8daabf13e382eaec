/** What Anthropic's answers say of limits, of errors and of models. */

import { assertEquals } from "@std/assert";
import { anthropicMessages } from "../../src/formats/anthropic_messages/mod.ts";
import { providerOf } from "./providers_of.ts";

const EPOCH_MS = Date.parse("2026-11-28T12:00:00Z");
const provider = providerOf({ ANTHROPIC_API_KEY: "k" });

function waitOf(headers: Readonly<Record<string, string>>): number | undefined {
  return provider.retryAfterMs(new Headers(headers), undefined, EPOCH_MS);
}

Deno.test("the longest wait of all budgets that are used up counts", () => {
  const limit = (budget: string, remaining: string, reset: string) => ({
    [`anthropic-ratelimit-${budget}-remaining`]: remaining,
    [`anthropic-ratelimit-${budget}-reset`]: reset,
  });
  const soon = "2026-11-28T12:00:05Z";
  const late = "2026-11-28T12:01:00Z";
  const cases = [
    [{}, undefined],
    [limit("requests", "0", soon), 5_000],
    [limit("requests", "1", soon), undefined],
    [{ ...limit("input-tokens", "0", late), ...limit("tokens", "0", soon) }, 60_000],
    [{ ...limit("output-tokens", "1000", late), ...limit("tokens", "0", soon) }, 5_000],
    [limit("tokens", "0", "2026-11-28T11:00:00Z"), undefined],
    [limit("tokens", "0", "soon"), undefined],
  ] as const;
  for (const [headers, waitMs] of cases) assertEquals(waitOf(headers), waitMs);
});

Deno.test("an error of its own stays the same object, any other is put into its form", () => {
  const own = { type: "error", error: { type: "x", message: "m" }, request_id: "r" };
  assertEquals(provider.cleanError(own, 400, anthropicMessages) === own, true);
  const cases = [
    [{ error: { message: "m", code: "c" } }, 400, "invalid_request_error", "m"],
    [{ error: "m" }, 429, "rate_limit_error", "m"],
    [{ message: "m" }, 529, "overloaded_error", "m"],
    [{ detail: "m" }, 422, "invalid_request_error", "m"],
    [
      {},
      500,
      "api_error",
      "The upstream answered with status 500; try again, and if it stays so, ask whoever runs this gateway",
    ],
  ] as const;
  for (const [body, status, type, message] of cases) {
    assertEquals(provider.cleanError(body, status, anthropicMessages), {
      type: "error",
      error: { type, message },
    });
  }
});

Deno.test("a list is read in its own words, and a page says where the next one begins", () => {
  const entry = {
    type: "model",
    id: "claude-a-20260101",
    display_name: "Claude A",
    created_at: "2026-01-01T00:00:00Z",
    max_input_tokens: 200_000,
    max_tokens: 64_000,
  };
  const page = { data: [entry, { type: "model", id: "b" }], has_more: true, last_id: "b" };
  const [first, second] = provider.decodeModels(page);
  assertEquals(
    [first?.name, first?.created, first?.facts.contextTokens, first?.facts.maxOutputTokens],
    ["Claude A", 1_767_225_600, 200_000, 64_000],
  );
  assertEquals([first?.owned_by, second?.name, second?.created], ["anthropic", "b", 0]);
  assertEquals(provider.nextModels?.(page), "b");
  assertEquals(provider.nextModels?.({ ...page, has_more: false }), undefined);
  assertEquals(provider.prepareModels("1", "a b")?.url.search, "?limit=1000&after_id=a%20b");
});
