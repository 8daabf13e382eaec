/** A caller's schemas cost no more than they are long, whatever they refer to. */

import { assert, assertEquals } from "@std/assert";
import type { Tool } from "../../../src/core/chat.ts";
import type { JsonObject } from "../../../src/core/text/json.ts";
import { checkArguments } from "../../../src/gateway/emulated_tools/check_arguments.ts";
import { toolPrompt } from "../../../src/gateway/emulated_tools/tool_prompt.ts";

/** What is not bounded takes for ever; what is, moments, which a busy machine makes long. */
const MAX_MS = 20_000;

function toolOf(parameters: JsonObject): Tool {
  return { kind: "function", name: "t", parameters };
}

/** Each of `width` members of a definition refers to the definition itself. */
function branching(width: number): JsonObject {
  const names = Array.from({ length: width }, (_, index) => `m${index}`);
  const a = {
    type: "object",
    properties: Object.fromEntries(names.map((name) => [name, { $ref: "#/$defs/a" }])),
  };
  return { ...a, $defs: { a } };
}

Deno.test("what a model is told of tools is bounded, though schemas refer to themselves", () => {
  const beganMs = performance.now();
  const prompt = toolPrompt([1, 2, 3].map(() => toolOf(branching(500))), "auto", true);
  assert(prompt.length < 2_000_000, `${prompt.length} characters`);
  assert(performance.now() - beganMs < MAX_MS);
  const tree = toolPrompt([toolOf(branching(2))], "auto", true);
  assert(tree.includes(`"m0"?: {"m0"?: {"m0"?: {"m0"?: {`), "few references are followed");
});

Deno.test("a long list of values is told once for each place, and not without end", () => {
  const values = Array.from({ length: 20_000 }, (_, index) => `value ${index}`);
  const names = Array.from({ length: 1_000 }, (_, index) => [`m${index}`, { $ref: "#/$defs/a" }]);
  const properties: JsonObject = Object.fromEntries(names);
  const schema = { type: "object", properties, $defs: { a: { enum: values } } };
  const prompt = toolPrompt([toolOf(schema)], "auto", true);
  assert(prompt.length < 2_000_000, `${prompt.length} characters`);
});

Deno.test("arguments are held against alternatives of alternatives for a bounded time", () => {
  const refer = { $ref: "#/$defs/a" };
  const a = { anyOf: Array.from({ length: 20 }, () => refer) };
  const schema = { type: "object", properties: { x: refer }, $defs: { a } };
  const beganMs = performance.now();
  const given = { x: { y: 1 } };
  assertEquals(checkArguments(schema, given), { value: given, problems: [] });
  assert(performance.now() - beganMs < MAX_MS);
});

Deno.test("a long list is held against a long list of values in time", () => {
  const values = Array.from({ length: 20_000 }, (_, index) => ({ index }));
  const schema = { properties: { x: { type: "array", items: { enum: values } } } };
  const beganMs = performance.now();
  const { problems } = checkArguments(schema, { x: values.map(() => ({ index: -1 })) });
  assert(performance.now() - beganMs < MAX_MS);
  assertEquals(problems.length, 8);
  assert(problems.every(({ length }) => length < 2_000));
});
