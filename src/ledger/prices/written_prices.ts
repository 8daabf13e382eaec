/** Prices that the operator has written, which win over all others. */

import type { PricedRequest } from "../../core/ledger/spending.ts";
import { matchesPattern } from "../../core/principal.ts";
import { type PriceOptions, unitPricesOf } from "./options.ts";
import { type ModelPrice, modelPrice } from "./price_function.ts";

interface ModelRule {
  readonly fits: (provider: string, model: string) => boolean;
  readonly price: ModelPrice;
}

export class WrittenPrices {
  readonly #aliases: ReadonlyMap<string, ModelPrice>;
  /** Those of one model of one upstream first. */
  readonly #rules: readonly ModelRule[];

  constructor({ aliases, models }: Pick<PriceOptions, "aliases" | "models">) {
    this.#aliases = new Map(
      Object.entries(aliases).map(([name, written]) => [name, modelPrice(unitPricesOf(written))]),
    );
    const isExact = ({ provider, model }: PriceOptions["models"][number]): boolean =>
      provider !== undefined && !model.includes("*");
    this.#rules = [...models.filter(isExact), ...models.filter((rule) => !isExact(rule))]
      .map((rule) => ({
        fits: fitting(rule.provider, rule.model),
        price: modelPrice(unitPricesOf(rule)),
      }));
  }

  priceOf(
    { target, askedModel, servedModel = target.model }: Omit<PricedRequest, "usage">,
  ): ModelPrice | undefined {
    const alias = this.#aliases.get(askedModel);
    if (alias !== undefined) return alias;
    const { provider: { name }, model } = target;
    return this.#rules.find(({ fits }) => fits(name, model) || fits(name, servedModel))?.price;
  }
}

function fitting(provider: string | undefined, pattern: string): ModelRule["fits"] {
  const anyCase = pattern.toLowerCase();
  return (name, model) =>
    (provider === undefined || provider === name) && matchesPattern(model.toLowerCase(), anyCase);
}
