import { assertEquals, assertThrows } from "@std/assert";
import type { ChatRequest, Message, Part } from "../../../../src/core/chat/chat.ts";
import { GatewayError } from "../../../../src/core/gateway_error.ts";
import type { JsonObject } from "../../../../src/core/text/json.ts";
import { openaiChat } from "../../../../src/formats/openai_chat/mod.ts";
import { BODY, REQUEST } from "./whole_request.ts";

const USER: JsonObject = { role: "user", content: "Hi" };

function decode(change: JsonObject): ChatRequest {
  return openaiChat.request.decode({ model: "m", messages: [USER], ...change });
}

function messageOf(message: JsonObject): Message | undefined {
  return decode({ messages: [message] }).messages[0];
}

function partsOf(message: JsonObject): readonly Part[] {
  return messageOf(message)?.parts ?? [];
}

Deno.test("decodeRequest() reads every field that has a neutral word and keeps the others", () => {
  assertEquals(openaiChat.request.decode(BODY), REQUEST);
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
      { role: "system", parts: [{ type: "text", text: "Be brief." }] },
      { role: "user", parts: [] },
    ],
    stream: false,
    maxOutputTokens: 9,
    stop: ["END"],
    toolChoice: "required",
    natives: [],
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
    messages: [{ role: "user", parts: [] }],
    stream: false,
    natives: [],
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
    [{ tools: [{ type: "custom" }] }, "tools.0.custom", "must be an object such as"],
    [{ tools: [{}] }, "tools.0.type", "must be a string such as"],
    [{ reasoning: "high" }, "reasoning", "must be an object such as"],
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

Deno.test("decodeRequest() reads reasoning back, with what its issuer signed (T64)", () => {
  const details = [
    {
      type: "reasoning.text",
      text: "Hm",
      signature: "c2ln",
      format: "anthropic-claude-v1",
      index: 0,
    },
    {
      type: "reasoning.encrypted",
      data: "eA==",
      format: "google-gemini-v1",
      id: "call_1",
      index: 1,
    },
    { type: "reasoning.summary", summary: "So", format: "openai-responses-v1", index: 2 },
    { type: "reasoning.text", text: "a", index: 3 },
    { type: "reasoning.text", text: "b", signature: "eHg=", format: "xai-responses-v1", index: 3 },
    { type: "reasoning.encrypted", data: "eQ==", format: null },
  ];
  const message = {
    role: "assistant",
    content: "Hi",
    reasoning: "HmSoab",
    reasoning_details: details,
  };
  assertEquals(partsOf(message), [
    { type: "reasoning", text: "Hm", seal: { value: "c2ln", issuer: "anthropic_messages" } },
    { type: "sealed", seal: { value: "eA==", issuer: "gemini" }, id: "call_1" },
    { type: "reasoning", text: "So" },
    { type: "reasoning", text: "ab", seal: { value: "eHg=", issuer: "xai-responses-v1" } },
    { type: "sealed", seal: { value: "eQ==", issuer: "openai_chat" } },
    { type: "text", text: "Hi" },
  ]);
  for (const name of ["reasoning", "reasoning_content"]) {
    assertEquals(partsOf({ role: "assistant", content: "Hi", [name]: "Hm" }), [
      { type: "reasoning", text: "Hm" },
      { type: "text", text: "Hi" },
    ]);
  }
});

Deno.test("decodeRequest() reads marks of what is to be cached, wherever they stand", () => {
  const mark = { type: "ephemeral", ttl: "1h" };
  assertEquals(
    partsOf({
      role: "user",
      content: [
        { type: "text", text: "a", cache_control: { type: "ephemeral" } },
        { type: "image_url", image_url: { url: "https://a.example/" }, cache_control: mark },
      ],
    }).map(({ cache }) => cache),
    [{}, { ttl: "1h" }],
  );
  assertEquals(partsOf({ role: "system", content: "a", cache_control: mark }), [
    { type: "text", text: "a", cache: { ttl: "1h" } },
  ]);
  const tool = { type: "function", function: { name: "f" }, cache_control: mark };
  assertEquals(decode({ tools: [tool] }).tools, [
    { kind: "function", name: "f", cache: { ttl: "1h" } },
  ]);
});

Deno.test("decodeRequest() reads media by address, inline and by name", () => {
  const parts = partsOf({
    role: "user",
    content: [
      { type: "image_url", image_url: { url: "https://a.example/a.png" } },
      { type: "image_url", image_url: { url: "data:text/plain,a" } },
      { type: "video_url", video_url: { url: "https://a.example/a.mp4" } },
      { type: "file", file: { file_data: "AA==" } },
      { type: "file", file: { file_data: "https://a.example/a.pdf", filename: "a.pdf" } },
    ],
  });
  assertEquals(parts, [
    { type: "media", kind: "image", source: { type: "url", url: "https://a.example/a.png" } },
    { type: "media", kind: "image", source: { type: "url", url: "data:text/plain,a" } },
    { type: "media", kind: "video", source: { type: "url", url: "https://a.example/a.mp4" } },
    {
      type: "media",
      kind: "document",
      source: { type: "inline", mediaType: "application/pdf", data: "AA==" },
    },
    {
      type: "media",
      kind: "document",
      source: { type: "url", url: "https://a.example/a.pdf" },
      name: "a.pdf",
    },
  ]);
});

Deno.test("decodeRequest() takes tools that are not allowed for absent", () => {
  const tools = ["f", "g"].map((name) => ({ type: "function", function: { name } }));
  const allowed = { mode: "required", tools: [{ type: "function", function: { name: "g" } }] };
  const request = decode({ tools, tool_choice: { type: "allowed_tools", allowed_tools: allowed } });
  assertEquals(request.tools, [{ kind: "function", name: "g" }]);
  assertEquals(request.toolChoice, "required");
  const custom = decode({ tool_choice: { type: "custom", custom: { name: "shell" } } });
  assertEquals(custom.toolChoice, { name: "shell" });
});

Deno.test("decodeRequest() reads the wish to reason in OpenAI's word and in OpenRouter's", () => {
  const wishes: readonly (readonly [JsonObject, ChatRequest["reasoning"]])[] = [
    [{ reasoning_effort: "high" }, { effort: "high" }],
    [{ reasoning_effort: "none" }, { mode: "off" }],
    [{ reasoning: { max_tokens: 2_000, exclude: true } }, { maxTokens: 2_000, isHidden: true }],
    [{ reasoning: { enabled: true } }, { mode: "on" }],
    [{ reasoning: { enabled: false, effort: "low" } }, { mode: "off", effort: "low" }],
    [{ reasoning: { effort: "max" }, reasoning_effort: "low" }, { effort: "max" }],
    [{ reasoning: {} }, undefined],
  ];
  for (const [change, wish] of wishes) assertEquals(decode(change).reasoning, wish);
});

Deno.test("decodeRequest() lists what has no neutral word, under its name", () => {
  const request = decode({
    messages: [USER, { role: "assistant", content: "Hi", audio: { id: "a" } }],
    response_format: { type: "grammar", grammar: "x" },
    user: "ann",
    safety_identifier: "bob",
    logit_bias: { 1: 1 },
    stream_options: { include_usage: true },
  });
  assertEquals(request.natives.map(({ format, name }) => [format, name]), [
    ["openai_chat", "logit_bias"],
    ["openai_chat", "safety_identifier"],
    ["openai_chat", "response_format"],
    ["openai_chat", "messages.1.audio"],
  ]);
  assertEquals(decode({ response_format: { type: "text" } }).natives, []);
});

Deno.test("decodeRequest() lists fields of parts that nobody else knows once", () => {
  const content = [{ type: "text", text: "Hi", tone: "mild" }, { type: "hologram", tone: "wild" }];
  const { natives } = decode({
    messages: [{ role: "user", content }, { role: "user", content }],
  });
  assertEquals(natives.map(({ name }) => name), ["messages.0.content.0.tone"]);
});
