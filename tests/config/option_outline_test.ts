import { assertEquals } from "@std/assert";
import {
  freelyNamedOption,
  namedOptions,
  type OptionSchema,
  optionTree,
  outlineOf,
} from "../../src/config/option_tree.ts";
import { configSchema } from "../../src/config/schema.ts";
import { variablesOf } from "../../src/config/sources/variables.ts";

/** Paths of the options that hold secrets, with their defaults. */
function secretsIn(schema: OptionSchema, path = ""): readonly unknown[] {
  const free = freelyNamedOption(schema);
  return [
    ...(schema.writeOnly === true ? [[path, schema.default ?? null]] : []),
    ...Object.entries(namedOptions(schema)).flatMap(([name, member]) =>
      secretsIn(member, `${path}.${name}`)
    ),
    ...(free === undefined ? [] : secretsIn(free, `${path}.*`)),
    ...(typeof schema.items === "object"
      ? secretsIn(schema.items as OptionSchema, `${path}[]`)
      : []),
  ];
}

Deno.test("outlineOf() names the same variables as the JSON Schema, in the same forms", () => {
  const variables = variablesOf(outlineOf(configSchema));
  assertEquals(variables, variablesOf(optionTree()));
  assertEquals(variables.length > 100, true);
});

Deno.test("outlineOf() marks the same secrets as the JSON Schema", () => {
  const secrets = secretsIn(outlineOf(configSchema));
  assertEquals(secrets, secretsIn(optionTree()));
  assertEquals(secrets.length > 5, true);
});
