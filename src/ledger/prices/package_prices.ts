/** Prices of the package `@pydantic/genai-prices`, which come with a release of Weir and are not fetched. */

import type { Provider as PricedProvider } from "@pydantic/genai-prices";
import type { Provider } from "../../core/provider/provider.ts";
import { type ModelPrice, modelPrice } from "./price_function.ts";

type Package = typeof import("@pydantic/genai-prices");

/** The package's names for providers that have others here. */
const NAME_OF: Readonly<Record<string, string>> = {
  bedrock: "aws",
  gemini: "google",
  moonshot: "moonshotai",
  vertex: "google",
  xai: "x-ai",
};

const MINUTE_MS = 60_000;

/** What one model costs, and until when. */
export interface DatedPrice {
  readonly price: ModelPrice;
  readonly untilEpochMs: number;
}

export class PackagePrices {
  readonly #package: Package;

  private constructor(loaded: Package) {
    this.#package = loaded;
  }

  /** Half a megabyte of numbers, which nothing but calls needs. */
  static async load(): Promise<PackagePrices> {
    return new PackagePrices(await import("@pydantic/genai-prices"));
  }

  /**
   * The package's provider: by the configuration, by its address, or by its name, for one that is reached at
   * an address of somebody's own.
   */
  providerOf(
    { name, target }: Pick<Provider, "name" | "target">,
    configured: string | undefined,
  ): PricedProvider | undefined {
    const { findProvider } = this.#package;
    if (configured !== undefined) return findProvider({ providerId: configured });
    const found = findProvider({ providerApiUrl: target });
    if (found !== undefined) return found;
    const id = NAME_OF[name] ?? name;
    const named = findProvider({ providerId: id });
    // The package would take a name for a provider's that merely contains it.
    return named?.id === id ? named : undefined;
  }

  /** `undefined` where it does not know the model. */
  priceOf(provider: PricedProvider, model: string, epochMs: number): DatedPrice | undefined {
    const timestamp = new Date(epochMs);
    const found = this.#package.calcPrice({}, model, { providerId: provider.id, timestamp });
    if (found === null) return undefined;
    // Prices begin and end at whole minutes.
    const untilEpochMs = Array.isArray(found.model.prices)
      ? (Math.floor(epochMs / MINUTE_MS) + 1) * MINUTE_MS
      : Infinity;
    return { price: modelPrice(found.model_price), untilEpochMs };
  }
}
