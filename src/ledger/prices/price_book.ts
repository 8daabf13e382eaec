/**
 * What requests cost, by whoever says it first: the operator for the name that was asked for, for the provider's
 * model, and for a pattern of names; the provider itself; the operator's list of prices; the package's.
 *
 * @module
 */

import type { Clock } from "../../core/clock.ts";
import type { ListedPrices, PricedRequest, Prices } from "../../core/ledger/spending.ts";
import type { ModelPricing, Provider, Target } from "../../core/provider/provider.ts";
import { MAX_PRICE_FILE_BYTES, PriceFile } from "./litellm_file.ts";
import { listedPricing } from "./listed_pricing.ts";
import type { PriceOptions } from "./options.ts";
import type { PackagePrices } from "./package_prices.ts";
import { type ModelPrice, modelPrice, type UnitPrices } from "./price_function.ts";
import { WrittenPrices } from "./written_prices.ts";
import { thrownMessage } from "../../core/text/thrown_message.ts";

/** Providers may call their models anything. */
const MAX_REMEMBERED = 2_000;

/** The fake LLM that is built in. */
const FREE_PROVIDER = "fake";
const FREE = modelPrice({});

export interface PriceBookParts {
  readonly options: PriceOptions;
  readonly clock: Clock;
  readonly readFile: (path: string, maxBytes: number) => Promise<string>;
  readonly loadPackage: () => Promise<PackagePrices>;
  /** Told that a list of prices cannot be read; prices are then those of others. */
  readonly warn: (problem: string) => void;
}

/** Where a price comes from; what a provider states lies between the two. */
interface Found {
  readonly written: ModelPrice | undefined;
  readonly listed: ModelPrice | undefined;
  readonly untilEpochMs: number;
}

export class PriceBook implements Prices, ListedPrices {
  readonly #parts: PriceBookParts;
  readonly #written: WrittenPrices;
  #loading: Promise<void> | undefined;
  #isLoaded = false;
  #package: PackagePrices | undefined;
  #file: PriceFile | undefined;
  readonly #found = new Map<string, Found>();

  constructor(parts: PriceBookParts) {
    this.#parts = parts;
    this.#written = new WrittenPrices(parts.options);
  }

  /** Never rejects. */
  get loading(): Promise<void> | undefined {
    if (this.#isLoaded) return undefined;
    return this.#loading ??= this.#load();
  }

  usdOf(request: PricedRequest): number | null {
    const { written, listed } = this.#find(request);
    const { usage } = request;
    if (written !== undefined) return written.usdOf(usage);
    return usage.cost ?? listed?.usdOf(usage) ?? null;
  }

  /** What a model costs, as far as that is known beforehand. */
  async pricesOf(target: Target, askedModel: string): Promise<UnitPrices | undefined> {
    await this.loading;
    const { written, listed } = this.#find({ target, askedModel });
    return (written ?? listed)?.prices;
  }

  pricingOf(provider: Provider, model: string): ModelPricing | undefined {
    const { written, listed } = this.#find({ target: { provider, model }, askedModel: model });
    const prices = (written ?? listed)?.prices;
    return prices && listedPricing(prices);
  }

  #find(request: Omit<PricedRequest, "usage">): Found {
    const { target: { provider, model }, askedModel, servedModel = "" } = request;
    const key = `${provider.name}\n${model}\n${servedModel}\n${askedModel}`;
    const known = this.#found.get(key);
    const epochMs = this.#parts.clock.epochMs();
    if (known !== undefined && epochMs < known.untilEpochMs) return known;
    const written = this.#written.priceOf(request);
    const { price, untilEpochMs } = this.#listed(provider, [servedModel, model], epochMs);
    const found = { written, listed: price, untilEpochMs };
    if (this.#found.size >= MAX_REMEMBERED) this.#found.clear();
    if (this.#isLoaded) this.#found.set(key, found);
    return found;
  }

  /** @param models The provider's names for the model, the one that answered first. */
  #listed(
    provider: Provider,
    models: readonly string[],
    epochMs: number,
  ): { readonly price: ModelPrice | undefined; readonly untilEpochMs: number } {
    const configured = this.#parts.options.providers[provider.name];
    const priced = this.#package?.providerOf(provider, configured);
    const names = [provider.name, configured, priced?.id];
    for (const model of models.filter((name) => name !== "")) {
      for (const name of names) {
        const price = name === undefined ? undefined : this.#file?.priceOf(name, model);
        if (price !== undefined) return { price, untilEpochMs: Infinity };
      }
      const dated = priced && this.#package?.priceOf(priced, model, epochMs);
      if (dated !== undefined) return dated;
    }
    const price = provider.name === FREE_PROVIDER ? FREE : undefined;
    return { price, untilEpochMs: Infinity };
  }

  async #load(): Promise<void> {
    const { options: { file }, readFile, loadPackage, warn } = this.#parts;
    try {
      if (file !== undefined) {
        this.#file = new PriceFile(await readFile(file, MAX_PRICE_FILE_BYTES));
      }
    } catch (thrown) {
      warn(`The prices in ${file} cannot be used: ${thrownMessage(thrown)}`);
    }
    try {
      this.#package = await loadPackage();
    } catch (thrown) {
      // What calls cost is unknown then; they go on, and are logged.
      warn(`The prices that come with Weir cannot be loaded: ${thrownMessage(thrown)}`);
    }
    this.#isLoaded = true;
  }
}
