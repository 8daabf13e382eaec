/**
 * The surfaces that are attacked: where each is, a request that is right, and how its errors look.
 *
 * @module
 */

import type { JsonObject } from "../../src/core/text/json.ts";

export interface AttackedSurface {
  readonly name: string;
  readonly path: string;
  readonly headers: readonly string[];
  /** A request that is answered. */
  readonly body: JsonObject;
  readonly errors: ErrorShape;
  readonly isStream?: true;
}

/** Whose error it is to look like; `any` where the server itself may have refused, in OpenAI's form. */
export type ErrorShape = "any" | "openai" | "messages" | "gemini" | "ollama" | "service";

const MESSAGES_HEADERS = ["anthropic-version: 2023-06-01"];
const TOOL_SCHEMA = { type: "object", properties: { a: { type: "string" } } };

const CHAT_BODY = {
  model: "m",
  messages: [
    { role: "system", content: "s" },
    { role: "user", content: [{ type: "text", text: "hi" }] },
    {
      role: "assistant",
      content: null,
      tool_calls: [{ id: "c", type: "function", function: { name: "f", arguments: "{}" } }],
    },
    { role: "tool", tool_call_id: "c", content: "done" },
  ],
  tools: [{ type: "function", function: { name: "f", parameters: TOOL_SCHEMA } }],
  tool_choice: "auto",
  response_format: { type: "text" },
  max_tokens: 9,
  temperature: 0.5,
  stop: ["x"],
  n: 1,
  user: "u",
  metadata: { a: "b" },
};

const MESSAGES_BODY = {
  model: "m",
  max_tokens: 9,
  system: [{ type: "text", text: "s", cache_control: { type: "ephemeral" } }],
  messages: [
    { role: "user", content: [{ type: "text", text: "hi" }] },
    { role: "assistant", content: [{ type: "tool_use", id: "t", name: "f", input: {} }] },
    { role: "user", content: [{ type: "tool_result", tool_use_id: "t", content: "done" }] },
  ],
  tools: [{ name: "f", input_schema: TOOL_SCHEMA }],
  tool_choice: { type: "auto" },
  thinking: { type: "disabled" },
  stop_sequences: ["x"],
  metadata: { user_id: "u" },
};

const RESPONSES_BODY = {
  model: "m",
  instructions: "s",
  input: [
    { type: "message", role: "user", content: [{ type: "input_text", text: "hi" }] },
    { type: "function_call", call_id: "c", name: "f", arguments: "{}" },
    { type: "function_call_output", call_id: "c", output: "done" },
  ],
  tools: [{ type: "function", name: "f", parameters: TOOL_SCHEMA }],
  tool_choice: "auto",
  reasoning: { effort: "low" },
  text: { format: { type: "text" } },
  include: [],
  store: false,
  max_output_tokens: 99,
};

const GEMINI_BODY = {
  systemInstruction: { parts: [{ text: "s" }] },
  contents: [
    { role: "user", parts: [{ text: "hi" }] },
    { role: "model", parts: [{ functionCall: { name: "f", args: {} } }] },
    { role: "user", parts: [{ functionResponse: { name: "f", response: {} } }] },
  ],
  tools: [{ functionDeclarations: [{ name: "f", parametersJsonSchema: TOOL_SCHEMA }] }],
  toolConfig: { functionCallingConfig: { mode: "AUTO" } },
  generationConfig: { maxOutputTokens: 9, stopSequences: ["x"], thinkingConfig: {} },
};

const OLLAMA_BODY = {
  model: "m",
  stream: false,
  messages: [
    { role: "user", content: "hi", images: [] },
    { role: "assistant", content: "", tool_calls: [{ function: { name: "f", arguments: {} } }] },
    { role: "tool", tool_name: "f", content: "done" },
  ],
  tools: [{ type: "function", function: { name: "f", parameters: TOOL_SCHEMA } }],
  options: { num_predict: 9, stop: ["x"] },
  keep_alive: "5m",
  format: "json",
};

const SERVICE_BODY = {
  model: "m",
  messages: [{ role: "user", content: "hi" }],
  max_tokens: 9,
  temperature: 0.5,
};

export const SURFACES: readonly AttackedSurface[] = [
  { name: "chat", path: "/v1/chat/completions", headers: [], body: CHAT_BODY, errors: "openai" },
  {
    name: "a stream of chat",
    path: "/v1/chat/completions",
    headers: [],
    body: { ...SERVICE_BODY, stream: true, stream_options: { include_usage: true } },
    errors: "openai",
    isStream: true,
  },
  {
    name: "completions",
    path: "/v1/completions",
    headers: [],
    body: { model: "m", prompt: ["hi"], max_tokens: 9, stop: "x", logprobs: 1 },
    errors: "openai",
  },
  {
    name: "embeddings",
    path: "/v1/embeddings",
    headers: [],
    body: { model: "m", input: ["hi"], encoding_format: "float", dimensions: 2 },
    errors: "openai",
  },
  {
    name: "Messages",
    path: "/v1/messages",
    headers: MESSAGES_HEADERS,
    body: MESSAGES_BODY,
    errors: "messages",
  },
  {
    name: "a count of Messages",
    path: "/v1/messages/count_tokens",
    headers: MESSAGES_HEADERS,
    body: { model: "anthropic/m", messages: [{ role: "user", content: "hi" }], system: "s" },
    errors: "messages",
  },
  {
    name: "Responses",
    path: "/v1/responses",
    headers: [],
    body: RESPONSES_BODY,
    errors: "openai",
  },
  {
    name: "Gemini",
    path: "/v1beta/models/m:generateContent",
    headers: [],
    body: GEMINI_BODY,
    errors: "gemini",
  },
  {
    name: "embeddings of Gemini",
    path: "/v1beta/models/m:embedContent",
    headers: [],
    body: { content: { parts: [{ text: "hi" }] }, outputDimensionality: 2 },
    errors: "gemini",
  },
  { name: "Ollama", path: "/api/chat", headers: [], body: OLLAMA_BODY, errors: "ollama" },
  {
    name: "Ollama's generate",
    path: "/api/generate",
    headers: [],
    body: { model: "m", prompt: "hi", stream: false, system: "s", raw: false, suffix: "" },
    errors: "ollama",
  },
  {
    name: "Ollama's show",
    path: "/api/show",
    headers: [],
    body: { model: "m", verbose: false },
    errors: "ollama",
  },
  {
    name: "the service",
    path: "/api/v1/inference",
    headers: [],
    body: SERVICE_BODY,
    errors: "service",
  },
  {
    name: "a stream of the service",
    path: "/api/v1/inference/stream",
    headers: [],
    body: SERVICE_BODY,
    errors: "service",
    isStream: true,
  },
];
