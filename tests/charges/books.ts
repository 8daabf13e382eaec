/**
 * The books of providers who charge for what they answer: their own prices, their own sums.
 *
 * Nothing of Weir is used here: what it makes of the same answers is held against this.
 *
 * @module
 */

/** US dollars for a million tokens. */
interface Prices {
  readonly input: number;
  readonly cached?: number;
  readonly written?: number;
  readonly writtenForAnHour?: number;
  readonly output?: number;
}

/** As the providers publish them. */
const PRICES: Readonly<Record<string, { readonly upTo200k: Prices; readonly beyond?: Prices }>> = {
  "gpt-4o": { upTo200k: { input: 2.5, cached: 1.25, output: 10 } },
  "gpt-4o-mini": { upTo200k: { input: 0.15, cached: 0.075, output: 0.6 } },
  "text-embedding-3-small": { upTo200k: { input: 0.02 } },
  "claude-sonnet-4-5": {
    upTo200k: { input: 3, cached: 0.3, written: 3.75, writtenForAnHour: 6, output: 15 },
    beyond: { input: 6, cached: 0.6, written: 7.5, writtenForAnHour: 12, output: 22.5 },
  },
  "gemini-2.5-pro": {
    upTo200k: { input: 1.25, cached: 0.125, output: 10 },
    beyond: { input: 2.5, cached: 0.25, output: 15 },
  },
};

/** Each part is charged apart. */
export interface Tokens {
  readonly fresh: number;
  readonly cached: number;
  readonly written: number;
  readonly writtenForAnHour: number;
  readonly output: number;
  /** Of the output. */
  readonly reasoning: number;
}

export function promptOf({ fresh, cached, written, writtenForAnHour }: Tokens): number {
  return fresh + cached + written + writtenForAnHour;
}

/** US dollars; `null` for a model that has no price. */
export function priceOf(model: string, tokens: Tokens): number | null {
  const { upTo200k, beyond } = PRICES[model] ?? {};
  const prices = promptOf(tokens) > 200_000 ? beyond ?? upTo200k : upTo200k;
  if (prices === undefined) return null;
  const { input, cached = input, written = input, writtenForAnHour = written, output = 0 } = prices;
  return (tokens.fresh * input + tokens.cached * cached + tokens.written * written +
    tokens.writtenForAnHour * writtenForAnHour + tokens.output * output) / 1e6;
}

export interface Charge {
  /** `null` where the provider has not said what it charges. */
  readonly usd: number | null;
  /** Its client was told all of what it is charged for. */
  readonly isTold: boolean;
}

/** What was charged for each call, by the client's name for it. */
export class Books {
  readonly #charges = new Map<string, Charge[]>();

  charge(call: string, charge: Charge): void {
    const charges = this.#charges.get(call);
    if (charges === undefined) this.#charges.set(call, [charge]);
    else charges.push(charge);
  }

  of(call: string): readonly Charge[] {
    return this.#charges.get(call) ?? [];
  }

  get calls(): Iterable<string> {
    return this.#charges.keys();
  }
}

/** `undefined` in a sum that has an unknown part. */
export function sumOf(charges: readonly Charge[]): number | null {
  return charges.reduce<number | null>(
    (sum, { usd }) => sum === null || usd === null ? null : sum + usd,
    0,
  );
}
