/** Values of JSON Schemas fit them, by an independent reader of such schemas. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Ajv2020 } from "ajv/dist/2020.js";
import * as z from "zod";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../src/core/text/json.ts";
import { SchemaFault } from "../../../src/fake/structured/schema_fault.ts";
import { valueOfSchema } from "../../../src/fake/structured/schema_value.ts";
import { seededRandom } from "../../formats/stream_cases.ts";
import { CASES, FORMATS, NODE, REFUSED } from "../schema_cases.ts";

const ajv = new Ajv2020({ strict: false, formats: FORMATS });

/** Throws where the value does not fit. */
function assertFits(schema: JsonObject, value: JsonValue): void {
  const fits = ajv.compile(schema)(value);
  assert(
    fits,
    `${JSON.stringify(value)} of ${JSON.stringify(schema)}: ${ajv.errorsText(ajv.errors)}`,
  );
}

Deno.test("valueOfSchema() makes the same small value of a schema every time, and it fits", () => {
  for (const [schema, expected] of CASES) {
    const value = valueOfSchema(schema);
    assertFits(schema, JSON.parse(JSON.stringify(value)));
    if (expected !== undefined) assertEquals(value, expected, JSON.stringify(schema));
    assertEquals(valueOfSchema(schema), value);
  }
});

Deno.test("valueOfSchema() gives a recursive value its end", () => {
  const value = valueOfSchema({ $defs: { node: NODE }, $ref: "#/$defs/node" });
  assertEquals(value, { value: 1, next: null, children: [] });
});

Deno.test("valueOfSchema() fits what zod describes", () => {
  interface Category {
    readonly name: string;
    readonly subcategories: readonly Category[];
  }
  const category: z.ZodType<Category> = z.lazy(() =>
    z.object({ name: z.string(), subcategories: z.array(category) })
  );
  const types = [
    z.object({
      steps: z.array(z.object({ explanation: z.string(), output: z.string() })),
      final_answer: z.string(),
      mood: z.enum(["good", "bad"]).nullable(),
      when: z.iso.datetime(),
      mail: z.email(),
      address: z.url(),
      id: z.uuid(),
      port: z.int().min(1).max(65_535),
      share: z.number().gt(0).lt(1),
      tags: z.record(z.string(), z.number()),
      pair: z.tuple([z.string(), z.boolean()]),
      kind: z.discriminatedUnion("type", [
        z.object({ type: z.literal("a"), a: z.string() }),
        z.object({ type: z.literal("b"), b: z.number() }),
      ]),
    }),
    z.object({ category }),
    z.intersection(z.object({ a: z.string() }), z.object({ b: z.number().optional() })),
  ];
  for (const type of types) {
    const schema: unknown = JSON.parse(JSON.stringify(z.toJSONSchema(type)));
    assert(isJsonObject(schema));
    type.parse(valueOfSchema(schema));
  }
});

function thrownBy(schema: JsonObject): unknown {
  try {
    return valueOfSchema(schema);
  } catch (thrown) {
    return thrown;
  }
}

Deno.test("valueOfSchema() refuses what has no value, or none that is small", () => {
  for (const [schema, words] of REFUSED) {
    const thrown = thrownBy(schema);
    assert(thrown instanceof SchemaFault, `${JSON.stringify(schema)}: ${JSON.stringify(thrown)}`);
    assertStringIncludes(thrown.message, words, JSON.stringify(schema));
  }
});

