import { assertEquals } from "@std/assert";
import type { JsonObject } from "../../src/core/text/json.ts";
import { providerOf } from "./providers_of.ts";

/** 2026-11-21T10:00:00Z. */
const NOW_MS = 1_795_255_200_000;
const NOW_SECONDS = NOW_MS / 1000;

interface RetryCase {
  readonly says: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: JsonObject;
  readonly waitMs: number | undefined;
}

function check(environment: Readonly<Record<string, string>>, cases: readonly RetryCase[]): void {
  const provider = providerOf(environment);
  for (const { says, headers = {}, body, waitMs } of cases) {
    assertEquals(provider.retryAfterMs(new Headers(headers), body, NOW_MS), waitMs, says);
  }
}

/** The headers of a budget that is used up. */
function spent(budget: string, reset: string): Readonly<Record<string, string>> {
  return {
    [`x-ratelimit-remaining${budget}`]: "0",
    [`x-ratelimit-reset${budget}`]: reset,
  };
}

Deno.test("retryAfterMs() reads OpenAI's durations of the budgets that are used up", () => {
  check({ OPENAI_API_KEY: "k" }, [
    { says: "nothing", waitMs: undefined },
    { says: "seconds", headers: spent("-requests", "1s"), waitMs: 1_000 },
    { says: "fraction", headers: spent("-requests", "8.64s"), waitMs: 8_640 },
    { says: "ms", headers: spent("-tokens", "39ms"), waitMs: 39 },
    { says: "m and s", headers: spent("-requests", "6m0s"), waitMs: 360_000 },
    { says: "m and s.ms", headers: spent("-requests", "20m52.666s"), waitMs: 1_252_666 },
    { says: "h, m, s", headers: spent("-tokens", "1h2m3s"), waitMs: 3_723_000 },
    { says: "no remaining is told", headers: { "x-ratelimit-reset-tokens": "2s" }, waitMs: 2_000 },
    {
      says: "the longer of two",
      headers: { ...spent("-requests", "3s"), ...spent("-tokens", "1m0s") },
      waitMs: 60_000,
    },
    {
      says: "a budget with something left is not waited for",
      headers: {
        ...spent("-tokens", "2s"),
        "x-ratelimit-remaining-requests": "57",
        "x-ratelimit-reset-requests": "20m0s",
      },
      waitMs: 2_000,
    },
    { says: "Azure's -1 and 0", headers: spent("-tokens", "0"), waitMs: undefined },
    { says: "not a duration", headers: spent("-tokens", "soon"), waitMs: undefined },
    { says: "half a duration", headers: spent("-tokens", "1m30"), waitMs: undefined },
    { says: "negative", headers: spent("-tokens", "-5"), waitMs: undefined },
  ]);
});

Deno.test("retryAfterMs() reads Venice's three units, and its lockout", () => {
  const lockout = { error: "Too many failed attempts (> 20) resulting in a non-success status" };
  check({ VENICE_API_KEY: "k" }, [
    { says: "epoch s", headers: spent("-requests", String(NOW_SECONDS + 12)), waitMs: 12_000 },
    { says: "epoch ms", headers: spent("-requests", String(NOW_MS + 2_500)), waitMs: 2_500 },
    { says: "seconds to go", headers: spent("-requests", "42"), waitMs: 42_000 },
    { says: "fraction to go", headers: spent("-requests", "0.25"), waitMs: 250 },
    { says: "tokens", headers: spent("-tokens", "17"), waitMs: 17_000 },
    { says: "passed", headers: spent("-requests", String(NOW_SECONDS - 1)), waitMs: undefined },
    { says: "another text", body: { error: "Rate limit exceeded" }, waitMs: undefined },
    { says: "lockout", body: lockout, waitMs: 30_000 },
    { says: "lockout as an object", body: { error: { message: lockout.error } }, waitMs: 30_000 },
    {
      says: "lockout, and a budget that lasts longer",
      headers: spent("-requests", "45"),
      body: lockout,
      waitMs: 45_000,
    },
    {
      says: "lockout, and a budget that is back sooner",
      headers: spent("-requests", "5"),
      body: lockout,
      waitMs: 30_000,
    },
  ]);
  check({ VENICE_API_KEY: "k", RATE_LIMIT_WAIT: "1.5" }, [
    { says: "lockout as set", body: lockout, waitMs: 1_500 },
  ]);
});

Deno.test("retryAfterMs() reads OpenRouter's moment, wherever it stands", () => {
  const reset = String(NOW_MS + 9_000);
  const copied = { "X-RateLimit-Limit": "20", "X-RateLimit-Remaining": "0" };
  check({ OPENROUTER_API_KEY: "k" }, [
    { says: "headers", headers: spent("", reset), waitMs: 9_000 },
    { says: "epoch seconds", headers: spent("", String(NOW_SECONDS + 3)), waitMs: 3_000 },
    {
      says: "the error's copy of the headers",
      body: { error: { metadata: { headers: { ...copied, "X-RateLimit-Reset": reset } } } },
      waitMs: 9_000,
    },
    { says: "availability", body: { error: { availability: { retry_after: 7 } } }, waitMs: 7_000 },
    {
      says: "the longest of all",
      headers: spent("", reset),
      body: { error: { availability: { retry_after: 20 } } },
      waitMs: 20_000,
    },
    { says: "nothing", body: { error: { code: 429, message: "Slow down" } }, waitMs: undefined },
    { says: "a text", body: { error: "Slow down" }, waitMs: undefined },
    {
      says: "no number",
      body: { error: { availability: { retry_after: {} } } },
      waitMs: undefined,
    },
  ]);
});
