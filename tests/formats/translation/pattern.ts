/**
 * Patterns of wire forms: what must be found in a body for something to have arrived.
 *
 * Of an object, only the fields that are named count; a list must have the same length. `null` stands for
 * what is absent. A text and a list of text blocks are the same wherever a format takes both.
 *
 * @module
 */

import { isJsonObject, type JsonValue } from "../../../src/core/text/json.ts";

export type Pattern =
  | string
  | number
  | boolean
  | null
  | RegExp
  | AnyOf
  | readonly Pattern[]
  | { readonly [name: string]: Pattern | undefined };

/** One of several ways to say the same. */
export class AnyOf {
  readonly patterns: readonly Pattern[];

  constructor(patterns: readonly Pattern[]) {
    this.patterns = patterns;
  }
}

export function anyOf(...patterns: readonly Pattern[]): AnyOf {
  return new AnyOf(patterns);
}

/** Whether a value has all that a pattern names. */
export function has(value: JsonValue | undefined, pattern: Pattern): boolean {
  if (pattern instanceof AnyOf) return pattern.patterns.some((one) => has(value, one));
  if (pattern instanceof RegExp) return pattern.test(textOf(value) ?? "");
  if (pattern === null) return value === undefined || value === null;
  if (typeof pattern === "string") return textOf(value) === pattern;
  if (typeof pattern !== "object") return value === pattern;
  if (isList(pattern)) {
    const items = typeof value === "string" ? [{ type: "text", text: value }] : value;
    return Array.isArray(items) && items.length === pattern.length &&
      pattern.every((one, index) => has(items[index], one));
  }
  return isJsonObject(value) &&
    Object.entries(pattern).every(([name, one]) => one === undefined || has(value[name], one));
}

function isList(pattern: Pattern): pattern is readonly Pattern[] {
  return Array.isArray(pattern);
}

/** A text, or the text of blocks that are nothing but text. */
function textOf(value: JsonValue | undefined): string | undefined {
  if (typeof value === "string") return value;
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const texts = value.map((block) => isJsonObject(block) ? block["text"] : undefined);
  return texts.every((text) => typeof text === "string") ? texts.join("") : undefined;
}
