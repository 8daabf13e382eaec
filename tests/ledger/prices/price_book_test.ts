import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import type { Usage } from "../../../src/core/chat/chat.ts";
import type { Provider, Target } from "../../../src/core/provider/provider.ts";
import { PriceFile } from "../../../src/ledger/prices/litellm_file.ts";
import { priceOptions } from "../../../src/ledger/prices/options.ts";
import { PackagePrices } from "../../../src/ledger/prices/package_prices.ts";
import { PriceBook } from "../../../src/ledger/prices/price_book.ts";

const USAGE: Usage = { inputTokens: 1_000_000, outputTokens: 1_000_000, totalTokens: 2_000_000 };
const CHRISTMAS_MS = Date.UTC(2026, 11, 25, 12);

interface Asked {
  readonly provider?: string;
  readonly address?: string;
  readonly model?: string;
  readonly askedModel?: string;
  readonly servedModel?: string;
  readonly usage?: Partial<Usage>;
}

async function openBook(
  options: unknown = {},
  file = "",
  epochMs: () => number = () => CHRISTMAS_MS,
): Promise<(asked?: Asked) => number | null> {
  const book = new PriceBook({
    options: priceOptions.parse(options),
    clock: { epochMs, nowMs: () => 0, schedule: () => () => {} },
    readFile: () => Promise.resolve(file),
    loadPackage: PackagePrices.load,
    warn: (problem) => assertEquals(problem, ""),
  });
  await book.loading;
  assertEquals(book.loading, undefined);
  return (asked = {}) => {
    const { provider = "openai", address = "http://127.0.0.1:1/v1", model = "gpt-4o" } = asked;
    // Of a provider it asks for nothing else.
    const target = { provider: { name: provider, target: address } as Provider, model } as Target;
    const { askedModel = model, servedModel, usage } = asked;
    return book.usdOf({ target, askedModel, servedModel, usage: { ...USAGE, ...usage } });
  };
}

Deno.test("the package's prices: by name, by address, by who is named in the configuration", async () => {
  const usdOf = await openBook({ providers: { mine: "openai" } });
  // 2.5 and 10 dollars for a million tokens.
  assertEquals(usdOf(), 12.5);
  assertEquals(usdOf({ provider: "mine" }), 12.5);
  assertEquals(usdOf({ provider: "other", address: "https://api.openai.com/v1" }), 12.5);
  assertEquals(usdOf({ provider: "another" }), null);
  // The package itself would take any name for OpenAI's that contains it.
  assertEquals(usdOf({ provider: "my-openai" }), null);
  assertEquals(usdOf({ model: "a-model-that-nobody-has" }), null);
  const names = { gemini: "gemini-2.5-pro", anthropic: "claude-sonnet-4-5", xai: "grok-4" };
  for (const [provider, model] of Object.entries(names)) {
    assert((usdOf({ provider, model }) ?? 0) > 0, provider);
  }
  const onBedrock = "anthropic.claude-sonnet-4-5-20250929-v1:0";
  assert((usdOf({ provider: "bedrock", model: onBedrock }) ?? 0) > 0);
});

Deno.test("the model that answered has the price, and the one that was asked where that is unknown", async () => {
  const usdOf = await openBook();
  assertEquals(usdOf({ model: "deployment", servedModel: "gpt-4o-2024-08-06" }), 12.5);
  assertEquals(usdOf({ servedModel: "a-name-of-their-own" }), 12.5);
});

Deno.test("the fake LLM costs nothing, which is known", async () => {
  const usdOf = await openBook();
  assertEquals(usdOf({ provider: "fake", model: "any" }), 0);
});

Deno.test("who says a price first: alias, upstream with model, pattern, provider, file, package", async () => {
  const stated = { usage: { cost: 5 } };
  const file = JSON.stringify({
    "gpt-4o": { litellm_provider: "openai", input_cost_per_token: 0.000004 },
  });
  const pattern = { model: "GPT-4*", input: 3 };
  const exact = { provider: "openai", model: "gpt-4o", input: 2 };
  const aliases = { fast: { input: 1 } };
  const unaware = await openBook({ file: "/prices.json" }, file);
  // Of the answer it says nothing.
  assertEquals(unaware({ usage: { outputTokens: 0 } }), 4);
  assertEquals(unaware(stated), 5);
  const fitting = await openBook({ file: "/prices.json", models: [pattern] }, file);
  assertEquals(fitting(stated), 3);
  const named = await openBook({ models: [pattern, exact] });
  assertEquals(named(stated), 2);
  assertEquals(named({ provider: "other", ...stated }), 3);
  const aliased = await openBook({ aliases, models: [pattern, exact] });
  assertEquals(aliased({ askedModel: "fast", ...stated }), 1);
  assertEquals(aliased(stated), 2);
});

