import { assertEquals, assertThrows } from "@std/assert";
import type { ChatRequest } from "../../../src/core/chat.ts";
import { GatewayError } from "../../../src/core/gateway_error.ts";
import { isJsonObject, type JsonObject } from "../../../src/core/json.ts";
import { openaiChat } from "../../../src/formats/openai_chat/mod.ts";

const BODY: JsonObject = {
  model: "m",
  messages: [
    { role: "system", content: "Be brief." },
    {
      role: "user",
      name: "ann",
      content: [
        { type: "text", text: "What is this?" },
        { type: "image_url", image_url: { url: "data:image/png;base64,AA==", detail: "low" } },
        { type: "input_audio", input_audio: { data: "AA==", format: "wav" } },
      ],
    },
    {
      role: "assistant",
      content: null,
      tool_calls: [
        { id: "a", type: "function", function: { name: "look", arguments: "not json" } },
        { id: "b", type: "custom", custom: { name: "shell", input: "ls" } },
      ],
    },
    { role: "tool", content: "A cat.", tool_call_id: "a" },
  ],
  stream: true,
  n: 2,
  max_completion_tokens: 100,
  temperature: 0.5,
  top_p: 0.9,
  seed: 7,
  stop: ["END"],
  tools: [{
    type: "function",
    function: { name: "look", description: "Looks", parameters: { type: "object" }, strict: true },
  }],
  tool_choice: { type: "function", function: { name: "look" } },
  parallel_tool_calls: false,
  response_format: { type: "json_object" },
  reasoning_effort: "low",
  logprobs: true,
  top_logprobs: 3,
  metadata: { trace: "1" },
};

const REQUEST: ChatRequest = {
  model: "m",
  messages: [
    { role: "system", content: [{ type: "text", text: "Be brief." }] },
    {
      role: "user",
      name: "ann",
      content: [
        { type: "text", text: "What is this?" },
        { type: "image", url: "data:image/png;base64,AA==", detail: "low" },
        {
          type: "extension",
          name: "input_audio",
          value: { type: "input_audio", input_audio: { data: "AA==", format: "wav" } },
        },
      ],
    },
    {
      role: "assistant",
      content: [],
      toolCalls: [
        { id: "a", kind: "function", name: "look", input: "not json" },
        { id: "b", kind: "custom", name: "shell", input: "ls" },
      ],
    },
    { role: "tool", content: [{ type: "text", text: "A cat." }], toolCallId: "a" },
  ],
  stream: true,
  choices: 2,
  maxOutputTokens: 100,
  temperature: 0.5,
  topP: 0.9,
  seed: 7,
  stop: ["END"],
  tools: [{ name: "look", description: "Looks", parameters: { type: "object" }, strict: true }],
  toolChoice: { name: "look" },
  parallelToolCalls: false,
  responseFormat: { type: "json_object" },
  reasoningEffort: "low",
  logprobs: true,
  topLogprobs: 3,
  extensions: { metadata: { trace: "1" } },
};

Deno.test("decodeRequest() reads every field that has a neutral word and keeps the others", () => {
  assertEquals(openaiChat.request.decode(BODY), REQUEST);
});

Deno.test("encodeRequest() writes what decodeRequest() read", () => {
  assertEquals(openaiChat.encodeRequest(REQUEST), BODY);
});

Deno.test("decodeRequest() reads older and shorter forms", () => {
  const request = openaiChat.request.decode({
    model: "m",
    messages: [{ role: "developer", content: "Be brief." }, { role: "user" }],
    max_tokens: 9,
    stop: "END",
    tool_choice: "required",
    stream_options: { include_usage: true },
  });
  assertEquals(request, {
    model: "m",
    messages: [
      { role: "system", content: [{ type: "text", text: "Be brief." }] },
      { role: "user", content: [] },
    ],
    stream: false,
    maxOutputTokens: 9,
    stop: ["END"],
    toolChoice: "required",
    extensions: {},
  });
});

Deno.test("decodeRequest() takes null for absent", () => {
  const nulls = Object.fromEntries(
    Object.keys(BODY).filter((name) => name !== "model" && name !== "messages")
      .map((name) => [name, null]),
  );
  const messages = [{ role: "user", content: null, name: null, tool_calls: null }];
  assertEquals(openaiChat.request.decode({ ...nulls, model: "m", messages }), {
    model: "m",
    messages: [{ role: "user", content: [] }],
    stream: false,
    extensions: {},
  });
});

