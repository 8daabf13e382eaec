/**
 * Counts as providers and clients state them.
 *
 * @module
 */

import type { Usage } from "../core/chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../core/text/json.ts";

/** A thousand times what any request has. */
const MAX_COUNT = 1e12;
const MAX_USD = 1e6;

/**
 * A number below 0 counts nothing: totals and limits must not run backwards. Nor does one that no request can
 * have: a single such number would be all that is left of the sums it is added to. A part of a token is rounded, since
 * clients of every API read whole numbers, and some no others.
 */
export function countOf(value: JsonValue | undefined): number | undefined {
  return isWithin(value, MAX_COUNT) ? Math.round(value) : undefined;
}

/** What a provider says that a request has cost, in US dollars. */
export function chargeOf(value: JsonValue | undefined): number | undefined {
  return isWithin(value, MAX_USD) ? value : undefined;
}

function isWithin(value: JsonValue | undefined, most: number): value is number {
  return typeof value === "number" && value >= 0 && value <= most;
}

/** A bound, which is whole. */
export function wholeCountOf(value: JsonValue | undefined): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/**
 * The counts of one stream, of which several events may bring some. They are totals: later ones replace earlier
 * ones, and what is not said again, or said with `null`, still holds (T96).
 */
export class UsageTotals {
  readonly #decode: (raw: JsonValue | undefined) => Usage | undefined;
  #raw: JsonObject | undefined;

  constructor(decode: (raw: JsonValue | undefined) => Usage | undefined) {
    this.#decode = decode;
  }

  add(raw: JsonValue | undefined): void {
    if (!isJsonObject(raw)) return;
    const said = Object.entries(raw).filter(([, value]) => value !== null);
    this.#raw = { ...this.#raw, ...Object.fromEntries(said) };
  }

  get usage(): Usage | undefined {
    return this.#decode(this.#raw);
  }
}
