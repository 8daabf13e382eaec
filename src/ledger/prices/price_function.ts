/** Makes of a model's prices a function that costs a call next to nothing. */

import type { Usage } from "../../core/chat/chat.ts";
import {
  countsOf,
  depthOf,
  directionOf,
  isPartOf,
  isUnitName,
  type UnitName,
  unitsPerPrice,
} from "./units.ts";

/** US dollars for a million tokens, or a thousand of what is no token. */
export type Rate = number | TieredRate;

/** The highest tier that the prompt is longer than prices all of the request. */
export interface TieredRate {
  readonly base: number;
  readonly tiers: readonly { readonly start: number; readonly price: number }[];
}

/** By the names of units; what has none of its own is charged as what contains it. None at all is free of charge. */
export type UnitPrices = Readonly<Record<string, Rate | undefined>>;

/** What one model costs. */
export interface ModelPrice {
  readonly prices: UnitPrices;
  /** US dollars; `null` where what was counted is not what is charged for. */
  readonly usdOf: (usage: Usage) => number | null;
}

interface Term {
  readonly unit: UnitName;
  readonly rate: Rate;
  readonly perPrice: number;
  readonly direction: ReturnType<typeof directionOf>;
  /** The terms of its parts. */
  readonly parts: readonly number[];
}

export function modelPrice(prices: UnitPrices): ModelPrice {
  return { prices, usdOf: priceFunction(prices) };
}

function priceFunction(prices: UnitPrices): ModelPrice["usdOf"] {
  const given = Object.entries(prices).flatMap(([name, rate]) =>
    rate === undefined || !isUnitName(name) ? [] : [{ unit: name, rate: sortedRate(rate) }]
  );
  const hasOthersAlone = given.length === 0 && Object.keys(prices).length > 0;
  const isForTokens = given.length === 0 || given.some(({ unit }) => unit === "input_mtok");
  if (hasOthersAlone || !isForTokens) return () => null;
  // Special ones first, because the others are without them.
  const bySpeciality = given.map(({ unit }, index) => ({ unit, index }))
    .toSorted((left, right) => depthOf(right.unit) - depthOf(left.unit));
  const order = bySpeciality.map(({ index }) => index);
  const terms = given.map(({ unit, rate }): Term => ({
    unit,
    rate,
    perPrice: unitsPerPrice(unit),
    direction: directionOf(unit),
    parts: given.flatMap((other, index) => isPartOf(other.unit, unit) ? [index] : []),
  }));
  const hasOutputPrice = given.length === 0 || given.some(({ unit }) => unit === "output_mtok");
  return (usage) =>
    // Models that only read have no price for an answer.
    !hasOutputPrice && usage.outputTokens > 0 ? null : sumOf(terms, order, usage);
}

/** In the order of the package's own sum, so that both round alike. */
function sumOf(terms: readonly Term[], order: readonly number[], usage: Usage): number {
  const counts = countsOf(usage);
  const own: number[] = new Array(terms.length).fill(0);
  for (const index of order) {
    const term = terms[index];
    if (term === undefined) continue;
    let count = counts[term.unit];
    for (const part of term.parts) count -= own[part] ?? 0;
    own[index] = Math.max(0, count);
  }
  let [input, output, other] = [0, 0, 0];
  for (const [index, { rate, perPrice, direction }] of terms.entries()) {
    const usd = chargeFor(rate, own[index] ?? 0, counts.input_mtok, perPrice);
    if (direction === "input") input += usd;
    else if (direction === "output") output += usd;
    else other += usd;
  }
  return input + output + other;
}

function chargeFor(rate: Rate, count: number, inputTokens: number, perPrice: number): number {
  if (typeof rate === "number") return rate * count / perPrice;
  if (count <= 0) return 0;
  let price = rate.base;
  for (const tier of rate.tiers) if (inputTokens > tier.start) price = tier.price;
  return price * count / 1e6 * 1e6 / perPrice;
}

function sortedRate(rate: Rate): Rate {
  if (typeof rate === "number") return rate;
  return { base: rate.base, tiers: rate.tiers.toSorted((left, right) => left.start - right.start) };
}

/** Cached sounds and images are charged as what is cached, unless they have a price of their own. */
export function withOverlaps(prices: UnitPrices): UnitPrices {
  const cached = prices.cache_read_mtok;
  if (cached === undefined) return prices;
  return {
    ...(prices.input_audio_mtok !== undefined && { cache_audio_read_mtok: cached }),
    ...(prices.input_image_mtok !== undefined && { cache_image_read_mtok: cached }),
    ...prices,
  };
}