Deno.test("valueOfSchema() is done soon with schemas that double, nest and branch without a bound", () => {
  const doubling = (use: (name: string) => JsonObject): JsonObject => ({
    $defs: Object.fromEntries(
      Array.from({ length: 60 }, (_, at) => [`d${at}`, use(`#/$defs/d${at + 1}`)])
        .concat([["d60", { type: "string", minLength: 2, maxLength: 1 }]]),
    ),
    $ref: "#/$defs/d0",
  });
  const schemas: readonly JsonObject[] = [
    doubling(($ref) => ({ properties: { a: { $ref }, b: { $ref } }, required: ["a", "b"] })),
    doubling(($ref) => ({ anyOf: [{ $ref }, { $ref }] })),
    doubling(($ref) => ({ allOf: [{ $ref }, { $ref }] })),
    doubling(($ref) => ({ anyOf: [{ $ref }, { $ref }], oneOf: [{ $ref }, { $ref }] })),
    {
      allOf: Array.from({ length: 40 }, () => ({ anyOf: [{ type: "string" }, { type: "null" }] })),
    },
    Array.from({ length: 500 }).reduce<JsonObject>((items) => ({ type: "array", items }), {}),
    Array.from({ length: 500 }).reduce<JsonObject>((allOf) => ({ allOf: [allOf] }), {}),
    {
      $defs: {
        a: { properties: Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [at, {}])) },
      },
      allOf: Array.from({ length: 10_000 }, () => ({ $ref: "#/$defs/a" })),
    },
  ];
  for (const schema of schemas) {
    const thrown = thrownBy(schema);
    assert(thrown instanceof SchemaFault, String(thrown));
  }
});

/** A schema of whatever stands in such schemas, some of which have no value. */
function randomSchema(random: () => number, depth: number): JsonObject {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  const maybe = (name: string, make: () => JsonValue): JsonObject =>
    random() < 0.4 ? { [name]: make() } : {};
  const inner = (): JsonObject => randomSchema(random, depth - 1);
  // Only of members and items: a schema that is itself at once means nothing.
  const below = (): JsonObject => {
    const $ref = pick(["#", "#/$defs/a"]);
    return pick([inner, inner, inner, () => ({ $ref }), () => ({ anyOf: [{ $ref }, inner()] })])();
  };
  const whole = (max: number): number => Math.floor(random() * max);
  const kinds: (() => JsonObject)[] = [
    () => ({
      type: "string",
      ...maybe("minLength", () => whole(20)),
      ...maybe("maxLength", () => whole(30)),
      ...maybe("pattern", () => "^[a-z]+$"),
    }),
    () => ({
      type: pick(["integer", "number"]),
      ...maybe("minimum", () => whole(20) - 10.5),
      ...maybe("maximum", () => whole(20)),
      ...maybe("exclusiveMinimum", () => whole(10) - 5),
      ...maybe("multipleOf", () => pick([1, 2, 0.5, 3])),
    }),
    () => ({ enum: [pick([1, "a", null]), true] }),
    () => ({ type: pick<JsonValue>(["boolean", "null", ["string", "null"]]) }),
  ];
  if (depth > 0) {
    kinds.push(
      () => ({
        type: "object",
        properties: { a: below(), b: below() },
        required: pick<readonly string[]>([[], ["a"], ["a", "b"], ["b", "c"]]),
        ...maybe("additionalProperties", () => pick<JsonValue>([false, { type: "null" }])),
        ...maybe("minProperties", () => whole(4)),
      }),
      () => ({
        type: "array",
        items: below(),
        ...maybe("minItems", () => whole(4)),
        ...maybe("maxItems", () => whole(4)),
        ...maybe("uniqueItems", () => true),
        ...maybe("prefixItems", () => [below()]),
      }),
      () => ({ anyOf: [inner(), inner()] }),
      () => ({ allOf: [inner(), inner()] }),
    );
  }
  return pick(kinds)();
}

Deno.test("valueOfSchema() fits any schema that it does not refuse", () => {
  let made = 0;
  for (let seed = 1; seed <= 500; seed++) {
    const random = seededRandom(seed);
    const schema = { ...randomSchema(random, 3), $defs: { a: randomSchema(random, 2) } };
    const value = thrownBy(schema);
    if (value instanceof SchemaFault) continue;
    assertFits(schema, value as JsonValue); // Anything else that is thrown fits nothing.
    made++;
  }
  assert(made > 250, `${made} of 500`);
});
