/** A request that says all that it can, in both forms. */

import type { ChatRequest } from "../../../../src/core/chat/chat.ts";
import type { JsonObject } from "../../../../src/core/text/json.ts";

export const BODY: JsonObject = {
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
        {
          type: "file",
          file: { filename: "a.pdf", file_data: "data:application/pdf;base64,AA==" },
        },
        { type: "file", file: { file_id: "file-1" } },
        { type: "x", y: 1 },
      ],
    },
    {
      role: "assistant",
      content: null,
      reasoning_content: "A cat, or",
      tool_calls: [
        { id: "a", type: "function", function: { name: "look", arguments: "not json" } },
        { id: "b", type: "custom", custom: { name: "shell", input: "ls" } },
      ],
    },
    { role: "tool", content: "A cat.", tool_call_id: "a" },
    { role: "assistant", content: null, refusal: "No." },
  ],
  stream: true,
  n: 2,
  max_completion_tokens: 100,
  temperature: 0.5,
  top_p: 0.9,
  top_k: 4,
  seed: 7,
  stop: ["END"],
  tools: [{
    type: "function",
    function: { name: "look", description: "Looks", parameters: { type: "object" }, strict: true },
  }, {
    type: "custom",
    custom: { name: "shell", format: { type: "text" } },
  }, {
    type: "openrouter:web_search",
  }],
  tool_choice: { type: "function", function: { name: "look" } },
  parallel_tool_calls: false,
  response_format: {
    type: "json_schema",
    json_schema: { name: "cat", schema: { type: "object" }, strict: true },
  },
  reasoning_effort: "low",
  logprobs: true,
  top_logprobs: 3,
  user: "ann",
  metadata: { trace: "1" },
};

export const REQUEST: ChatRequest = {
  model: "m",
  messages: [
    { role: "system", parts: [{ type: "text", text: "Be brief." }] },
    {
      role: "user",
      name: "ann",
      parts: [
        { type: "text", text: "What is this?" },
        {
          type: "media",
          kind: "image",
          source: { type: "inline", mediaType: "image/png", data: "AA==" },
          detail: "low",
        },
        {
          type: "media",
          kind: "audio",
          source: { type: "inline", mediaType: "audio/wav", data: "AA==" },
        },
        {
          type: "media",
          kind: "document",
          source: { type: "inline", mediaType: "application/pdf", data: "AA==" },
          name: "a.pdf",
        },
        {
          type: "media",
          kind: "document",
          source: { type: "file", id: "file-1", issuer: "openai_chat" },
        },
        { type: "native", format: "openai_chat", name: "x", value: { type: "x", y: 1 } },
      ],
    },
    {
      role: "assistant",
      parts: [
        { type: "reasoning", text: "A cat, or" },
        { type: "tool_call", callId: "a", kind: "function", name: "look", input: "not json" },
        { type: "tool_call", callId: "b", kind: "custom", name: "shell", input: "ls" },
      ],
    },
    {
      role: "tool",
      parts: [{
        type: "tool_result",
        callId: "a",
        parts: [{ type: "text", text: "A cat." }],
        isError: false,
      }],
    },
    { role: "assistant", parts: [{ type: "refusal", text: "No." }] },
  ],
  stream: true,
  choices: 2,
  maxOutputTokens: 100,
  temperature: 0.5,
  topP: 0.9,
  topK: 4,
  seed: 7,
  stop: ["END"],
  tools: [
    {
      kind: "function",
      name: "look",
      description: "Looks",
      parameters: { type: "object" },
      strict: true,
    },
    {
      kind: "custom",
      name: "shell",
      native: { format: "openai_chat", value: { format: { type: "text" } } },
    },
    {
      kind: "native",
      name: "openrouter:web_search",
      native: { format: "openai_chat", value: { type: "openrouter:web_search" } },
    },
  ],
  toolChoice: { name: "look" },
  parallelToolCalls: false,
  outputFormat: { type: "json_schema", schema: { type: "object" }, name: "cat", strict: true },
  reasoning: { effort: "low" },
  logprobs: true,
  topLogprobs: 3,
  endUser: "ann",
  natives: [{ format: "openai_chat", name: "metadata", value: { trace: "1" } }],
};
