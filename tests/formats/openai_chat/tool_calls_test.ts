import { assertEquals } from "@std/assert";
import type { ChatEvent } from "../../../src/core/chat/chat.ts";
import type { JsonObject } from "../../../src/core/text/json.ts";
import { collectAnswer } from "../../../src/formats/collect_answer.ts";
import { BlockCount, ChoiceBlocks } from "../../../src/formats/openai_chat/answer/choice_blocks.ts";
import { ToolCallReader } from "../../../src/formats/openai_chat/answer/tool_calls.ts";
import { callsOf as toolCallsOf } from "../expected_answer.ts";

function read(fragments: readonly JsonObject[]): readonly ChatEvent[] {
  const reader = new ToolCallReader(new ChoiceBlocks(0, new BlockCount()));
  const events: ChatEvent[] = [];
  for (const fragment of fragments) reader.read(fragment, events);
  return events;
}

/** `id name(input)` of each call. */
function callsOf(fragments: readonly JsonObject[]): readonly string[] {
  const [choice] = collectAnswer(read(fragments)).choices;
  return (choice === undefined ? [] : toolCallsOf(choice)).map(({ id, name, input }) =>
    `${id} ${name}(${input})`
  );
}

function named(name: string, args = ""): JsonObject {
  return { name, arguments: args };
}

Deno.test("ToolCallReader.read() puts fragments together, whatever the upstream leaves out", () => {
  const streams: readonly (readonly [string, readonly JsonObject[], readonly string[]])[] = [
    ["numbered, as OpenAI does", [
      { index: 0, id: "a", type: "function", function: named("f") },
      { index: 1, id: "b", type: "function", function: named("g") },
      { index: 0, function: { arguments: "{" } },
      { index: 1, function: { arguments: "[" } },
      { index: 0, function: { arguments: "}" } },
      { index: 1, function: { arguments: "]" } },
    ], ["a f({})", "b g([])"]],
    ["no numbers", [
      { id: "a", function: named("f", "{") },
      { function: { arguments: "}" } },
      { id: "b", function: named("f", "1") },
      { id: "a", function: { arguments: "!" } },
    ], ["a f({}!)", "b f(1)"]],
    ["all numbered 0", [
      { index: 0, id: "a", function: named("f", "1") },
      { index: 0, id: "b", function: named("f", "2") },
      { index: 0, function: { arguments: "3" } },
      { index: 0, id: "a", function: { arguments: "4" } },
    ], ["a f(14)", "b f(23)"]],
    ["neither numbers nor ids", [
      { function: named("f", "1") },
      { function: named("f", "2") },
    ], [" f(1)", " f(2)"]],
    ["all numbered 0 and without ids", [
      { index: 0, function: named("f", "1") },
      { index: 0, function: named("g", "2") },
    ], [" f(1)", " g(2)"]],
    ["id and name in every fragment", [
      { index: 0, id: "a", function: named("f", "1") },
      { index: 0, id: "a", function: named("f", "2") },
    ], ["a f(12)"]],
    ["a number that drifts", [
      { index: 0, id: "a", function: named("f", "1") },
      { index: 1, id: "a", function: { arguments: "2" } },
    ], ["a f(12)"]],
    ["numbers from 1", [{ index: 1, id: "a", function: named("f") }], ["a f()"]],
    ["a name that comes later", [
      { index: 0, id: "a", function: {} },
      { index: 0, function: named("f", "1") },
    ], ["a f(1)"]],
    ["arguments as an object", [
      { index: 0, id: "a", function: { name: "f", arguments: { x: [1] } } },
    ], [`a f({"x":[1]})`]],
    ["null for what is left out", [
      { index: 0, id: "a", function: named("f", "1") },
      { index: 0, id: null, type: null, function: { name: null, arguments: "2" } },
    ], ["a f(12)"]],
  ];
  for (const [name, fragments, calls] of streams) assertEquals(callsOf(fragments), calls, name);
});

Deno.test("ToolCallReader.read() tells custom tools from functions", () => {
  const events = read([
    { index: 0, id: "a", type: "custom", custom: { name: "shell", input: "ls" } },
    { index: 0, custom: { input: " -l" } },
  ]);
  assertEquals(collectAnswer(events).choices[0]?.parts, [
    { type: "tool_call", callId: "a", kind: "custom", name: "shell", input: "ls -l" },
  ]);
});

Deno.test("ToolCallReader.read() ends an answer whose calls have no end", () => {
  const fragments = Array.from({ length: 1_025 }, (_, index) => ({
    index,
    id: `call_${index}`,
    function: named("f"),
  }));
  assertEquals(read(fragments).findIndex(({ type }) => type === "fault"), 1_024);
});
