/** Texts and numbers that fit a JSON Schema; `variant` tells those of one list apart. */

import type { JsonObject, JsonValue } from "../../core/text/json.ts";
import { patternText, UnsupportedPattern } from "./pattern_text.ts";
import { SchemaFault } from "./schema_fault.ts";

const WORDS = "hello world ";
/** Longest text that a schema may ask for. */
const MAX_TEXT_CHARACTERS = 100_000;
/** Repetitions that are tried for a pattern's text to be long enough. */
const MAX_EXTRA = 1_000;
/** Multiples that are tried until one is exact in floating point. */
const MAX_MULTIPLES = 1_000;

const FORMATS: Readonly<Record<string, (variant: number) => string>> = {
  "date-time": (variant) => `${dayOf(variant)}T08:26:40Z`,
  "date": dayOf,
  "time": (variant) => `08:26:${String(variant % 60).padStart(2, "0")}Z`,
  "duration": (variant) => `P${variant + 1}D`,
  "email": (variant) => `hello${suffixOf(variant)}@example.com`,
  "idn-email": (variant) => `hello${suffixOf(variant)}@example.com`,
  "hostname": (variant) => `hello${suffixOf(variant)}.example.com`,
  "idn-hostname": (variant) => `hello${suffixOf(variant)}.example.com`,
  "ipv4": (variant) => `192.0.2.${(variant + 1) % 256}`,
  "ipv6": (variant) => `2001:db8::${(variant + 1).toString(16)}`,
  "uri": addressOf,
  "uri-reference": addressOf,
  "uri-template": addressOf,
  "url": addressOf,
  "iri": addressOf,
  "iri-reference": addressOf,
  "uuid": (variant) => `00000000-0000-4000-8000-${variant.toString(16).padStart(12, "0")}`,
  "json-pointer": (variant) => `/hello${suffixOf(variant)}`,
  "relative-json-pointer": (variant) => String(variant),
  "regex": (variant) => `hello${suffixOf(variant)}`,
  "byte": (variant) => btoa(`hello${suffixOf(variant)}`),
};

/** Throws `SchemaFault`. */
export function textFor(schema: JsonObject, variant: number): string {
  const minLength = Math.ceil(numberIn(schema, "minLength") ?? 0);
  const maxLength = Math.floor(numberIn(schema, "maxLength") ?? Infinity);
  if (minLength > MAX_TEXT_CHARACTERS) {
    throw new SchemaFault(`"minLength" may be ${MAX_TEXT_CHARACTERS} here at the most`);
  }
  const { pattern, format } = schema;
  const text = typeof pattern === "string"
    ? textOfPattern(pattern, minLength, maxLength)
    : typeof format === "string" && Object.hasOwn(FORMATS, format)
    ? FORMATS[format]!(variant)
    : wordsOf(minLength, maxLength, variant);
  const { length } = Array.from(text);
  if (length >= minLength && length <= maxLength) return text;
  throw new SchemaFault("no text is found that has both the form and the length");
}

function textOfPattern(pattern: string, minLength: number, maxLength: number): string {
  try {
    for (let extra = 0; extra <= Math.min(minLength, MAX_EXTRA); extra++) {
      const text = patternText(pattern, extra, MAX_TEXT_CHARACTERS);
      const { length } = Array.from(text);
      if (length >= minLength && length <= maxLength) return text;
    }
  } catch (thrown) {
    if (!(thrown instanceof UnsupportedPattern)) throw thrown;
    throw new SchemaFault(`the pattern "${pattern.slice(0, 200)}" is not understood here`);
  }
  throw new SchemaFault("no text is found that has both the pattern and the length");
}

function wordsOf(minLength: number, maxLength: number, variant: number): string {
  const wanted = suffixOf(variant);
  const length = Math.min(Math.max(minLength, WORDS.length - 1 + wanted.length), maxLength);
  const suffix = wanted.slice(0, length);
  return WORDS.repeat(Math.ceil(length / WORDS.length)).slice(0, length - suffix.length) + suffix;
}

/** Throws `SchemaFault`. */
export function numberFor(schema: JsonObject, isInteger: boolean, variant: number): number {
  const step = numberIn(schema, "multipleOf") ?? 1;
  if (!(step > 0)) throw new SchemaFault('"multipleOf" must be above 0');
  const fits = (value: number): boolean =>
    isWithinBounds(schema, value) && (!isInteger || Number.isInteger(value));
  const lower = boundIn(schema, "minimum", "exclusiveMinimum", Math.max, -Infinity);
  const upper = boundIn(schema, "maximum", "exclusiveMaximum", Math.min, Infinity);
  // Upwards from the lower bound, or from 1, or else downwards from the upper one.
  const isDownwards = lower === -Infinity && upper <= step;
  const direction = isDownwards ? -1 : 1;
  const start = isDownwards
    ? Math.floor(upper / step)
    : lower === -Infinity
    ? 1
    : Math.ceil(lower / step);
  for (let multiple = 0; multiple < MAX_MULTIPLES; multiple++) {
    if (!fits((start + direction * multiple) * step)) continue;
    const value = (start + direction * (multiple + variant)) * step;
    if (fits(value)) return value;
  }
  // Between bounds that are closer to each other than the step.
  const between = lower + (upper - lower) * (variant + 1) / (variant + 2);
  const found = [between, lower, upper].find(fits);
  if (found !== undefined) return found;
  throw new SchemaFault("no number is found that is within the bounds");
}

export function isWithinBounds(schema: JsonObject, value: number): boolean {
  const step = numberIn(schema, "multipleOf");
  return Number.isFinite(value) &&
    value >= (numberIn(schema, "minimum") ?? -Infinity) &&
    value <= (numberIn(schema, "maximum") ?? Infinity) &&
    value > (numberIn(schema, "exclusiveMinimum") ?? -Infinity) &&
    value < (numberIn(schema, "exclusiveMaximum") ?? Infinity) &&
    (step === undefined || Number.isInteger(value / step));
}

function boundIn(
  schema: JsonObject,
  inclusive: string,
  exclusive: string,
  tighter: (...bounds: number[]) => number,
  none: number,
): number {
  return tighter(numberIn(schema, inclusive) ?? none, numberIn(schema, exclusive) ?? none);
}

export function numberIn(schema: JsonObject, keyword: string): number | undefined {
  const value: JsonValue | undefined = schema[keyword];
  return typeof value === "number" ? value : undefined;
}

function suffixOf(variant: number): string {
  return variant === 0 ? "" : String(variant);
}

function addressOf(variant: number): string {
  return `https://example.com/${suffixOf(variant)}`;
}

function dayOf(variant: number): string {
  return `${String(2023 + Math.floor(variant / 28)).padStart(4, "0")}-11-${
    String(1 + variant % 28).padStart(2, "0")
  }`;
}
