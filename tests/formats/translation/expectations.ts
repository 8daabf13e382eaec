/** What is expected, declared apart from what runs: a file for each pair of formats. */

import { CHAT_TO_MESSAGES as CHAT_ANSWERS_TO_MESSAGES } from "./expected/answers/chat_to_messages.ts";
import { CHATJIMMY_TO_CHAT } from "./expected/answers/chatjimmy_to_chat.ts";
import { CHATJIMMY_TO_MESSAGES } from "./expected/answers/chatjimmy_to_messages.ts";
import { MESSAGES_TO_CHAT } from "./expected/answers/messages_to_chat.ts";
import { CHAT_TO_RESPONSES as CHAT_ANSWERS_TO_RESPONSES } from "./expected/answers/chat_to_responses.ts";
import { CHATJIMMY_TO_RESPONSES } from "./expected/answers/chatjimmy_to_responses.ts";
import { MESSAGES_TO_RESPONSES as MESSAGES_ANSWERS_TO_RESPONSES } from "./expected/answers/messages_to_responses.ts";
import { RESPONSES_TO_CHAT } from "./expected/answers/responses_to_chat.ts";
import { RESPONSES_TO_MESSAGES as RESPONSES_ANSWERS_TO_MESSAGES } from "./expected/answers/responses_to_messages.ts";
import { CHAT_TO_RESPONSES } from "./expected/requests/chat_to_responses.ts";
import { MESSAGES_TO_RESPONSES } from "./expected/requests/messages_to_responses.ts";
import { RESPONSES_TO_CHATJIMMY } from "./expected/requests/responses_to_chatjimmy.ts";
import { RESPONSES_TO_COMPATIBLE } from "./expected/requests/responses_to_compatible.ts";
import { RESPONSES_TO_MESSAGES } from "./expected/requests/responses_to_messages.ts";
import { RESPONSES_TO_OPENAI } from "./expected/requests/responses_to_openai.ts";
import { CHAT_TO_CHATJIMMY } from "./expected/requests/chat_to_chatjimmy.ts";
import { CHAT_TO_MESSAGES } from "./expected/requests/chat_to_messages.ts";
import { MESSAGES_TO_CHATJIMMY } from "./expected/requests/messages_to_chatjimmy.ts";
import { MESSAGES_TO_COMPATIBLE } from "./expected/requests/messages_to_compatible.ts";
import { MESSAGES_TO_OPENAI } from "./expected/requests/messages_to_openai.ts";
import { MESSAGES_TO_OPENROUTER } from "./expected/requests/messages_to_openrouter.ts";
import { GEMINI_TO_OPENAI } from "./expected/requests/gemini_to_openai.ts";
import { GEMINI_TO_COMPATIBLE } from "./expected/requests/gemini_to_compatible.ts";
import { GEMINI_TO_RESPONSES } from "./expected/requests/gemini_to_responses.ts";
import { GEMINI_TO_MESSAGES } from "./expected/requests/gemini_to_messages.ts";
import { CHAT_TO_GEMINI } from "./expected/answers/chat_to_gemini.ts";
import { RESPONSES_TO_GEMINI } from "./expected/answers/responses_to_gemini.ts";
import { MESSAGES_TO_GEMINI } from "./expected/answers/messages_to_gemini.ts";
import { GEMINI_TO_CHAT } from "./expected/answers/gemini_to_chat.ts";
import { GEMINI_TO_MESSAGES as GEMINI_ANSWERS_TO_MESSAGES } from "./expected/answers/gemini_to_messages.ts";
import { GEMINI_TO_RESPONSES as GEMINI_ANSWERS_TO_RESPONSES } from "./expected/answers/gemini_to_responses.ts";
import { CHAT_TO_GEMINI as CHAT_REQUESTS_TO_GEMINI } from "./expected/requests/chat_to_gemini.ts";
import { MESSAGES_TO_GEMINI as MESSAGES_REQUESTS_TO_GEMINI } from "./expected/requests/messages_to_gemini.ts";
import { RESPONSES_TO_GEMINI as RESPONSES_REQUESTS_TO_GEMINI } from "./expected/requests/responses_to_gemini.ts";
import { CONVERSE_TO_CHAT } from "./expected/answers/converse_to_chat.ts";
import { CONVERSE_TO_MESSAGES } from "./expected/answers/converse_to_messages.ts";
import { CONVERSE_TO_RESPONSES } from "./expected/answers/converse_to_responses.ts";
import { CHAT_TO_CONVERSE } from "./expected/requests/chat_to_converse.ts";
import { MESSAGES_TO_CONVERSE } from "./expected/requests/messages_to_converse.ts";
import { RESPONSES_TO_CONVERSE } from "./expected/requests/responses_to_converse.ts";
import { OLLAMA_TO_OPENAI } from "./expected/requests/ollama_to_openai.ts";
import { OLLAMA_TO_COMPATIBLE } from "./expected/requests/ollama_to_compatible.ts";
import { OLLAMA_TO_RESPONSES } from "./expected/requests/ollama_to_responses.ts";
import { OLLAMA_TO_MESSAGES } from "./expected/requests/ollama_to_messages.ts";
import { OLLAMA_TO_GEMINI } from "./expected/requests/ollama_to_gemini.ts";
import { GEMINI_TO_OLLAMA } from "./expected/answers/gemini_to_ollama.ts";
import { CHAT_TO_OLLAMA } from "./expected/requests/chat_to_ollama.ts";
import { RESPONSES_TO_OLLAMA } from "./expected/requests/responses_to_ollama.ts";
import { MESSAGES_TO_OLLAMA } from "./expected/requests/messages_to_ollama.ts";
import { CHAT_TO_OLLAMA as CHAT_ANSWERS_TO_OLLAMA } from "./expected/answers/chat_to_ollama.ts";
import { RESPONSES_TO_OLLAMA as RESPONSES_ANSWERS_TO_OLLAMA } from "./expected/answers/responses_to_ollama.ts";
import { MESSAGES_TO_OLLAMA as MESSAGES_ANSWERS_TO_OLLAMA } from "./expected/answers/messages_to_ollama.ts";
import { OLLAMA_TO_CHAT } from "./expected/answers/ollama_to_chat.ts";
import { OLLAMA_TO_RESPONSES as OLLAMA_ANSWERS_TO_RESPONSES } from "./expected/answers/ollama_to_responses.ts";
import { OLLAMA_TO_MESSAGES as OLLAMA_ANSWERS_TO_MESSAGES } from "./expected/answers/ollama_to_messages.ts";
import type { AnswerExpectations, RequestExpectations } from "./features.ts";
import type { AnswerPair, RequestPair } from "./pairs.ts";

