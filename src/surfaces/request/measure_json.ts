/** Bounds how deep JSON goes and how much is in it, before any of it is built. */

import type { JsonMeter } from "../../bytes/json/sliced_json.ts";
import { GatewayError } from "../../core/gateway_error.ts";

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPENING_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSING_BRACKET = 0x5d;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

export interface JsonLimits {
  /** Levels of arrays and objects within each other. */
  readonly maxJsonDepth: number;
  /** Keys of all objects. */
  readonly maxJsonKeys: number;
  /** Values of any kind, arrays and objects themselves included. */
  readonly maxJsonValues: number;
}

/**
 * Goes over the text once, and returns how many members the outermost object has, those of the same
 * name counted each.
 *
 * A few bytes make an object of hundreds, so 50 MB of `[` or of `{},` would be gigabytes once parsed;
 * and what writes JSON calls itself at each level. Whether it is JSON at all shows when it is parsed.
 *
 * Throws `invalid_request`.
 */
export function measureJson(text: string, limits: JsonLimits): number {
  const { maxJsonDepth, maxJsonKeys, maxJsonValues } = limits;
  let depth = 0;
  let keys = 0;
  let outermostKeys = 0;
  // Each begins the document or an array or follows a comma; an empty array is counted as if it had one.
  let values = 1;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = endOfString(text, at);
        break;
      case OPENING_BRACKET:
      case OPENING_BRACE:
        values++;
        if (++depth > maxJsonDepth) throw tooMuch("json_too_deep", maxJsonDepth, "levels");
        break;
      case CLOSING_BRACKET:
      case CLOSING_BRACE:
        depth--;
        break;
      case COLON:
        keys++;
        if (depth === 1) outermostKeys++;
        break;
      case COMMA:
        values++;
        break;
    }
  }
  if (keys > maxJsonKeys) throw tooMuch("json_too_many_keys", maxJsonKeys, "keys");
  if (values > maxJsonValues) throw tooMuch("json_too_many_values", maxJsonValues, "values");
  return outermostKeys;
}

/** The same for what is parsed a piece at a time. */
export class JsonMeasure implements JsonMeter {
  /** Members of the outermost object, those of the same name counted each. */
  outermostKeys = 0;
  readonly #limits: JsonLimits;
  #keys = 0;
  #values = 1;

  constructor(limits: JsonLimits) {
    this.#limits = limits;
  }

  opened(depth: number): void {
    const { maxJsonDepth } = this.#limits;
    if (depth > maxJsonDepth) throw tooMuch("json_too_deep", maxJsonDepth, "levels");
    this.followed();
  }

  named(depth: number): void {
    const { maxJsonKeys } = this.#limits;
    if (depth === 1) this.outermostKeys++;
    if (++this.#keys > maxJsonKeys) throw tooMuch("json_too_many_keys", maxJsonKeys, "keys");
  }

  followed(): void {
    const { maxJsonValues } = this.#limits;
    if (++this.#values > maxJsonValues) {
      throw tooMuch("json_too_many_values", maxJsonValues, "values");
    }
  }
}

/** Position of the quote that ends the string that begins at `start`. Prompts are long: a loop takes ten times as long. */
function endOfString(text: string, start: number): number {
  let quote = text.indexOf('"', start + 1);
  while (quote !== -1 && isEscaped(text, quote)) quote = text.indexOf('"', quote + 1);
  return quote === -1 ? text.length : quote;
}

/** Each run of backslashes is gone over once: they lie between two quotes. */
function isEscaped(text: string, quote: number): boolean {
  let at = quote - 1;
  while (text.charCodeAt(at) === BACKSLASH) at--;
  return (quote - at) % 2 === 0;
}

function tooMuch(code: string, limit: number, unit: string): GatewayError {
  return new GatewayError("invalid_request", `The body has more than ${limit} ${unit}; send less`, {
    code,
  });
}
