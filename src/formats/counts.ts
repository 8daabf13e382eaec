/**
 * Counts as providers and clients state them.
 *
 * @module
 */

import type { Usage } from "../core/chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../core/text/json.ts";

/** A number below 0 counts nothing: totals and limits must not run backwards. */
export function countOf(value: JsonValue | undefined): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined;
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
