/** What a call is counted under, and what it adds there. */

import type { CallRecord } from "../../../core/ledger/call_record.ts";
import type { CallFilter, UsageGroup, UsageSums } from "../../../core/ledger/ledger_store.ts";
import type { JsonValue } from "../../../core/text/json.ts";

/** Names that a call bears; empty where it has none. */
export interface Dimensions {
  readonly key: string;
  readonly team: string;
  readonly model: string;
  readonly provider: string;
  readonly surface: string;
  /** By name. */
  readonly tags: readonly (readonly [name: string, value: string])[];
}

export type NamedDimension = Exclude<keyof Dimensions, "tags">;

export const NAMED_DIMENSIONS: readonly NamedDimension[] = [
  "key",
  "team",
  "model",
  "provider",
  "surface",
];

/** Tags of a call that are counted; the configuration names fewer. */
const MAX_TAGS = 8;
const MAX_NAME_CHARACTERS = 256;

export function dimensionsOf({ line, team, tags }: CallRecord): Dimensions {
  return {
    key: nameOf(line["principal"]),
    team: nameOf(team),
    model: nameOf(line["model"]),
    provider: nameOf(line["upstream"]),
    surface: nameOf(line["surface"]),
    tags: tags === undefined ? NO_TAGS : tagsOf(tags),
  };
}

const NO_TAGS: Dimensions["tags"] = [];

function tagsOf(tags: Readonly<Record<string, string>>): Dimensions["tags"] {
  return Object.entries(tags).slice(0, MAX_TAGS)
    .map(([name, value]) => [nameOf(name), nameOf(value)] as const)
    .sort(([left], [right]) => (left < right ? -1 : 1));
}

function nameOf(value: JsonValue | undefined): string {
  if (typeof value !== "string") return "";
  // Postgres takes no NUL in a text, and neither database half of a character.
  return value.slice(0, MAX_NAME_CHARACTERS).replaceAll("\0", "").toWellFormed();
}

/** Of dimensions that are told apart, of which each call is counted under the same object. */
const knownTexts = new WeakMap<Dimensions, string>();

/** The same text for the same dimensions, and for no others. */
export function textOfDimensions(dimensions: Dimensions): string {
  const known = knownTexts.get(dimensions);
  if (known !== undefined) return known;
  const { key, team, model, provider, surface, tags } = dimensions;
  return JSON.stringify([key, team, model, provider, surface, ...tags.flat()]);
}

/** The same, kept for the next time: to write it, and to hash it where something is looked up by it, takes 0.4 µs. */
export function keptTextOf(dimensions: Dimensions): string {
  const text = textOfDimensions(dimensions);
  knownTexts.set(dimensions, text);
  return text;
}

export function readDimensions(text: string): Dimensions {
  const [key = "", team = "", model = "", provider = "", surface = "", ...flat] = JSON.parse(
    text,
  ) as string[];
  const tags = flat.flatMap((name, at) =>
    at % 2 === 0 ? [[name, flat[at + 1] ?? ""] as const] : []
  );
  return { key, team, model, provider, surface, tags };
}

/** What is added to the sums of its dimensions. */
export interface Share {
  readonly dimensions: Dimensions;
  readonly sums: UsageSums;
}

/**
 * What a call adds: all that is counted where it ended, and costs where they were charged. What its attempts
 * do not tell of its cost belongs to where it ended.
 */
export function sharesOf(record: CallRecord, dimensions: Dimensions): readonly Share[] {
  const { line, costUsd, isEstimated } = record;
  const elsewhere = costsElsewhere(record, dimensions.provider);
  const own: UsageSums = {
    calls: 1,
    failed: line["outcome"] === "complete" ? 0 : 1,
    inputTokens: countOf(line["input_tokens"]),
    outputTokens: countOf(line["output_tokens"]),
    cachedTokens: countOf(line["cached_tokens"]),
    reasoningTokens: countOf(line["reasoning_tokens"]),
    costUsd: ownCostOf(record, elsewhere),
    unpriced: costUsd === null ? 1 : 0,
    estimated: isEstimated ? 1 : 0,
  };
  const shares = [{ dimensions, sums: own }];
  for (const [provider, costUsd] of elsewhere) {
    shares.push({ dimensions: { ...dimensions, provider }, sums: { ...NO_SUMS, costUsd } });
  }
  return shares;
}

/** What providers charged that the call did not end at, as databases have it. */
export function costsElsewhereText([, ...elsewhere]: readonly Share[]): string | null {
  if (elsewhere.length === 0) return null;
  const costs = elsewhere.map(({ dimensions, sums }) => [dimensions.provider, sums.costUsd]);
  return JSON.stringify(Object.fromEntries(costs));
}

const NO_SUMS: UsageSums = {
  calls: 0,
  failed: 0,
  inputTokens: 0,
  outputTokens: 0,
  cachedTokens: 0,
  reasoningTokens: 0,
  costUsd: 0,
  unpriced: 0,
  estimated: 0,
};

const NOWHERE: ReadonlyMap<string, number> = new Map();

/** What providers charged that the call did not end at. */
function costsElsewhere({ attempts }: CallRecord, provider: string): ReadonlyMap<string, number> {
  if (attempts.every((attempt) => attempt.provider === provider)) return NOWHERE;
  const costs = new Map<string, number>();
  for (const attempt of attempts) {
    const { usd } = attempt.cost;
    if (attempt.provider === provider || !usd) continue;
    const name = nameOf(attempt.provider);
    costs.set(name, (costs.get(name) ?? 0) + usd);
  }
  return costs;
}

/** Of a call whose cost is unknown, what is known of its attempts. */
function ownCostOf(
  { attempts, costUsd }: CallRecord,
  elsewhere: ReadonlyMap<string, number>,
): number {
  if (costUsd === null) {
    return attempts.reduce((sum, { provider, cost }) => {
      return elsewhere.has(nameOf(provider)) ? sum : sum + (cost.usd ?? 0);
    }, 0);
  }
  let own = costUsd;
  for (const cost of elsewhere.values()) own -= cost;
  // What is left of equal sums may be a trace below nothing.
  return elsewhere.size > 0 && Math.abs(own) < 1e-12 ? 0 : own;
}

function countOf(value: JsonValue | undefined): number {
  return typeof value === "number" && value > 0 ? Math.round(value) : 0;
}

/** Whether dimensions are among those that are meant. */
export function matches(dimensions: Dimensions, filter: CallFilter): boolean {
  for (const name of NAMED_DIMENSIONS) {
    const wanted = filter[name];
    if (wanted !== undefined && dimensions[name] !== wanted) return false;
  }
  if (filter.tag === undefined) return true;
  const [name, value] = filter.tag;
  return tagOf(dimensions, name) === value;
}

export function tagOf({ tags }: Dimensions, name: string): string {
  return tags.find(([each]) => each === name)?.[1] ?? "";
}

/** The value of a group that is not of time. */
export function groupValue(dimensions: Dimensions, group: UsageGroup): string {
  if (group === "hour" || group === "day") return "";
  return group.startsWith("tag:")
    ? tagOf(dimensions, group.slice("tag:".length))
    : dimensions[group as NamedDimension];
}
