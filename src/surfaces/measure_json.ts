/** Bounds how deep JSON goes and how much is in it, before any of it is built. */

import { GatewayError } from "../core/gateway_error.ts";

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
 * Goes over the bytes once, and returns how many members the outermost object has, those of the same
 * name counted each.
 *
 * A few bytes make an object of hundreds, so 50 MB of `[` or of `{},` would be gigabytes once parsed;
 * and what writes JSON calls itself at each level. Whether it is JSON at all shows when it is parsed.
 *
 * Throws `invalid_request`.
 */
export function measureJson(bytes: Uint8Array, limits: JsonLimits): number {
  const { maxJsonDepth, maxJsonKeys, maxJsonValues } = limits;
  let depth = 0;
  let keys = 0;
  let outermostKeys = 0;
  // Each begins the document or an array or follows a comma; an empty array is counted as if it had one.
  let values = 1;
  for (let at = 0; at < bytes.length; at++) {
    switch (bytes[at]) {
      case QUOTE:
        at = endOfString(bytes, at);
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

/** Position of the quote that ends the string that begins at `start`. */
function endOfString(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at;
}

function tooMuch(code: string, limit: number, unit: string): GatewayError {
  return new GatewayError("invalid_request", `The body has more than ${limit} ${unit}; send less`, {
    code,
  });
}