Deno.test("decodeRequest() names the field at fault and says what it must be", () => {
  const user = { role: "user", content: "Hi" };
  const faults: readonly (readonly [change: JsonObject, param: string, message: string])[] = [
    [{ model: undefined }, "model", "must be a string, the name of a model"],
    [{ model: "" }, "model", "must not be empty: name a model"],
    [{ messages: "Hi" }, "messages", "must be a list of messages"],
    [{ messages: [] }, "messages", "must hold at least one message"],
    [{ messages: [user, 7] }, "messages.1", "must be an object such as"],
    [{ messages: [{ content: "Hi" }] }, "messages.0.role", `must be a string such as "user"`],
    [
      { messages: [{ role: "user", content: 7 }] },
      "messages.0.content",
      "must be a string or a list of parts",
    ],
    [
      { messages: [{ role: "user", content: [{ type: "text" }] }] },
      "messages.0.content.0.text",
      "must be a string",
    ],
    [
      { messages: [{ role: "user", content: [{ type: "image_url", image_url: "x" }] }] },
      "messages.0.content.0.image_url",
      "must be an object such as",
    ],
    [
      { messages: [{ role: "assistant", tool_calls: [{ id: "a" }] }] },
      "messages.0.tool_calls.0.function",
      "must be an object such as",
    ],
    [
      { messages: [{ role: "assistant", function_call: {} }] },
      "messages.0.function_call",
      `is deprecated: send "tool_calls"`,
    ],
    [{ temperature: "hot" }, "temperature", "must be a number from 0 to 2"],
    [{ temperature: 2.5 }, "temperature", "must be a number from 0 to 2"],
    [{ n: 0 }, "n", "must be a whole number from 1 to 128"],
    [{ max_tokens: 1.5 }, "max_tokens", "must be a whole number from 1"],
    [{ stop: 7 }, "stop", "must be a string or a list of strings"],
    [{ tools: [{ type: "custom" }] }, "tools.0.type", `must be "function"`],
    [{ tool_choice: "any" }, "tool_choice", `must be "none", "auto", "required" or`],
    [{ functions: [] }, "functions", `is deprecated: send "tools"`],
    [{ response_format: "json" }, "response_format", "must be an object"],
  ];
  for (const [change, param, message] of faults) {
    const body = { model: "m", messages: [user], ...change };
    const error = assertThrows(() => openaiChat.request.decode(body), GatewayError, message);
    assertEquals(error.kind, "invalid_request");
    assertEquals(error.param, param);
    assertEquals(error.message.startsWith(`"${param}" `), true, error.message);
  }
});

Deno.test("answerWishes() reads what an answer is to be like", () => {
  const wishes: readonly (readonly [JsonObject, number, boolean | undefined])[] = [
    [{}, 1, undefined],
    [{ n: 3, stream_options: { include_usage: true } }, 3, true],
    [{ n: null, stream_options: { include_usage: false } }, 1, false],
    [{ n: "3", stream_options: null }, 1, undefined],
    [{ stream_options: { include_usage: 1 } }, 1, undefined],
    // A legacy completion answers each of its prompts.
    [{ prompt: "a" }, 1, undefined],
    [{ prompt: ["a", "b"], n: 2 }, 4, undefined],
    [{ prompt: [[1, 2], [3]] }, 2, undefined],
    [{ prompt: [1, 2, 3] }, 1, undefined],
    [{ prompt: [] }, 1, undefined],
    // OpenRouter's way to ask.
    [{ usage: { include: true } }, 1, true],
    [{ usage: { include: true }, stream_options: { include_usage: false } }, 1, true],
    [{ usage: { include: false } }, 1, undefined],
    [{ usage: { include: "true" } }, 1, undefined],
  ];
  for (const [body, choices, includeUsage] of wishes) {
    const tellsIncludeUsage = isJsonObject(body.stream_options) &&
      typeof body.stream_options.include_usage === "boolean";
    assertEquals(openaiChat.answerWishes(body), { choices, includeUsage, tellsIncludeUsage });
  }
});
