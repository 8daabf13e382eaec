import { calcPrice, waitForUpdate } from "@pydantic/genai-prices";
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import type { Usage } from "../../../src/core/chat/chat.ts";
import { modelPrice, type UnitPrices } from "../../../src/ledger/prices/price_function.ts";

/** Each beside the same in the package's words. */
const USAGES: readonly (readonly [Usage, Readonly<Record<string, number>>])[] = [
  [
    { inputTokens: 1_000, outputTokens: 100, totalTokens: 1_100 },
    { input_tokens: 1_000, output_tokens: 100 },
  ],
  [{ inputTokens: 1_000, outputTokens: 0, totalTokens: 1_000 }, { input_tokens: 1_000 }],
  [
    {
      inputTokens: 300_000,
      outputTokens: 777,
      totalTokens: 300_777,
      cachedInputTokens: 123_456,
      cacheWriteInputTokens: 30_001,
      cacheWriteHourInputTokens: 1_001,
      reasoningOutputTokens: 77,
    },
    {
      input_tokens: 300_000,
      output_tokens: 777,
      cache_read_tokens: 123_456,
      cache_write_tokens: 30_001,
      cache_write_1h_tokens: 1_001,
      output_reasoning_tokens: 77,
    },
  ],
  [
    {
      inputTokens: 50_001,
      outputTokens: 777,
      totalTokens: 50_778,
      cachedInputTokens: 1_234,
      audioInputTokens: 3_000,
      cachedAudioInputTokens: 200,
      imageInputTokens: 41,
      cachedImageInputTokens: 11,
      videoInputTokens: 30,
      audioOutputTokens: 101,
      imageOutputTokens: 33,
      webSearches: 3,
    },
    {
      input_tokens: 50_001,
      output_tokens: 777,
      cache_read_tokens: 1_234,
      input_audio_tokens: 3_000,
      cache_audio_read_tokens: 200,
      input_image_tokens: 41,
      cache_image_read_tokens: 11,
      input_video_tokens: 30,
      output_audio_tokens: 101,
      output_image_tokens: 33,
      web_searches: 3,
    },
  ],
];

Deno.test("every price of the package comes to the same to the last bit as by its own sum", async () => {
  const providers = await waitForUpdate() ?? [];
  let [equal, uncounted] = [0, 0];
  for (const { id, models } of providers) {
    for (const { id: model, prices: given } of models) {
      for (const { prices } of Array.isArray(given) ? given : [{ prices: given }]) {
        const alone = { id: model, match: { equals: model }, prices };
        const provider = { id, name: id, api_pattern: "", models: [alone] };
        const price = modelPrice(prices);
        for (const [usage, theirs] of USAGES) {
          const usd = price.usdOf(usage);
          if (usd === null) {
            uncounted += 1;
            continue;
          }
          assertEquals(usd, calcPrice(theirs, model, { provider })?.total_price, `${id} ${model}`);
          equal += 1;
        }
      }
    }
  }
  assert(equal > 6_000, String(equal));
  // Hours of sound, pages, and answers of models that give none.
  assert(uncounted < equal / 10, String(uncounted));
});

/** Prices for a million tokens, a usage, and what it comes to by hand. */
const BY_HAND: readonly (readonly [string, UnitPrices, Partial<Usage>, number | null])[] = [
  ["plain", { input_mtok: 3, output_mtok: 15 }, {}, 0.003 + 0.0015],
  [
    "cached tokens at their own price, the rest at the prompt's",
    { input_mtok: 3, output_mtok: 15, cache_read_mtok: 0.3 },
    { cachedInputTokens: 400 },
    600 * 3e-6 + 400 * 0.3e-6 + 100 * 15e-6,
  ],
  [
    "cached tokens that have no price of their own",
    { input_mtok: 3, output_mtok: 15 },
    { cachedInputTokens: 400 },
    0.0045,
  ],
  [
    "written to a cache for five minutes and for an hour",
    { input_mtok: 3, output_mtok: 15, cache_write_mtok: 3.75, cache_write_1h_mtok: 6 },
    { cacheWriteInputTokens: 500, cacheWriteHourInputTokens: 200 },
    500 * 3e-6 + 300 * 3.75e-6 + 200 * 6e-6 + 100 * 15e-6,
  ],
  [
    "a tier reprices all of the request",
    {
      input_mtok: { base: 1, tiers: [{ start: 500, price: 2 }, { start: 5_000, price: 9 }] },
      output_mtok: { base: 10, tiers: [{ start: 500, price: 20 }] },
    },
    {},
    1_000 * 2e-6 + 100 * 20e-6,
  ],
  [
    "a tier begins above its bound",
    { input_mtok: { base: 1, tiers: [{ start: 1_000, price: 2 }] }, output_mtok: 10 },
    {},
    1_000 * 1e-6 + 100 * 10e-6,
  ],
  [
    "sounds in prompt and answer, some of them cached",
    {
      input_mtok: 1,
      output_mtok: 2,
      cache_read_mtok: 0.5,
      input_audio_mtok: 40,
      cache_audio_read_mtok: 4,
      output_audio_mtok: 80,
    },
    {
      cachedInputTokens: 300,
      audioInputTokens: 200,
      cachedAudioInputTokens: 50,
      audioOutputTokens: 60,
    },
    550 * 1e-6 + 250 * 0.5e-6 + 150 * 40e-6 + 50 * 4e-6 + 40 * 2e-6 + 60 * 80e-6,
  ],
  [
    "reasoning with a price of its own",
    { input_mtok: 1, output_mtok: 2, output_reasoning_mtok: 3 },
    { reasoningOutputTokens: 40 },
    1_000 * 1e-6 + 60 * 2e-6 + 40 * 3e-6,
  ],
  ["for each request beside", { input_mtok: 1, output_mtok: 2, requests_kcount: 5 }, {}, 0.0062],
  ["free of charge", {}, {}, 0],
  ["priced by hours of sound", { audio_hours: 0.36 }, {}, null],
  ["an answer of a model that has none", { input_mtok: 1 }, {}, null],
  [
    "more cached than there is",
    { input_mtok: 3, output_mtok: 15, cache_read_mtok: 0.3 },
    { cachedInputTokens: 4_000 },
    1_000 * 0.3e-6 + 100 * 15e-6,
  ],
];

Deno.test("what a model costs, by hand", async (test) => {
  for (const [name, prices, usage, expected] of BY_HAND) {
    await test.step(name, () => {
      const counts = { inputTokens: 1_000, outputTokens: 100, totalTokens: 1_100, ...usage };
      const usd = modelPrice(prices).usdOf(counts);
      if (expected === null) assertEquals(usd, null);
      else assertAlmostEquals(usd ?? NaN, expected, 1e-15);
    });
  }
});
