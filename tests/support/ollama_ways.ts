/**
 * What a client of Ollama's API may be pointed at: Weir with one provider or another behind it.
 *
 * @module
 */

import { type OpenWay, throughWeir, type Way } from "./messages_ways.ts";
import { ANTHROPIC_KEY, ANTHROPIC_TEXT, startAnthropic } from "./providers/anthropic.ts";
import { OLLAMA_MODEL, OLLAMA_TEXT, startOllama } from "./providers/ollama.ts";
import type { StandIn } from "./providers/stand_in.ts";
import { CHAT_KEY, CHAT_TEXT, startStrictChat } from "./providers/strict_chat.ts";

export interface OllamaWay extends Pick<Way, "name" | "isUntouched" | "toolPrompt"> {
  readonly text: string;
  readonly hasEmbeddings: boolean;
  open(): Promise<OpenWay<StandIn>>;
}

const TAGGED = '[tool=get_weather {"city":"Zürich"}]';
const SCENE = "The weather? [tool]";

export const throughOllama: OllamaWay = {
  name: "Weir before an Ollama",
  isUntouched: true,
  toolPrompt: TAGGED,
  text: OLLAMA_TEXT,
  hasEmbeddings: true,
  open: () => {
    const standIn = startOllama();
    return throughWeir(OLLAMA_MODEL, { OLLAMA_HOST: new URL(standIn.origin).host }, standIn);
  },
};

export const throughChat: OllamaWay = {
  name: "Weir before the chat stand-in",
  isUntouched: false,
  toolPrompt: SCENE,
  text: CHAT_TEXT,
  hasEmbeddings: false,
  open: () => {
    const standIn = startStrictChat();
    return throughWeir("gpt-stand-in", {
      OPENAI_API_KEY: CHAT_KEY,
      OPENAI_BASE_URL: `${standIn.origin}/v1`,
      MODEL_ALIASES: "gpt-stand-in=openai/gpt-stand-in",
    }, standIn);
  },
};

export const throughMessages: OllamaWay = {
  name: "Weir before the Messages stand-in",
  isUntouched: false,
  toolPrompt: SCENE,
  text: ANTHROPIC_TEXT,
  hasEmbeddings: false,
  open: () => {
    const standIn = startAnthropic();
    return throughWeir("claude-stand-in-0", {
      ANTHROPIC_API_KEY: ANTHROPIC_KEY,
      ANTHROPIC_BASE_URL: standIn.origin,
    }, standIn);
  },
};

export const throughFake: OllamaWay = {
  name: "Weir and its fake LLM",
  isUntouched: false,
  toolPrompt: TAGGED,
  text: OLLAMA_TEXT,
  hasEmbeddings: true,
  open: () => throughWeir("fake-model", { FAKE: "on" }),
};

/** All of them. */
export const OLLAMA_WAYS: readonly OllamaWay[] = [
  throughOllama,
  throughChat,
  throughMessages,
  throughFake,
];
