/**
 * What a client of Responses may be pointed at: Weir with one provider or another behind it.
 *
 * A recording proxy stands before each.
 *
 * @module
 */

import { type OpenWay, throughWeir, type Way } from "./messages_ways.ts";
import { ANTHROPIC_KEY, startAnthropic } from "./providers/anthropic.ts";
import { RESPONSES_KEY, RESPONSES_MODEL, startResponses } from "./providers/responses.ts";
import type { StandIn } from "./providers/stand_in.ts";
import { CHAT_KEY, startStrictChat } from "./providers/strict_chat.ts";

/** The scene of the stand-ins. */
const TOOL_SCENE = "Print the number. [tool]";

export interface ResponsesWay extends Pick<Way, "name" | "isUntouched" | "toolPrompt"> {
  /** A prompt with which the model asks for Codex's tool for patches. */
  readonly patchPrompt: string;
  open(): Promise<OpenWay<StandIn>>;
}

export const throughResponses: ResponsesWay = {
  name: "Weir before the Responses stand-in",
  isUntouched: true,
  toolPrompt: TOOL_SCENE,
  patchPrompt: "Write the number. [patch]",
  open: () => {
    const standIn = startResponses();
    return throughWeir(RESPONSES_MODEL, {
      OPENAI_API_KEY: RESPONSES_KEY,
      OPENAI_BASE_URL: `${standIn.origin}/v1`,
    }, standIn);
  },
};

export const throughChat: ResponsesWay = {
  name: "Weir before the chat stand-in",
  isUntouched: false,
  toolPrompt: TOOL_SCENE,
  patchPrompt: "Write the number. [patch]",
  open: () => {
    const standIn = startStrictChat();
    // A compatible one is asked in chat alone, where nothing says otherwise.
    return throughWeir("gpt-stand-in", {
      UPSTREAM_CHAT_API_KEY: CHAT_KEY,
      UPSTREAM_CHAT_BASE_URL: `${standIn.origin}/v1`,
    }, standIn);
  },
};

export const throughMessages: ResponsesWay = {
  name: "Weir before the Messages stand-in",
  isUntouched: false,
  toolPrompt: TOOL_SCENE,
  patchPrompt: "Write the number. [patch]",
  open: () => {
    const standIn = startAnthropic();
    return throughWeir("claude-stand-in-0", {
      ANTHROPIC_API_KEY: ANTHROPIC_KEY,
      ANTHROPIC_BASE_URL: standIn.origin,
    }, standIn);
  },
};

export const throughFake: ResponsesWay = {
  name: "Weir and its fake LLM",
  isUntouched: false,
  toolPrompt: '[tool=exec_command {"cmd":"echo weir-$((42 * 42))"}]',
  patchPrompt: "[tool=apply_patch " + JSON.stringify({
    input: "*** Begin Patch\n*** Add File: weir.txt\n+1764\n*** End Patch\n",
  }) + "]",
  open: () => throughWeir("fake-model", { FAKE: "on" }),
};

/** All of them. */
export const RESPONSES_WAYS: readonly ResponsesWay[] = [
  throughResponses,
  throughChat,
  throughMessages,
  throughFake,
];