Deno.test("a list in LiteLLM's form: providers, tiers, caches, and prices that are not for tokens", async () => {
  const file = JSON.stringify({
    sample_spec: { input_cost_per_token: 0, litellm_provider: "one of https://..." },
    "gemini/model": {
      litellm_provider: "gemini",
      input_cost_per_token: 0.00000125,
      input_cost_per_token_above_200k_tokens: 0.0000025,
      output_cost_per_token: 0.00001,
      output_cost_per_token_above_200k_tokens: 0.000015,
      cache_read_input_token_cost: 3.1e-7,
    },
    "claude": {
      litellm_provider: "anthropic",
      input_cost_per_token: 0.000003,
      output_cost_per_token: 0.000015,
      cache_creation_input_token_cost: 0.00000375,
      cache_creation_input_token_cost_above_1hr: 0.000006,
    },
    "dall-e-3": { litellm_provider: "openai", input_cost_per_image: 0.04 },
  });
  const usdOf = await openBook({ file: "/prices.json", providers: { mine: "anthropic" } }, file);
  const gemini = { provider: "gemini", model: "model" };
  assertEquals(usdOf(gemini), 17.5);
  const short = { inputTokens: 200_000, outputTokens: 100, cachedInputTokens: 100_000 };
  assertAlmostEquals(usdOf({ ...gemini, usage: short }) ?? NaN, 0.125 + 0.031 + 0.001, 1e-12);
  const written = { cacheWriteInputTokens: 500_000, cacheWriteHourInputTokens: 100_000 };
  const claude = { model: "claude", usage: written };
  assertAlmostEquals(usdOf({ provider: "mine", ...claude }) ?? NaN, 1.5 + 1.5 + 0.6 + 15, 1e-9);
  assertEquals(usdOf({ provider: "xai", ...claude }), null);
  assertEquals(new PriceFile(file).size, 3);
});

Deno.test("a list that is none is told of", () => {
  assertThrows(() => new PriceFile("[1]"), Error, "no JSON object");
  assertThrows(() => new PriceFile("{}"), Error, "input_cost_per_token");
});

Deno.test("prices that cannot be loaded are told of once, and those of the configuration still hold", async () => {
  const problems: string[] = [];
  const book = new PriceBook({
    options: priceOptions.parse({ models: [{ model: "mine", input: 1 }] }),
    clock: { epochMs: () => CHRISTMAS_MS, nowMs: () => 0, schedule: () => () => {} },
    readFile: () => Promise.reject(new Error("There is none")),
    loadPackage: () => Promise.reject(new Error("No such module")),
    warn: (problem) => void problems.push(problem),
  });
  await book.loading;
  assertEquals(book.loading, undefined);
  assertEquals(problems, ["The prices that come with Weir cannot be loaded: No such module"]);
  const provider = { name: "openai", target: "https://api.openai.com/v1" } as Provider;
  const costOf = (model: string) =>
    book.usdOf({ target: { provider, model }, askedModel: model, usage: USAGE });
  assertEquals([costOf("mine"), costOf("gpt-4o")], [1, null]);
});

Deno.test("a price is the one of its date and its hour", async () => {
  // DeepSeek was cheaper at night, until it was not any more.
  let epochMs = Date.UTC(2025, 5, 1, 12);
  const usdOf = await openBook({}, "", () => epochMs);
  const deepseek = { provider: "deepseek", model: "deepseek-reasoner" };
  const byDay = usdOf(deepseek) ?? NaN;
  epochMs = Date.UTC(2025, 5, 1, 20);
  const byNight = usdOf(deepseek) ?? NaN;
  assert(byDay > 0 && byNight > 0 && byDay !== byNight, `${byDay} ${byNight}`);
  epochMs = Date.UTC(2025, 5, 2, 12);
  assertEquals(usdOf(deepseek), byDay);
});

Deno.test("prices of the configuration have to say something, and tiers what they begin with", () => {
  const problemsOf = (options: unknown) =>
    priceOptions.safeParse(options).error?.issues.map(({ path, message }) =>
      `${path.join(".")} ${message}`
    );
  assertEquals(problemsOf({ models: [{ model: "m", input: 0 }] }), undefined);
  assertEquals(problemsOf({ models: [{ model: "m" }] }), [
    "models.0 has no price; write 0 for what is free of charge",
  ]);
  const tiers = [{ aboveInputTokens: 10, output: 1 }];
  assertEquals(problemsOf({ aliases: { a: { input: 1, tiers } } }), [
    "aliases.a.tiers.0.output has no price below the tier; write one beside `tiers`",
  ]);
});

Deno.test("tiers and requests of the configuration", async () => {
  const usdOf = await openBook({
    models: [{
      model: "*",
      input: 1,
      output: 2,
      cacheRead: 0.5,
      inputAudio: 10,
      request: 0.01,
      tiers: [{ aboveInputTokens: 1_000, input: 3, cacheRead: 1 }],
    }],
  });
  const small = { inputTokens: 1_000, outputTokens: 10 };
  assertAlmostEquals(usdOf({ usage: small }) ?? NaN, 0.001 + 0.00002 + 0.01, 1e-12);
  const large = { inputTokens: 2_000, outputTokens: 10, cachedInputTokens: 500 };
  assertAlmostEquals(usdOf({ usage: large }) ?? NaN, 0.0045 + 0.0005 + 0.00002 + 0.01, 1e-12);
  // Sounds that were cached are charged once.
  const heard = { inputTokens: 1_000, outputTokens: 0, audioInputTokens: 1_000 };
  assertAlmostEquals(
    usdOf({ usage: { ...heard, cachedInputTokens: 400 } }) ?? NaN,
    0.006 + 0.0002 + 0.01,
    1e-12,
  );
});
