/**
 * Prices in the form of LiteLLM's `model_prices_and_context_window.json`: by model or `provider/model`, in US
 * dollars for one token.
 *
 * @module
 */

import { isJsonObject, type JsonObject, parseJsonObject } from "../../core/text/json.ts";
import { type ModelPrice, modelPrice, type Rate, withOverlaps } from "./price_function.ts";
import type { UnitName } from "./units.ts";

/** The file that LiteLLM publishes has 2 MB. */
export const MAX_PRICE_FILE_BYTES = 16_777_216;

const TOKENS_PER_PRICE = 1_000_000;

const UNIT_OF: Readonly<Record<string, UnitName>> = {
  input_cost_per_token: "input_mtok",
  output_cost_per_token: "output_mtok",
  cache_read_input_token_cost: "cache_read_mtok",
  cache_creation_input_token_cost: "cache_write_mtok",
  cache_creation_input_token_cost_above_1hr: "cache_write_1h_mtok",
  input_cost_per_audio_token: "input_audio_mtok",
  input_cost_per_image_token: "input_image_mtok",
  cache_read_input_audio_token_cost: "cache_audio_read_mtok",
  output_cost_per_audio_token: "output_audio_mtok",
  output_cost_per_image_token: "output_image_mtok",
  output_cost_per_reasoning_token: "output_reasoning_mtok",
};

/** `input_cost_per_token_above_200k_tokens` */
const TIER = /^(.+)_above_(\d{1,6})k_tokens$/;

/** LiteLLM's names for providers that have others here. */
const NAME_OF: Readonly<Record<string, string>> = {
  fireworks: "fireworks_ai",
  together: "together_ai",
  vertex: "vertex_ai",
};

export class PriceFile {
  readonly #entries: ReadonlyMap<string, JsonObject>;

  /** Throws an `Error` whose message says what is wrong with the text. */
  constructor(text: string) {
    const json = parseJsonObject(text);
    if (json === undefined) throw new Error("it is no JSON object");
    const entries = Object.entries(json).filter((entry): entry is [string, JsonObject] =>
      isJsonObject(entry[1]) && Object.keys(entry[1]).some((name) => Object.hasOwn(UNIT_OF, name))
    );
    if (entries.length === 0) {
      throw new Error("no entry of it has a price such as input_cost_per_token");
    }
    this.#entries = new Map(entries);
  }

  get size(): number {
    return this.#entries.size;
  }

  /**
   * `undefined` where it has none. A model without its provider before it is the one whose `litellm_provider` is.
   */
  priceOf(provider: string, model: string): ModelPrice | undefined {
    const named = NAME_OF[provider] ?? provider;
    const own = this.#entries.get(`${provider}/${model}`) ?? this.#entries.get(`${named}/${model}`);
    const bare = this.#entries.get(model);
    const isOfProvider = bare !== undefined && isOf(bare, named);
    const entry = own ?? (isOfProvider ? bare : undefined);
    return entry && modelPrice(withOverlaps(ratesOf(entry)));
  }
}

/** `vertex_ai-language-models`, `bedrock_converse` and `text-completion-openai` are of these as well. */
function isOf({ litellm_provider: of }: JsonObject, provider: string): boolean {
  return typeof of === "string" &&
    (of === provider || of.startsWith(`${provider}_`) || of.startsWith(`${provider}-`) ||
      of === `text-completion-${provider}`);
}

function ratesOf(entry: JsonObject): Partial<Record<UnitName, Rate>> {
  const rates: Partial<Record<UnitName, Rate>> = {};
  for (const [name, unit] of Object.entries(UNIT_OF)) {
    const base = perMillion(entry[name]);
    if (base === undefined) continue;
    const tiers = Object.keys(entry).flatMap((member) => {
      const [, raised, thousands] = TIER.exec(member) ?? [];
      const price = raised === name ? perMillion(entry[member]) : undefined;
      return price === undefined ? [] : [{ start: Number(thousands) * 1_000, price }];
    });
    rates[unit] = tiers.length === 0 ? base : { base, tiers };
  }
  return rates;
}

/** Written with few digits and multiplied: without the rest that binary fractions leave. */
function perMillion(value: unknown): number | undefined {
  if (typeof value !== "number" || !Number.isFinite(value) || value < 0) return undefined;
  return Number((value * TOKENS_PER_PRICE).toPrecision(12));
}
