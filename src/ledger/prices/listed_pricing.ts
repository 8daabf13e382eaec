/** Prices as lists of models tell them: US dollars for one token, as decimal texts. */

import type { ModelPricing } from "../../core/provider/provider.ts";
import type { Rate, UnitPrices } from "./price_function.ts";
import { type UnitName, unitsPerPrice } from "./units.ts";

/** OpenRouter's names. */
const NAME_OF = {
  prompt: "input_mtok",
  completion: "output_mtok",
  request: "requests_kcount",
  web_search: "web_searches_kcount",
  internal_reasoning: "output_reasoning_mtok",
  input_cache_read: "cache_read_mtok",
  input_cache_write: "cache_write_mtok",
  audio: "input_audio_mtok",
} as const satisfies Readonly<Record<string, UnitName>>;

const DIGITS = 15;

/** `undefined` where it is not for tokens that is charged. */
export function listedPricing(prices: UnitPrices): ModelPricing | undefined {
  const isFree = Object.keys(prices).length === 0;
  if (isFree) return { prompt: "0", completion: "0" };
  if (prices.input_mtok === undefined) return undefined;
  const told = Object.entries(NAME_OF).flatMap(([name, unit]) => {
    const rate = prices[unit];
    return rate === undefined ? [] : [[name, perUnit(rate, unit)]];
  });
  return { prompt: null, completion: null, ...Object.fromEntries(told) };
}

/** Of a short prompt. */
function perUnit(rate: Rate, unit: UnitName): string {
  const price = typeof rate === "number" ? rate : rate.base;
  const usd = price / unitsPerPrice(unit);
  return usd.toFixed(DIGITS).replace(/\.?0+$/, "");
}
