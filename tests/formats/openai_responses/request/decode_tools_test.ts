/** Tools that are read, wherever a request declares them, for providers of other formats. */

import { assertEquals } from "@std/assert";
import type { JsonObject } from "../../../../src/core/text/json.ts";
import { anthropicMessages } from "../../../../src/formats/anthropic_messages/mod.ts";
import { openaiChatFor } from "../../../../src/formats/openai_chat/mod.ts";
import { decode, refusalOf } from "./read_request.ts";

Deno.test("tools with a type of their own are functions elsewhere, as are their calls", () => {
  const { tools, messages } = decode({
    tools: [
      { type: "local_shell" },
      { type: "shell", environment: { type: "local" } },
      { type: "apply_patch" },
      { type: "tool_search", execution: "client", description: "Finds" },
    ],
    input: [
      {
        type: "local_shell_call",
        id: "ls_1",
        call_id: "a",
        status: "completed",
        action: { type: "exec", command: ["ls"], env: {} },
      },
      { type: "local_shell_call_output", id: "a", output: "file" },
      { type: "shell_call", call_id: "b", action: { commands: ["ls"] } },
      { type: "shell_call_output", call_id: "b", output: [{ stdout: "file" }] },
      { type: "apply_patch_call", call_id: "c", operation: { type: "delete_file", path: "x" } },
      { type: "apply_patch_call_output", call_id: "c", status: "failed", output: "no x" },
      { type: "tool_search_call", call_id: "d", execution: "client", arguments: { query: "q" } },
      {
        type: "tool_search_output",
        call_id: "d",
        tools: [{ type: "function", name: "found", parameters: {} }],
      },
    ],
  });
  assertEquals(tools?.map(({ kind, name }) => [kind, name]), [
    ["function", "local_shell"],
    ["function", "shell"],
    ["function", "apply_patch"],
    ["function", "tool_search"],
    ["function", "found"],
  ]);
  const parts = messages.flatMap(({ parts }) => parts);
  const calls = parts.filter((part) => part.type === "tool_call");
  assertEquals(calls.map(({ name, input }) => [name, JSON.parse(input)]), [
    ["local_shell", { command: ["ls"], env: {} }],
    ["shell", { commands: ["ls"] }],
    ["apply_patch", { type: "delete_file", path: "x" }],
    ["tool_search", { query: "q" }],
  ]);
  const results = parts.filter((part) => part.type === "tool_result");
  assertEquals(results.map(({ callId, isError }) => [callId, isError]), [
    ["a", false],
    ["b", false],
    ["c", true],
    ["d", false],
  ]);
});

Deno.test("tools are found wherever they stand, under a name of their own (T72 to T74)", () => {
  const { tools } = decode({
    tools: [
      { type: "function", name: "f", parameters: { type: "object" }, strict: true },
      {
        type: "namespace",
        name: "N",
        description: "About N",
        tools: [
          { type: "function", name: "f", description: "One" },
          { type: "function", name: "g" },
        ],
      },
    ],
    input: [{
      type: "additional_tools",
      role: "developer",
      tools: [{
        type: "custom",
        name: "exec",
        description: "Runs",
        format: { type: "grammar", syntax: "lark", definition: "start: /.+/" },
      }],
    }, { role: "user", content: "Hi" }],
  });
  assertEquals(tools, [
    { kind: "function", name: "f", parameters: { type: "object" }, strict: true },
    { kind: "function", name: "N__f", description: "About N\n\nOne" },
    { kind: "function", name: "N__g" },
    {
      kind: "custom",
      name: "exec",
      description: "Runs",
      grammar: { syntax: "lark", definition: "start: /.+/" },
    },
  ]);
});

