/**
 * What a client of Messages, or of chats, may be pointed at: the stand-in itself, which proves the
 * stand-in, or Weir with one provider or another behind it, which proves Weir.
 *
 * A recording proxy stands before either.
 *
 * @module
 */

import {
  ANTHROPIC_KEY,
  ANTHROPIC_TEXT,
  ANTHROPIC_THINKING,
  type AnthropicStandIn,
  startAnthropic,
} from "./providers/anthropic.ts";
import {
  CHAT_KEY,
  CHAT_REASONING,
  CHAT_TEXT,
  startStrictChat,
  type StrictChat,
} from "./providers/strict_chat.ts";
import type { StandIn } from "./providers/stand_in.ts";
import { type Program, startProgram } from "./program.ts";
import { type RecordingProxy, startRecordingProxy } from "./recording_proxy.ts";

const WEIR_KEY = "sk-weir-of-the-ways";

/** What a client is pointed at. */
export interface Endpoint {
  /** Without a path. */
  readonly origin: string;
  readonly key: string;
}

/** What the stand-in says. */
export interface Says {
  readonly text: string;
  readonly thinking: string;
  /** Tokens of a prompt that no cache knew; with the others they are the same at each stand-in. */
  readonly freshInputTokens: number;
}

export interface OpenWay<Provider extends StandIn = AnthropicStandIn | StrictChat>
  extends Endpoint, AsyncDisposable {
  readonly model: string;
  readonly proxy: RecordingProxy;
  /** Weir itself, past the proxy. */
  readonly weir?: Program;
  /** What answers in the end, where it is none that Weir has built in. */
  readonly standIn?: Provider;
}

export interface Way {
  readonly name: string;
  /** Whether body and betas of a Messages client must arrive as they were sent. */
  readonly isUntouched: boolean;
  /** A prompt with which the model asks for the tool Bash. */
  readonly toolPrompt: string;
  /** Nothing of the fake LLM, which has no scenes. */
  readonly says?: Says;
  open(): Promise<OpenWay>;
}

const MESSAGES_SAY: Says = {
  text: ANTHROPIC_TEXT,
  thinking: ANTHROPIC_THINKING,
  freshInputTokens: 25,
};
const CHAT_SAYS: Says = { text: CHAT_TEXT, thinking: CHAT_REASONING, freshInputTokens: 36 };

/** The scene of the stand-ins. */
const TOOL_SCENE = "Print the number. [tool]";

export const directly: Way = {
  name: "the Messages stand-in itself",
  isUntouched: true,
  toolPrompt: TOOL_SCENE,
  says: MESSAGES_SAY,
  open: () => Promise.resolve(withoutWeir("claude-opus-5-5", ANTHROPIC_KEY, startAnthropic())),
};

/** For clients of chats alone. */
export const chatDirectly: Way = {
  name: "the chat stand-in itself",
  isUntouched: false,
  toolPrompt: TOOL_SCENE,
  says: CHAT_SAYS,
  open: () => Promise.resolve(withoutWeir("gpt-stand-in", CHAT_KEY, startStrictChat())),
};

function withoutWeir(
  model: string,
  key: string,
  standIn: AnthropicStandIn | StrictChat,
): OpenWay {
  const proxy = startRecordingProxy(standIn.origin);
  return {
    origin: proxy.origin,
    key,
    model,
    proxy,
    standIn,
    [Symbol.asyncDispose]: async () => {
      await proxy[Symbol.asyncDispose]();
      await standIn[Symbol.asyncDispose]();
    },
  };
}

export const throughMessages: Way = {
  name: "Weir before the Messages stand-in",
  isUntouched: true,
  toolPrompt: TOOL_SCENE,
  says: MESSAGES_SAY,
  open: () => {
    const standIn = startAnthropic();
    return throughWeir("claude-opus-5-5", {
      ANTHROPIC_API_KEY: ANTHROPIC_KEY,
      ANTHROPIC_BASE_URL: standIn.origin,
    }, standIn);
  },
};

export const throughChat: Way = {
  name: "Weir before the chat stand-in",
  isUntouched: false,
  toolPrompt: TOOL_SCENE,
  says: CHAT_SAYS,
  open: () => {
    const standIn = startStrictChat();
    return throughWeir("gpt-stand-in", {
      OPENAI_API_KEY: CHAT_KEY,
      OPENAI_BASE_URL: `${standIn.origin}/v1`,
      // Its list has one model, and this is the second.
      MODEL_ALIASES: "stand-in=openai/gpt-stand-in",
    }, standIn);
  },
};

export const throughFake: Way = {
  name: "Weir and its fake LLM",
  isUntouched: false,
  toolPrompt: '[tool=Bash {"command":"echo weir-$((42 * 42))","description":"Prints a number"}]',
  open: () => throughWeir("fake", { FAKE: "on" }),
};

export async function throughWeir<Provider extends StandIn = AnthropicStandIn | StrictChat>(
  model: string,
  env: Readonly<Record<string, string>>,
  standIn?: Provider,
): Promise<OpenWay<Provider>> {
  // Repetitions are the client's, so that they can be counted.
  const weir = await startProgram({ env: { PROXY_API_KEY: WEIR_KEY, MAX_RETRIES: "0", ...env } });
  const proxy = startRecordingProxy(weir.url);
  return {
    origin: proxy.origin,
    key: WEIR_KEY,
    model,
    proxy,
    weir,
    ...(standIn === undefined ? {} : { standIn }),
    [Symbol.asyncDispose]: async () => {
      await proxy[Symbol.asyncDispose]();
      await weir[Symbol.asyncDispose]();
      await standIn?.[Symbol.asyncDispose]();
    },
  };
}

/** All of them for a client of Messages. */
export const WAYS: readonly Way[] = [directly, throughMessages, throughChat, throughFake];
