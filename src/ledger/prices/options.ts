/** What the operator says of prices. */

import * as z from "zod";
import { type Rate, type UnitPrices, withOverlaps } from "./price_function.ts";
import type { UnitName } from "./units.ts";

const MAX_RULES = 1_000;

const price = z.number().min(0).max(1_000_000).optional();

/** The name of each price in the configuration, and of its unit. */
const UNIT_OF = {
  input: "input_mtok",
  output: "output_mtok",
  cacheRead: "cache_read_mtok",
  cacheWrite: "cache_write_mtok",
  cacheWriteHour: "cache_write_1h_mtok",
  inputAudio: "input_audio_mtok",
  inputImage: "input_image_mtok",
  cacheAudioRead: "cache_audio_read_mtok",
  outputAudio: "output_audio_mtok",
  outputImage: "output_image_mtok",
  outputReasoning: "output_reasoning_mtok",
} as const satisfies Readonly<Record<string, UnitName>>;

type PriceName = keyof typeof UNIT_OF;

const PRICE_NAMES = Object.keys(UNIT_OF) as readonly PriceName[]; // They are its keys.

const perMillion = {
  input: price.describe("US dollars for a million tokens of the prompt."),
  output: price.describe("The same for the answer."),
  cacheRead: price.describe("For tokens read from a cache; `input` where absent."),
  cacheWrite: price.describe("For tokens written to a cache for five minutes."),
  cacheWriteHour: price.describe("For those that are kept for an hour; `cacheWrite` where absent."),
  inputAudio: price.describe("For sounds in the prompt."),
  inputImage: price.describe("For images in the prompt."),
  cacheAudioRead: price.describe("For sounds read from a cache."),
  outputAudio: price.describe("For sounds in the answer."),
  outputImage: price.describe("For images in the answer."),
  outputReasoning: price.describe("For what the model thinks; `output` where absent."),
};

const tiers = z.array(z.strictObject({
  aboveInputTokens: z.int().min(0).max(1_000_000_000),
  ...perMillion,
})).max(10).optional().describe(
  "Other prices for a request whose prompt has more tokens than `aboveInputTokens`, for all of it.",
);

const prices = {
  ...perMillion,
  request: z.number().min(0).max(1_000).optional().describe("US dollars for each request beside."),
  tiers,
};

type WrittenPrices = z.output<z.ZodObject<typeof prices>>;

/** So that nobody's slip of the pen makes a model free. */
function checkPrices(written: WrittenPrices, { addIssue }: z.RefinementCtx): void {
  const given = PRICE_NAMES.filter((name) => written[name] !== undefined);
  if (given.length === 0 && written.request === undefined) {
    addIssue({ code: "custom", message: "has no price; write 0 for what is free of charge" });
  }
  for (const [index, tier] of (written.tiers ?? []).entries()) {
    for (const name of PRICE_NAMES) {
      if (tier[name] === undefined || written[name] !== undefined) continue;
      const message = "has no price below the tier; write one beside `tiers`";
      addIssue({ code: "custom", path: ["tiers", index, name], message });
    }
  }
}

const aliasPrices = z.strictObject(prices).superRefine(checkPrices);
const modelPrices = z.strictObject({
  provider: z.string().min(1).max(256).optional().describe(
    "Name of an upstream; any where absent.",
  ),
  model: z.string().min(1).max(256).describe(
    "The upstream's name for the model; `*` stands for any characters.",
  ),
  ...prices,
}).superRefine(checkPrices);

const isShort = (named: object): boolean => Object.keys(named).length <= MAX_RULES;
const TOO_MANY = `must be ${MAX_RULES} at the most`;

export const priceOptions = z.strictObject({
  aliases: z.record(z.string().min(1).max(256), aliasPrices).refine(isShort, TOO_MANY).default({})
    .describe("Prices of what is asked for by these names, wherever it is served."),
  models: z.array(modelPrices).max(MAX_RULES).default([]).describe(
    "Prices of models, by upstream and name: one that is named in full first, then the first whose pattern fits.",
  ),
  providers: z.record(z.string().min(1).max(256), z.string().min(1).max(64)).refine(
    isShort,
    TOO_MANY,
  ).default({}).describe(
    "Whose prices an upstream of your own has, such as `openai`, where its address does not tell.",
  ),
  file: z.string().min(1).max(4_096).optional().describe(
    "Path of a list of prices in the form of LiteLLM's `model_prices_and_context_window.json`.",
  ).meta({ variable: "PRICES_FILE" }),
}).prefault({});

export type PriceOptions = z.output<typeof priceOptions>;

export function unitPricesOf(written: WrittenPrices): UnitPrices {
  const rates: Partial<Record<UnitName, Rate>> = { input_mtok: 0, output_mtok: 0 };
  for (const name of PRICE_NAMES) {
    const base = written[name];
    if (base === undefined) continue;
    const raised = (written.tiers ?? []).flatMap((tier) =>
      tier[name] === undefined ? [] : [{ start: tier.aboveInputTokens, price: tier[name] }]
    );
    rates[UNIT_OF[name]] = raised.length === 0 ? base : { base, tiers: raised };
  }
  return withOverlaps({
    ...rates,
    ...(written.request !== undefined && { requests_kcount: written.request * 1_000 }),
  });
}
