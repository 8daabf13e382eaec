/** Requests that are read: every item and every tool, for providers of other formats. */

import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import type { ChatRequest } from "../../../../src/core/chat.ts";
import { GatewayError } from "../../../../src/core/gateway_error.ts";
import type { JsonObject } from "../../../../src/core/json.ts";
import { openaiChatFor } from "../../../../src/formats/openai_chat/mod.ts";
import { anthropicMessages } from "../../../../src/formats/anthropic_messages/mod.ts";
import { createOpenaiResponses } from "../../../../src/formats/openai_responses/mod.ts";
import { plainEnvelopes } from "./plain_envelopes.ts";

const format = createOpenaiResponses({ envelopes: plainEnvelopes });

function decode(fields: JsonObject): ChatRequest {
  return format.request.decode({ model: "m", input: "Hi", ...fields });
}

function messagesOf(...input: readonly JsonObject[]): ChatRequest["messages"] {
  return decode({ input }).messages;
}

function refusalOf(fields: JsonObject): GatewayError {
  const error = assertThrows(() => decode(fields));
  assertInstanceOf(error, GatewayError);
  assertEquals(error.status, 400);
  return error;
}

const text = (value: string) => ({ type: "text", text: value }) as const;

Deno.test("a text is a message, and the instructions stand before it", () => {
  assertEquals(decode({ instructions: "Be brief" }), {
    model: "m",
    messages: [
      { role: "system", parts: [text("Be brief")] },
      { role: "user", parts: [text("Hi")] },
    ],
    stream: false,
    natives: [],
  });
});

Deno.test("messages may go without a type, and developers speak in their place (T76)", () => {
  assertEquals(
    messagesOf(
      { role: "developer", content: "One" },
      { role: "user", content: [{ type: "input_text", text: "Hi" }] },
      { type: "message", role: "developer", content: [{ type: "input_text", text: "Two" }] },
      {
        type: "message",
        id: "msg_1",
        role: "assistant",
        phase: "commentary",
        content: [{ type: "output_text", text: "Hello", annotations: [] }],
      },
      { role: "assistant", content: "Again" },
    ),
    [
      { role: "system", parts: [text("One")] },
      { role: "user", parts: [text("Hi")] },
      { role: "system", parts: [text("Two")] },
      { role: "assistant", parts: [text("Hello")] },
      { role: "assistant", parts: [text("Again")] },
    ],
  );
});

Deno.test("what a model said in one turn is one message, and results follow their calls at once", () => {
  const messages = messagesOf(
    { type: "reasoning", id: "rs_1", summary: [{ type: "summary_text", text: "Hm" }] },
    { role: "assistant", content: "Two calls" },
    { type: "function_call", call_id: "a", name: "f", arguments: "{}" },
    { type: "custom_tool_call", call_id: "b", name: "g", input: "raw" },
    { role: "developer", content: "Careful" },
    { type: "function_call_output", call_id: "a", output: "1" },
    {
      type: "custom_tool_call_output",
      call_id: "b",
      output: [
        { type: "input_text", text: "2" },
        { type: "input_image", image_url: "https://a.example/i.png" },
      ],
    },
  );
  assertEquals(messages.map(({ role, parts }) => [role, parts.map(({ type }) => type)]), [
    ["assistant", ["reasoning", "text", "tool_call", "tool_call"]],
    ["tool", ["tool_result", "tool_result"]],
    ["system", ["text"]],
  ]);
  const chat = openaiChatFor("common").encodeRequest({ ...decode({}), messages });
  assertEquals((chat.body["messages"] as readonly JsonObject[]).map(({ role }) => role), [
    "assistant",
    "tool",
    "tool",
    "user",
    "system",
  ]);
});

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

Deno.test("settings are read, and what means nothing elsewhere is not told", () => {
  const { messages: _, ...request } = decode({
    stream: true,
    max_output_tokens: 100,
    temperature: 0.5,
    top_p: 0.9,
    top_logprobs: 3,
    parallel_tool_calls: false,
    reasoning: { effort: "high", summary: "auto", context: "all_turns" },
    text: {
      verbosity: "low",
      format: { type: "json_schema", name: "n", schema: { type: "object" }, strict: true },
    },
    safety_identifier: "u",
    store: false,
    include: ["reasoning.encrypted_content"],
    client_metadata: {},
    truncation: "disabled",
    service_tier: "flex",
  });
  assertEquals(request, {
    model: "m",
    stream: true,
    maxOutputTokens: 100,
    temperature: 0.5,
    topP: 0.9,
    logprobs: true,
    topLogprobs: 3,
    parallelToolCalls: false,
    reasoning: { effort: "high" },
    outputFormat: { type: "json_schema", name: "n", schema: { type: "object" }, strict: true },
    endUser: "u",
    natives: [
      { format: "openai_responses", name: "service_tier", value: "flex" },
      { format: "openai_responses", name: "text.verbosity", value: "low" },
    ],
  });
});

