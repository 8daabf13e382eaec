/** Holds the JSON Schema of configuration files against an independent reader of such schemas. */

import { assert, assertEquals } from "@std/assert";
import { Ajv } from "ajv";
import { parse } from "jsonc-parser";
import { configJsonSchema } from "../../src/config/config_json_schema.ts";
import { isJsonObject, type JsonObject } from "../../src/core/text/json.ts";
import { ConfigError } from "../../src/config/problems/problem.ts";
import { readConfig } from "../../src/config/read_config.ts";
import { variableTable } from "../../src/config/variable_table.ts";
import { gatewayVariables } from "../../src/config/sources/variables.ts";

const EXAMPLES = new URL("../../examples/", import.meta.url);
const validate = new Ajv({
  strict: false,
  formats: { uri: (text: string) => URL.canParse(text), date: true, "date-time": true },
}).compile(configJsonSchema());

function accepts(text: string): boolean {
  return validate(parse(text));
}

/** Whether the gateway itself would start with the file. */
function isReadable(text: string): boolean {
  try {
    const environment = {
      OPENAI_API_KEY: "sk-1",
      OWN_KEY: "sk-2",
      CREDENTIALS_DIRECTORY: "/credentials",
    };
    readConfig({
      environment,
      file: { path: "weir.jsonc", text },
      readFile: (path) => `secret-of-${path}`,
    });
    return true;
  } catch (thrown) {
    if (thrown instanceof ConfigError) return false;
    throw thrown;
  }
}

Deno.test("the examples are accepted by the schema and by the gateway", async () => {
  let count = 0;
  for await (const { name } of Deno.readDir(EXAMPLES)) {
    if (!name.endsWith(".jsonc")) continue;
    const text = await Deno.readTextFile(new URL(name, EXAMPLES));
    assert(accepts(text), `${name}: ${JSON.stringify(validate.errors)}`);
    assert(isReadable(text), name);
    count++;
  }
  assert(count > 0);
});

Deno.test("the schema and the gateway agree on what is valid", () => {
  const cases: readonly (readonly [text: string, isValid: boolean])[] = [
    ["{}", true],
    ['{ "$schema": "./weir.schema.json" }', true],
    ['{ "server": { "port": 8080 } }', true],
    ['{ "server": { "port": "8080" } }', false],
    ['{ "server": { "port": 70000 } }', false],
    ['{ "server": { "prot": 8080 } }', false],
    ['{ "servre": {} }', false],
    ['{ "log": { "level": "debug" } }', true],
    ['{ "log": { "level": "loud" } }', false],
    ['{ "upstreams": { "openai": { "apiKey": "file:/run/secrets/x" } } }', true],
    ['{ "upstreams": { "compatible": { "x": { "baseUrl": "http://h" } } } }', true],
    ['{ "upstreams": { "compatible": { "x": {} } } }', false],
    ['{ "upstreams": { "compatible": { "x": { "baseUrl": "nowhere" } } } }', false],
    ['{ "upstreams": { "compatible": { "X Y": { "baseUrl": "http://h" } } } }', false],
    ['{ "routing": { "aliases": { "a": "b" } } }', true],
    ['{ "routing": { "aliases": { "a": ["b", "c"] } } }', true],
    ['{ "routing": { "aliases": { "a": 1 } } }', false],
    ['{ "auth": { "apiKey": "${OWN_KEY}" } }', true],
    ['{ "auth": { "apiKey": "has spaces" } }', false],
  ];
  for (const [text, isValid] of cases) {
    assertEquals(accepts(text), isValid, `schema: ${text}`);
    assertEquals(isReadable(text), isValid, `gateway: ${text}`);
  }
});

Deno.test("the schema lets texts be filled from variables later", () => {
  assert(accepts('{ "log": { "level": "${LEVEL}" }, "server": { "proxyPathPrefix": "/${X}" } }'));
  assert(accepts('{ "upstreams": { "openai": { "baseUrl": "${URL}" } } }'));
});

Deno.test("every option of the schema has a description, and every variable an option", () => {
  const undescribed: string[] = [];
  function look(schema: JsonObject, path: string): void {
    const { properties, additionalProperties } = schema;
    if (isJsonObject(additionalProperties) && additionalProperties.type === "object") {
      look(additionalProperties, `${path}.*`);
    }
    if (isJsonObject(properties)) {
      for (const [name, option] of Object.entries(properties)) {
        if (isJsonObject(option)) look(option, `${path}.${name}`);
      }
    } else if (schema.description === undefined) {
      undescribed.push(path);
    }
  }
  look(configJsonSchema(), "");
  assertEquals(undescribed, []);
  assertEquals(variableTable().length, gatewayVariables().length + 1);
  assertEquals(variableTable().filter(({ meaning }) => meaning === ""), []);
});
