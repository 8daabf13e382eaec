/**
 * Which formats of the table meet.
 *
 * @module
 */

import type { ClientName } from "./feature.ts";
import type { ProviderName } from "./formats.ts";

/** A client and a provider that speak different formats. */
export interface Pair {
  readonly client: ClientName;
  readonly provider: ProviderName;
}

/** The pairs of requests. Between equal formats the bytes pass, so that nothing is translated. */
export const REQUEST_PAIRS = {
  chatToMessages: { client: "openai_chat", provider: "anthropic_messages" },
  chatToChatjimmy: { client: "openai_chat", provider: "chatjimmy" },
  messagesToOpenai: { client: "anthropic_messages", provider: "openai" },
  messagesToCompatible: { client: "anthropic_messages", provider: "compatible" },
  messagesToOpenrouter: { client: "anthropic_messages", provider: "openrouter" },
  messagesToChatjimmy: { client: "anthropic_messages", provider: "chatjimmy" },
  responsesToCompatible: { client: "openai_responses", provider: "compatible" },
  responsesToOpenai: { client: "openai_responses", provider: "openai" },
  responsesToMessages: { client: "openai_responses", provider: "anthropic_messages" },
  responsesToChatjimmy: { client: "openai_responses", provider: "chatjimmy" },
  chatToResponses: { client: "openai_chat", provider: "openai_responses" },
  messagesToResponses: { client: "anthropic_messages", provider: "openai_responses" },
  geminiToOpenai: { client: "gemini", provider: "openai" },
  geminiToCompatible: { client: "gemini", provider: "compatible" },
  geminiToResponses: { client: "gemini", provider: "openai_responses" },
  geminiToMessages: { client: "gemini", provider: "anthropic_messages" },
  chatToGemini: { client: "openai_chat", provider: "gemini" },
  responsesToGemini: { client: "openai_responses", provider: "gemini" },
  messagesToGemini: { client: "anthropic_messages", provider: "gemini" },
  chatToConverse: { client: "openai_chat", provider: "bedrock_converse" },
  responsesToConverse: { client: "openai_responses", provider: "bedrock_converse" },
  messagesToConverse: { client: "anthropic_messages", provider: "bedrock_converse" },
  ollamaToOpenai: { client: "ollama", provider: "openai" },
  ollamaToCompatible: { client: "ollama", provider: "compatible" },
  ollamaToResponses: { client: "ollama", provider: "openai_responses" },
  ollamaToMessages: { client: "ollama", provider: "anthropic_messages" },
  ollamaToGemini: { client: "ollama", provider: "gemini" },
  chatToOllama: { client: "openai_chat", provider: "ollama" },
  responsesToOllama: { client: "openai_responses", provider: "ollama" },
  messagesToOllama: { client: "anthropic_messages", provider: "ollama" },
} satisfies Readonly<Record<string, Pair>>;

/** The pairs of answers: all who speak OpenAI's chat answer alike. */
export const ANSWER_PAIRS = {
  messagesToChat: { client: "openai_chat", provider: "anthropic_messages" },
  chatjimmyToChat: { client: "openai_chat", provider: "chatjimmy" },
  chatToMessages: { client: "anthropic_messages", provider: "compatible" },
  chatjimmyToMessages: { client: "anthropic_messages", provider: "chatjimmy" },
  chatToResponses: { client: "openai_responses", provider: "compatible" },
  messagesToResponses: { client: "openai_responses", provider: "anthropic_messages" },
  chatjimmyToResponses: { client: "openai_responses", provider: "chatjimmy" },
  responsesToChat: { client: "openai_chat", provider: "openai_responses" },
  responsesToMessages: { client: "anthropic_messages", provider: "openai_responses" },
  chatToGemini: { client: "gemini", provider: "compatible" },
  responsesToGemini: { client: "gemini", provider: "openai_responses" },
  messagesToGemini: { client: "gemini", provider: "anthropic_messages" },
  geminiToChat: { client: "openai_chat", provider: "gemini" },
  geminiToResponses: { client: "openai_responses", provider: "gemini" },
  geminiToMessages: { client: "anthropic_messages", provider: "gemini" },
  converseToChat: { client: "openai_chat", provider: "bedrock_converse" },
  converseToResponses: { client: "openai_responses", provider: "bedrock_converse" },
  converseToMessages: { client: "anthropic_messages", provider: "bedrock_converse" },
  chatToOllama: { client: "ollama", provider: "compatible" },
  responsesToOllama: { client: "ollama", provider: "openai_responses" },
  messagesToOllama: { client: "ollama", provider: "anthropic_messages" },
  geminiToOllama: { client: "ollama", provider: "gemini" },
  ollamaToChat: { client: "openai_chat", provider: "ollama" },
  ollamaToResponses: { client: "openai_responses", provider: "ollama" },
  ollamaToMessages: { client: "anthropic_messages", provider: "ollama" },
} satisfies Readonly<Record<string, Pair>>;

export type RequestPair = keyof typeof REQUEST_PAIRS;
export type AnswerPair = keyof typeof ANSWER_PAIRS;