Deno.test("images and files are read, inline, by address and by id", () => {
  const [message] = messagesOf({
    role: "user",
    content: [
      { type: "input_image", image_url: "data:image/png;base64,aGk=", detail: "low" },
      { type: "input_image", file_id: "file_1" },
      { type: "input_file", file_data: "data:application/pdf;base64,aGk=", filename: "a.pdf" },
      { type: "input_file", file_url: "https://a.example/b.pdf" },
    ],
  });
  assertEquals(message!.parts.map((part) => part.type === "media" && [part.kind, part.source]), [
    ["image", { type: "inline", mediaType: "image/png", data: "aGk=" }],
    ["image", { type: "file", id: "file_1", issuer: "openai_responses" }],
    ["document", { type: "inline", mediaType: "application/pdf", data: "aGk=" }],
    ["document", { type: "url", url: "https://a.example/b.pdf" }],
  ]);
});

Deno.test("what is referred to and not there is refused by its name (T84)", () => {
  const refused = (fields: JsonObject) => {
    const { code, param } = refusalOf(fields);
    return [code, param];
  };
  assertEquals(refused({ previous_response_id: "resp_1" }), [
    "previous_response_not_found",
    "previous_response_id",
  ]);
  assertEquals(refused({ conversation: "conv_1" }), ["unsupported_parameter", "conversation"]);
  assertEquals(refused({ prompt: { id: "p" } }), ["unsupported_parameter", "prompt"]);
  assertEquals(refused({ input: [{ type: "item_reference", id: "msg_1" }] }), [
    "item_not_found",
    "input",
  ]);
  assertEquals(refused({ input: [{ id: "msg_1" }] }), ["item_not_found", "input"]);
  assertEquals(refused({ input: [{ type: "compaction", encrypted_content: "x" }] }), [
    "unsupported_value",
    "input",
  ]);
});

Deno.test("a request that is wrong is told where", () => {
  const at = (fields: JsonObject) => refusalOf(fields).param;
  assertEquals(at({ model: "" }), "model");
  assertEquals(at({ input: undefined }), "input");
  assertEquals(
    at({ input: [{ type: "function_call", name: "f", arguments: "" }] }),
    "input.0.call_id",
  );
  assertEquals(at({ input: [{ role: "tool", content: "" }] }), "input.0.role");
  assertEquals(at({ input: [{}] }), "input.0.type");
  assertEquals(at({ tools: [{ type: "function" }] }), "tools.0.name");
  assertEquals(at({ tools: {} }), "tools");
  assertEquals(at({ text: { format: { type: "xml" } } }), "text.format.type");
  assertEquals(at({ temperature: 3 }), "temperature");
});

Deno.test("what Weir has sealed is opened, and what others have sealed stays theirs (T87, T88)", () => {
  const sealed = plainEnvelopes.seal(JSON.stringify({ text: "Hm", seal: "sig" }), {
    format: "anthropic_messages",
    provider: "anthropic",
    model: "claude",
  });
  const [own] = messagesOf({ type: "reasoning", summary: [], encrypted_content: sealed });
  assertEquals(own!.parts, [{
    type: "reasoning",
    text: "Hm",
    seal: { value: "sig", issuer: "anthropic_messages", provider: "anthropic", model: "claude" },
  }]);
  const [foreign] = messagesOf({
    type: "reasoning",
    id: "rs_1",
    summary: [{ type: "summary_text", text: "Hm" }],
    encrypted_content: "gAAA",
  });
  assertEquals(foreign!.parts, [{
    type: "reasoning",
    id: "rs_1",
    text: "Hm",
    seal: { value: "gAAA", issuer: "openai_responses" },
  }]);
  const summary = plainEnvelopes.seal("What was said", { format: "weir" });
  assertEquals(messagesOf({ type: "compaction", encrypted_content: summary }), [
    { role: "user", parts: [text("What was said")] },
  ]);
});
