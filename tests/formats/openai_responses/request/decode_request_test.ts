/** Requests that are read: every item and every setting, for providers of other formats. */

import { assertEquals } from "@std/assert";
import type { JsonObject } from "../../../../src/core/text/json.ts";
import { openaiChatFor } from "../../../../src/formats/openai_chat/mod.ts";
import { plainEnvelopes } from "./plain_envelopes.ts";
import { decode, messagesOf, refusalOf } from "./read_request.ts";

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
