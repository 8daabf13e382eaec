/**
 * The formats of the table, as clients and providers speak them.
 *
 * @module
 */

import type { ClientFormats, ProviderFormat } from "../../../src/core/format.ts";
import type { JsonObject } from "../../../src/core/text/json.ts";
import { gemini } from "../../../src/formats/gemini/mod.ts";
import {
  anthropicMessages,
  createAnthropicMessages,
} from "../../../src/formats/anthropic_messages/mod.ts";
import { bedrockConverse } from "../../../src/formats/bedrock_converse/mod.ts";
import { chatjimmy } from "../../../src/formats/chatjimmy/mod.ts";
import { ollamaChat } from "../../../src/formats/ollama/mod.ts";
import { openaiChatFor } from "../../../src/formats/openai_chat/mod.ts";
import {
  createOpenaiResponses,
  openaiResponses,
} from "../../../src/formats/openai_responses/mod.ts";
import { plainEnvelopes } from "../openai_responses/request/plain_envelopes.ts";
import type { ClientName, Name } from "./feature.ts";
import { fromChatStream, toChatStream } from "./streams/chat_stream.ts";
import { toConverseStream } from "./streams/converse_stream.ts";
import { fromGeminiStream, toGeminiStream } from "./streams/gemini_stream.ts";
import { fromOllamaStream, toOllamaStream } from "./streams/ollama_stream.ts";
import { toChatjimmyStream } from "./streams/chatjimmy_stream.ts";
import type { Bytes } from "./streams/frames.ts";
import { fromResponsesStream, toResponsesStream } from "./streams/responses_stream.ts";
import { fromMessagesStream, toMessagesStream } from "./streams/messages_stream.ts";

/** Who is asked. Those who speak OpenAI's chat take more or less of it. */
export type ProviderName =
  | "openai"
  | "compatible"
  | "openrouter"
  | "openai_responses"
  | "anthropic_messages"
  | "chatjimmy"
  | "gemini"
  | "bedrock_converse"
  | "ollama";

/** What a provider speaks. */
interface ProviderRow {
  readonly title: string;
  readonly name: Name;
  readonly format: ProviderFormat;
  /** The model that it is asked for whatever the client asked for, as an alias has it. */
  readonly model?: string;
  /** It has no word for tools: they are made a prompt of before. */
  readonly emulatesTools?: true;
  /** An answer that says nothing special. */
  readonly answer: JsonObject;
  toStream(answer: JsonObject): Bytes;
}

/** What a client speaks. */
interface ClientRow {
  readonly title: string;
  readonly formats: ClientFormats;
  /** A request that says nothing special, but for its model. */
  readonly request: JsonObject;
  fromStream(stream: Bytes): JsonObject;
}

const HI = [{ role: "user", content: "Hi" }];

const CHAT = {
  name: "openai_chat",
  answer: {
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1_600_000_000,
    model: "m",
    choices: [{
      index: 0,
      message: { role: "assistant", content: "Hello" },
      finish_reason: "stop",
      logprobs: null,
    }],
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  },
  toStream: toChatStream,
} as const;

export const PROVIDERS: Readonly<Record<ProviderName, ProviderRow>> = {
  compatible: { ...CHAT, title: "Chat", format: openaiChatFor("common") },
  openai: { ...CHAT, title: "OpenAI", format: openaiChatFor("openai") },
  openrouter: { ...CHAT, title: "OpenRouter", format: openaiChatFor("openrouter") },
  openai_responses: {
    title: "Responses",
    name: "openai_responses",
    format: openaiResponses,
    answer: {
      id: "resp_1",
      object: "response",
      created_at: 1_600_000_000,
      status: "completed",
      error: null,
      incomplete_details: null,
      model: "m",
      output: [{
        id: "msg_1",
        type: "message",
        status: "completed",
        role: "assistant",
        content: [{ type: "output_text", text: "Hello", annotations: [] }],
      }],
      usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 },
    },
    toStream: toResponsesStream,
  },
  anthropic_messages: {
    title: "Messages",
    name: "anthropic_messages",
    format: anthropicMessages,
    answer: {
      id: "msg_1",
      type: "message",
      role: "assistant",
      model: "m",
      content: [{ type: "text", text: "Hello" }],
      stop_reason: "end_turn",
      stop_sequence: null,
      usage: { input_tokens: 1, output_tokens: 1 },
    },
    toStream: toMessagesStream,
  },
  chatjimmy: {
    title: "chatjimmy",
    name: "chatjimmy",
    format: chatjimmy,
    emulatesTools: true,
    answer: {
      text: "Hello",
      stats: { done_reason: "stop", prefill_tokens: 1, decode_tokens: 1, total_tokens: 2 },
    },
    toStream: toChatjimmyStream,
  },
  gemini: {
    title: "Gemini",
    name: "gemini",
    format: gemini,
    model: "gemini-3-flash",
    answer: {
      candidates: [{
        content: { parts: [{ text: "Hello" }], role: "model" },
        finishReason: "STOP",
        index: 0,
      }],
      usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 },
      modelVersion: "m",
      responseId: "r_1",
    },
    toStream: toGeminiStream,
  },
  bedrock_converse: {
    title: "Converse",
    name: "bedrock_converse",
    format: bedrockConverse,
    model: "us.amazon.nova-2-lite-v1:0",
    answer: {
      output: { message: { role: "assistant", content: [{ text: "Hello" }] } },
      stopReason: "end_turn",
      usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 },
    },
    toStream: toConverseStream,
  },
  ollama: {
    title: "Ollama",
    name: "ollama",
    format: ollamaChat,
    answer: {
      model: "m",
      created_at: "2020-09-13T12:26:40Z",
      message: { role: "assistant", content: "Hello" },
      done: true,
      done_reason: "stop",
      prompt_eval_count: 1,
      eval_count: 1,
    },
    toStream: toOllamaStream,
  },
};

export const CLIENTS: Readonly<Record<ClientName, ClientRow>> = {
  openai_chat: {
    title: "Chat",
    formats: openaiChatFor("common"),
    request: { messages: HI },
    fromStream: fromChatStream,
  },
  openai_responses: {
    title: "Responses",
    formats: createOpenaiResponses({ envelopes: plainEnvelopes }),
    request: { input: "Hi" },
    fromStream: fromResponsesStream,
  },
  anthropic_messages: {
    title: "Messages",
    formats: createAnthropicMessages({ envelopes: plainEnvelopes }),
    // The bound of the output is a row of its own.
    request: { messages: HI },
    fromStream: fromMessagesStream,
  },
  gemini: {
    title: "Gemini",
    formats: gemini,
    request: { contents: [{ role: "user", parts: [{ text: "Hi" }] }] },
    fromStream: fromGeminiStream,
  },
  ollama: {
    title: "Ollama",
    formats: ollamaChat,
    request: { messages: HI },
    fromStream: fromOllamaStream,
  },
};

export const CLIENT_NAMES: readonly ClientName[] = [
  "openai_chat",
  "openai_responses",
  "anthropic_messages",
  "gemini",
  "ollama",
];
