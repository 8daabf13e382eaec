/**
 * What the price of one call costs, in this process: `deno bench bench/prices_bench.ts`.
 *
 * @module
 */

import { calcPrice } from "@pydantic/genai-prices";
import type { Provider, Target } from "../src/core/provider/provider.ts";
import { systemClock } from "../src/host/runtime.ts";
import { priceOptions } from "../src/ledger/prices/options.ts";
import { PackagePrices } from "../src/ledger/prices/package_prices.ts";
import { PriceBook } from "../src/ledger/prices/price_book.ts";

const book = new PriceBook({
  options: priceOptions.parse({
    models: Array.from({ length: 100 }, (_, index) => ({ model: `other-${index}-*`, input: 1 })),
  }),
  clock: systemClock,
  readFile: () => Promise.reject(new Error("There is none")),
  loadPackage: PackagePrices.load,
  warn: () => {},
});
await book.loading;
// Nothing else of a provider is asked for.
const provider = { name: "anthropic", target: "https://api.anthropic.com" } as Provider;
const target: Target = { provider, model: "claude-sonnet-4-5" };
const usage = {
  inputTokens: 1_234,
  outputTokens: 321,
  totalTokens: 1_555,
  cachedInputTokens: 1_024,
  cacheWriteInputTokens: 100,
};
const asked = {
  target,
  askedModel: "sonnet",
  servedModel: "claude-sonnet-4-5-20250929",
  usage,
};

Deno.bench({ name: "price of a call", fn: () => void book.usdOf(asked) });
Deno.bench({
  name: "the same by the package alone",
  fn: () =>
    void calcPrice({ input_tokens: 1_234, output_tokens: 321 }, asked.servedModel, {
      providerId: "anthropic",
    }),
});
