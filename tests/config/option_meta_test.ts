/** What options say of themselves beyond their schemas. */

import { assertEquals } from "@std/assert";
import { changedOptions } from "../../src/config/changed_options.ts";
import { formsOf, namedOptions, optionTree } from "../../src/config/option_tree.ts";
import { readConfig } from "../../src/config/read_config.ts";
import { gatewayVariables } from "../../src/config/sources/variables.ts";
import type { JsonObject } from "../../src/core/text/json.ts";

/** Of JSON Schema, as zod writes it; all else was given to `meta()`. */
const KEYWORDS = new Set([
  ...["$schema", "$ref", "definitions"],
  ...["type", "format", "pattern", "enum", "const", "default", "description", "writeOnly"],
  ...["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength"],
  ...[
    "properties",
    "required",
    "additionalProperties",
    "propertyNames",
    "items",
    "minItems",
    "maxItems",
  ],
  ...["anyOf", "oneOf"],
]);

Deno.test("an option says only what is read", () => {
  const words = new Set<string>();
  const look = (schema: JsonObject): void => {
    for (const keyword of Object.keys(schema)) if (!KEYWORDS.has(keyword)) words.add(keyword);
    for (const inner of [...Object.values(namedOptions(schema)), ...formsOf(schema)]) look(inner);
  };
  look(optionTree());
  assertEquals([...words].sort(), ["needsRestart", "variable"]);
});

Deno.test("no two options have one variable, and of two for one option the last wins", () => {
  const names = gatewayVariables().map(({ name }) => name);
  assertEquals(names.filter((name, index) => names.indexOf(name) !== index), []);
  const { config } = readConfig({
    environment: { FIRST_BYTE_TIMEOUT_MS: "2500", TIMEOUT: "1" },
  });
  assertEquals(config.transport.headersTimeoutMs, 2_500);
});

Deno.test("the form of a variable follows from its option", () => {
  const formOf = (wanted: string) => gatewayVariables().find(({ name }) => name === wanted)?.form;
  assertEquals(formOf("PORT"), "number");
  assertEquals(formOf("WORKERS"), "number");
  assertEquals(formOf("TRUST_PROXY"), "text");
  assertEquals(formOf("CORS_ORIGINS"), "list");
  assertEquals(formOf("MODEL_ALIASES"), "pairs");
  assertEquals(formOf("RETRY_BUDGET"), "seconds");
});

Deno.test("changedOptions() tells what is read once from what a reload takes", () => {
  const { config } = readConfig({ environment: {} });
  const changed = readConfig({
    environment: {
      PORT: "1",
      LOG_LEVEL: "warn",
      LOG_SAMPLE: "0.5",
      RATE_LIMIT_MAX_BUCKETS: "2000",
    },
  });
  assertEquals(changedOptions(config, changed.config), [
    { name: "server.port", needsRestart: true },
    { name: "limits.maxBuckets", needsRestart: true },
    { name: "log.level", needsRestart: true },
    { name: "log.sample", needsRestart: false },
  ]);
  assertEquals(changedOptions(config, config), []);
});