export const REQUEST_EXPECTATIONS: Readonly<Record<RequestPair, RequestExpectations>> = {
  chatToMessages: CHAT_TO_MESSAGES,
  chatToChatjimmy: CHAT_TO_CHATJIMMY,
  messagesToOpenai: MESSAGES_TO_OPENAI,
  messagesToCompatible: MESSAGES_TO_COMPATIBLE,
  messagesToOpenrouter: MESSAGES_TO_OPENROUTER,
  messagesToChatjimmy: MESSAGES_TO_CHATJIMMY,
  responsesToCompatible: RESPONSES_TO_COMPATIBLE,
  responsesToOpenai: RESPONSES_TO_OPENAI,
  responsesToMessages: RESPONSES_TO_MESSAGES,
  responsesToChatjimmy: RESPONSES_TO_CHATJIMMY,
  chatToResponses: CHAT_TO_RESPONSES,
  messagesToResponses: MESSAGES_TO_RESPONSES,
  geminiToOpenai: GEMINI_TO_OPENAI,
  geminiToCompatible: GEMINI_TO_COMPATIBLE,
  geminiToResponses: GEMINI_TO_RESPONSES,
  geminiToMessages: GEMINI_TO_MESSAGES,
  chatToGemini: CHAT_REQUESTS_TO_GEMINI,
  responsesToGemini: RESPONSES_REQUESTS_TO_GEMINI,
  messagesToGemini: MESSAGES_REQUESTS_TO_GEMINI,
  chatToConverse: CHAT_TO_CONVERSE,
  responsesToConverse: RESPONSES_TO_CONVERSE,
  messagesToConverse: MESSAGES_TO_CONVERSE,
  ollamaToOpenai: OLLAMA_TO_OPENAI,
  ollamaToCompatible: OLLAMA_TO_COMPATIBLE,
  ollamaToResponses: OLLAMA_TO_RESPONSES,
  ollamaToMessages: OLLAMA_TO_MESSAGES,
  ollamaToGemini: OLLAMA_TO_GEMINI,
  chatToOllama: CHAT_TO_OLLAMA,
  responsesToOllama: RESPONSES_TO_OLLAMA,
  messagesToOllama: MESSAGES_TO_OLLAMA,
};

export const ANSWER_EXPECTATIONS: Readonly<Record<AnswerPair, AnswerExpectations>> = {
  messagesToChat: MESSAGES_TO_CHAT,
  chatjimmyToChat: CHATJIMMY_TO_CHAT,
  chatToMessages: CHAT_ANSWERS_TO_MESSAGES,
  chatjimmyToMessages: CHATJIMMY_TO_MESSAGES,
  chatToResponses: CHAT_ANSWERS_TO_RESPONSES,
  messagesToResponses: MESSAGES_ANSWERS_TO_RESPONSES,
  chatjimmyToResponses: CHATJIMMY_TO_RESPONSES,
  responsesToChat: RESPONSES_TO_CHAT,
  responsesToMessages: RESPONSES_ANSWERS_TO_MESSAGES,
  chatToGemini: CHAT_TO_GEMINI,
  responsesToGemini: RESPONSES_TO_GEMINI,
  messagesToGemini: MESSAGES_TO_GEMINI,
  geminiToChat: GEMINI_TO_CHAT,
  geminiToResponses: GEMINI_ANSWERS_TO_RESPONSES,
  geminiToMessages: GEMINI_ANSWERS_TO_MESSAGES,
  converseToChat: CONVERSE_TO_CHAT,
  converseToResponses: CONVERSE_TO_RESPONSES,
  converseToMessages: CONVERSE_TO_MESSAGES,
  chatToOllama: CHAT_ANSWERS_TO_OLLAMA,
  responsesToOllama: RESPONSES_ANSWERS_TO_OLLAMA,
  messagesToOllama: MESSAGES_ANSWERS_TO_OLLAMA,
  geminiToOllama: GEMINI_TO_OLLAMA,
  ollamaToChat: OLLAMA_TO_CHAT,
  ollamaToResponses: OLLAMA_ANSWERS_TO_RESPONSES,
  ollamaToMessages: OLLAMA_ANSWERS_TO_MESSAGES,
};
