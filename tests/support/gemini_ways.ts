/**
 * What a client of Gemini's API may be pointed at: the stand-in itself, which proves the stand-in, or Weir with one
 * provider or another behind it.
 *
 * A recording proxy stands before each.
 *
 * @module
 */

import { type OpenWay, throughWeir, type Way } from "./messages_ways.ts";
import { ANTHROPIC_KEY, ANTHROPIC_TEXT, startAnthropic } from "./providers/anthropic.ts";
import { GEMINI_KEY, GEMINI_MODEL, GEMINI_TEXT, startGemini } from "./providers/gemini.ts";
import type { StandIn } from "./providers/stand_in.ts";
import { CHAT_KEY, CHAT_TEXT, startStrictChat } from "./providers/strict_chat.ts";
import { startRecordingProxy } from "./recording_proxy.ts";

/** The scene of the stand-ins. */
const TOOL_SCENE = "Print the number. [tool]";

export interface GeminiWay extends Pick<Way, "name" | "isUntouched" | "toolPrompt"> {
  /** What every question is answered with; the fake LLM repeats the question. */
  readonly text?: string;
  /** A provider counts tokens there, and Weir does not estimate them. */
  readonly counts: boolean;
  open(): Promise<OpenWay<StandIn>>;
}

export const directly: GeminiWay = {
  name: "the Gemini stand-in itself",
  isUntouched: true,
  toolPrompt: TOOL_SCENE,
  text: GEMINI_TEXT,
  counts: true,
  open: () => {
    const standIn = startGemini();
    const proxy = startRecordingProxy(standIn.origin);
    return Promise.resolve({
      origin: proxy.origin,
      key: GEMINI_KEY,
      model: GEMINI_MODEL,
      proxy,
      standIn,
      [Symbol.asyncDispose]: async () => {
        await proxy[Symbol.asyncDispose]();
        await standIn[Symbol.asyncDispose]();
      },
    });
  },
};

export const throughGemini: GeminiWay = {
  name: "Weir before the Gemini stand-in",
  isUntouched: true,
  toolPrompt: TOOL_SCENE,
  text: GEMINI_TEXT,
  counts: true,
  open: () => {
    const standIn = startGemini();
    return throughWeir(GEMINI_MODEL, {
      GEMINI_API_KEY: GEMINI_KEY,
      GEMINI_BASE_URL: standIn.origin,
    }, standIn);
  },
};

export const throughChat: GeminiWay = {
  name: "Weir before the chat stand-in",
  isUntouched: false,
  toolPrompt: TOOL_SCENE,
  text: CHAT_TEXT,
  counts: false,
  open: () => {
    const standIn = startStrictChat();
    return throughWeir("gpt-stand-in", {
      OPENAI_API_KEY: CHAT_KEY,
      OPENAI_BASE_URL: `${standIn.origin}/v1`,
    }, standIn);
  },
};

export const throughMessages: GeminiWay = {
  name: "Weir before the Messages stand-in",
  isUntouched: false,
  toolPrompt: TOOL_SCENE,
  text: ANTHROPIC_TEXT,
  counts: true,
  open: () => {
    const standIn = startAnthropic();
    return throughWeir("claude-stand-in-0", {
      ANTHROPIC_API_KEY: ANTHROPIC_KEY,
      ANTHROPIC_BASE_URL: standIn.origin,
    }, standIn);
  },
};

export const throughFake: GeminiWay = {
  name: "Weir and its fake LLM",
  isUntouched: false,
  toolPrompt: '[tool=run_shell_command {"command":"printf \'weir-%d\\\\n\' 0x6e4"}]',
  counts: false,
  open: () => throughWeir("fake-model", { FAKE: "on" }),
};

/** Those with Weir in them. */
export const GEMINI_WAYS: readonly GeminiWay[] = [
  throughGemini,
  throughChat,
  throughMessages,
  throughFake,
];

/** What the stand-in answers to a request, byte for byte. */
export async function answerOf(
  standIn: StandIn,
  { path, body }: { readonly path: string; readonly body: Uint8Array<ArrayBuffer> },
): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(standIn.origin + path, {
    method: "POST",
    headers: { "content-type": "application/json", "x-goog-api-key": GEMINI_KEY },
    body,
  });
  return await response.bytes();
}
