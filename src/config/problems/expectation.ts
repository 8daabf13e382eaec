/** What an option's value must be, in words. */

import { formsOf, type OptionSchema } from "../option_tree.ts";

const UNITS: readonly (readonly [ending: string, unit: string])[] = [
  ["Ms", "milliseconds"],
  ["Bytes", "bytes"],
  ["Characters", "characters"],
];

/**
 * Completes "must be".
 *
 * @param name Name of the option; its end tells the unit.
 * @param isInSeconds The value is written in seconds while the schema counts milliseconds.
 */
export function expectationOf(schema: OptionSchema, name: string, isInSeconds: boolean): string {
  if (Array.isArray(schema.enum)) return `one of ${schema.enum.join(", ")}`;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  const forms = formsOf(schema);
  if (forms.length > 0) {
    return forms.map((form) => expectationOf(form, name, isInSeconds)).join(", or ");
  }
  switch (schema.type) {
    case "integer":
    case "number":
      return numberExpectation(schema, name, isInSeconds);
    case "string":
      return schema.format === "uri"
        ? "a web address such as https://api.example.com/v1"
        : 'text in quotes ("...")';
    case "boolean":
      return "true or false";
    case "array":
      return "a list: [ ... ]";
    case "object":
      return "an object: { ... }";
    default:
      return "another value";
  }
}

function numberExpectation(
  schema: OptionSchema,
  name: string,
  isInSeconds: boolean,
): string {
  const { smallest, largest } = boundsOf(schema);
  const unit = isInSeconds ? "seconds" : UNITS.find(([ending]) => name.endsWith(ending))?.[1];
  const kind = schema.type === "integer" && !isInSeconds ? "a whole number" : "a number";
  const scale = isInSeconds ? 1_000 : 1;
  return [
    unit === undefined ? kind : `${kind} of ${unit}`,
    ...(smallest === undefined ? [] : [`from ${smallest / scale}`]),
    ...(largest === undefined ? [] : [`to ${largest / scale}`]),
  ].join(" ");
}

/** The bounds of a number's schema, where it has any of its own. */
export function boundsOf(
  schema: OptionSchema,
): { readonly smallest: number | undefined; readonly largest: number | undefined } {
  const { minimum, exclusiveMinimum, maximum } = schema;
  const smallest = typeof exclusiveMinimum === "number" ? exclusiveMinimum + 1 : minimum;
  return {
    smallest: typeof smallest === "number" ? smallest : undefined,
    // What zod states for a whole number without a bound.
    largest: typeof maximum === "number" && maximum < Number.MAX_SAFE_INTEGER ? maximum : undefined,
  };
}
