/** Requests that are written, for providers that speak Responses alone. */

import { assertEquals, assertThrows } from "@std/assert";
import { GatewayError } from "../../../../src/core/gateway_error.ts";
import type { JsonObject } from "../../../../src/core/text/json.ts";
import { anthropicMessages } from "../../../../src/formats/anthropic_messages/mod.ts";
import { openaiChat } from "../../../../src/formats/openai_chat/mod.ts";
import { openaiResponses } from "../../../../src/formats/openai_responses/mod.ts";

function fromChat(fields: JsonObject): ReturnType<typeof openaiResponses.encodeRequest> {
  const messages = [{ role: "user", content: "Hi" }];
  const request = openaiChat.request.decode({ model: "m", messages, ...fields });
  return openaiResponses.encodeRequest(request);
}

const GRAMMAR = { syntax: "lark", definition: "start: x" };

/** Most of what a chat can ask. */
const CHAT: JsonObject = {
  stream: true,
  messages: [
    { role: "system", content: "Be brief" },
    { role: "user", content: "Hi" },
    { role: "developer", content: "Careful" },
    {
      role: "assistant",
      content: "Two calls",
      tool_calls: [
        { id: "a", type: "function", function: { name: "f", arguments: "" } },
        { id: "b", type: "custom", custom: { name: "g", input: "raw" } },
      ],
    },
    { role: "tool", tool_call_id: "a", content: "1" },
    { role: "tool", tool_call_id: "b", content: [{ type: "text", text: "2" }] },
    {
      role: "user",
      content: [
        { type: "text", text: "See" },
        { type: "image_url", image_url: { url: "data:image/png;base64,aGk=" } },
        { type: "file", file: { file_id: "file_1" } },
      ],
    },
  ],
  max_completion_tokens: 100,
  reasoning_effort: "low",
  tools: [
    { type: "function", function: { name: "f" } },
    { type: "custom", custom: { name: "g", format: { type: "grammar", grammar: GRAMMAR } } },
  ],
  tool_choice: { type: "custom", custom: { name: "g" } },
  response_format: { type: "json_schema", json_schema: { name: "n", schema: {} } },
  prompt_cache_key: "k",
  verbosity: "low",
  safety_identifier: "u",
};

Deno.test("a chat is written as items", () => {
  const { body, warnings } = fromChat(CHAT);
  assertEquals(warnings, []);
  assertEquals(body, {
    store: false,
    prompt_cache_key: "k",
    model: "m",
    instructions: "Be brief",
    input: [
      { role: "user", content: "Hi" },
      { role: "developer", content: "Careful" },
      {
        type: "message",
        role: "assistant",
        content: [{ type: "output_text", text: "Two calls" }],
      },
      { type: "function_call", call_id: "a", name: "f", arguments: "{}" },
      { type: "custom_tool_call", call_id: "b", name: "g", input: "raw" },
      { type: "function_call_output", call_id: "a", output: "1" },
      { type: "custom_tool_call_output", call_id: "b", output: "2" },
      {
        role: "user",
        content: [
          { type: "input_text", text: "See" },
          { type: "input_image", image_url: "data:image/png;base64,aGk=", detail: "auto" },
          { type: "input_file", file_id: "file_1" },
        ],
      },
    ],
    stream: true,
    max_output_tokens: 100,
    tools: [
      {
        type: "function",
        name: "f",
        parameters: { type: "object", properties: {} },
        strict: false,
      },
      { type: "custom", name: "g", format: { type: "grammar", ...GRAMMAR } },
    ],
    tool_choice: { type: "custom", name: "g" },
    reasoning: { effort: "low" },
    text: { verbosity: "low", format: { type: "json_schema", name: "n", schema: {} } },
    include: ["reasoning.encrypted_content"],
    safety_identifier: "u",
  });
});

Deno.test("what the format has no word for is left out with a warning, or refused", () => {
  const { body, warnings } = fromChat({ seed: 1, stop: ["x"], top_k: 2, max_tokens: 1 });
  assertEquals(body["max_output_tokens"], 16);
  assertEquals(warnings, [
    '"seed" is left out: openai_responses has no word for it',
    '"top_k" is left out: openai_responses has no word for it',
    '"stop" is left out: openai_responses has no word for it',
    "The bound of 1 tokens is sent as 16, the least that is taken",
  ]);
  assertThrows(() => fromChat({ n: 2 }), GatewayError, '"n" must be 1');
  assertThrows(() => fromChat({ tool_choice: "required" }), GatewayError, "there is none");
});

Deno.test("a message of Claude's agents is written, and no foreign signature with it (T87)", () => {
  const request = anthropicMessages.request.decode({
    model: "m",
    max_tokens: 1_000,
    thinking: { type: "adaptive" },
    system: "Be brief",
    messages: [
      { role: "user", content: "Hi" },
      {
        role: "assistant",
        content: [
          { type: "thinking", thinking: "Hm", signature: "sig" },
          { type: "tool_use", id: "a", name: "f", input: { x: 1 } },
        ],
      },
      {
        role: "user",
        content: [{ type: "tool_result", tool_use_id: "a", content: "no", is_error: true }],
      },
    ],
  });
  const { body, warnings } = openaiResponses.encodeRequest(request);
  assertEquals(body["reasoning"], { summary: "auto" });
  assertEquals(body["input"], [
    { role: "user", content: "Hi" },
    { type: "function_call", call_id: "a", name: "f", arguments: '{"x":1}' },
    { type: "function_call_output", call_id: "a", output: "Error:\nno" },
  ]);
  assertEquals(warnings, [
    "Reasoning that anthropic_messages has signed is left out: nobody else can check it",
    "That a tool failed is told in the text of its result: openai_responses has no word for it",
  ]);
});

Deno.test("reasoning goes back to whoever has sealed it", () => {
  const details = [{
    type: "reasoning.encrypted",
    data: "gAAA",
    id: "rs_1",
    format: "openai-responses-v1",
  }];
  const { body, warnings } = fromChat({
    messages: [
      { role: "user", content: "Hi" },
      { role: "assistant", content: "Ho", reasoning_details: details },
    ],
  });
  assertEquals(warnings, []);
  assertEquals((body["input"] as readonly JsonObject[])[1], {
    type: "reasoning",
    id: "rs_1",
    summary: [],
    encrypted_content: "gAAA",
  });
});