Deno.test("a long name is cut so that it stays its own, and two tools of one name are refused", () => {
  const namespace = "n".repeat(60);
  const tools = ["open_it", "open_at"].map((name) => ({ type: "function", name }));
  const names = decode({ tools: [{ type: "namespace", name: namespace, tools }] }).tools!
    .map(({ name }) => name);
  assertEquals(names.map(({ length }) => length), [64, 64]);
  assertEquals(new Set(names).size, 2);
  const { param, message } = refusalOf({
    tools: [
      { type: "function", name: "N__f" },
      { type: "namespace", name: "N", tools: [{ type: "function", name: "f" }] },
    ],
  });
  assertEquals(param, "tools.1.tools.0");
  assertEquals(message.includes(`"N__f"`), true);
});

Deno.test("a custom tool is a function to whoever knows functions alone", () => {
  const request = decode({
    tools: [{
      type: "custom",
      name: "p",
      description: "Patches",
      format: { type: "grammar", syntax: "lark", definition: "start: x" },
    }],
    tool_choice: { type: "custom", name: "p" },
    input: [
      { type: "custom_tool_call", call_id: "a", name: "p", input: "raw" },
      { type: "custom_tool_call_output", call_id: "a", output: "ok" },
    ],
  });
  const description = 'Patches\n\nThe field "input" must follow this grammar (lark):\nstart: x';
  const parameters = {
    type: "object",
    properties: { input: { type: "string" } },
    required: ["input"],
  };
  const chat = openaiChatFor("common").encodeRequest(request);
  assertEquals(chat.warnings, []);
  assertEquals(chat.body["tools"], [
    { type: "function", function: { name: "p", description, parameters } },
  ]);
  assertEquals(chat.body["tool_choice"], { type: "function", function: { name: "p" } });
  const [assistant] = chat.body["messages"] as readonly JsonObject[];
  assertEquals(assistant!["tool_calls"], [
    { id: "a", type: "function", function: { name: "p", arguments: '{"input":"raw"}' } },
  ]);
  const messages = anthropicMessages.encodeRequest(request);
  assertEquals(messages.body["tools"], [{ name: "p", description, input_schema: parameters }]);
  const openai = openaiChatFor("openai").encodeRequest(request);
  assertEquals(openai.body["tools"], [{
    type: "custom",
    custom: {
      name: "p",
      description: "Patches",
      format: { type: "grammar", grammar: { syntax: "lark", definition: "start: x" } },
    },
  }]);
});

Deno.test("what a provider runs itself is left out with a warning, never refused (T75)", () => {
  const request = decode({
    tools: [{ type: "web_search", external_web_access: true }, { type: "image_generation" }],
    tool_choice: "auto",
    parallel_tool_calls: true,
  });
  const { body, warnings } = openaiChatFor("common").encodeRequest(request);
  assertEquals([body["tools"], body["tool_choice"], body["parallel_tool_calls"]], [
    undefined,
    undefined,
    undefined,
  ]);
  assertEquals(warnings, [
    'The tool "web_search" is left out: openai_responses runs it, nobody else can',
    'The tool "image_generation" is left out: openai_responses runs it, nobody else can',
  ]);
});

Deno.test("choices of tools are read in every form", () => {
  const tools = [
    { type: "function", name: "f" },
    { type: "custom", name: "g" },
    { type: "namespace", name: "N", tools: [{ type: "function", name: "h" }] },
  ];
  const chosen = (tool_choice: JsonObject | string) => decode({ tools, tool_choice });
  assertEquals(chosen("required").toolChoice, "required");
  assertEquals(chosen({ type: "custom", name: "g" }).toolChoice, { name: "g" });
  assertEquals(chosen({ type: "function", name: "h", namespace: "N" }).toolChoice, {
    name: "N__h",
  });
  const allowed = chosen({
    type: "allowed_tools",
    mode: "required",
    tools: [{ type: "function", name: "f" }],
  });
  assertEquals(allowed.toolChoice, "required");
  assertEquals(allowed.tools?.map(({ name }) => name), ["f"]);
  const hosted = chosen({ type: "file_search" });
  assertEquals(hosted.toolChoice, undefined);
  assertEquals(hosted.natives.map(({ name }) => name), ["tool_choice"]);
});
