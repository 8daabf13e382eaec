/**
 * What a Messages client may be pointed at: the stand-in itself, which proves the stand-in, or Weir
 * with one provider or another behind it, which proves Weir.
 *
 * A recording proxy stands before either.
 *
 * @module
 */

import { ANTHROPIC_KEY, startAnthropic } from "./providers/anthropic.ts";
import type { StandIn } from "./providers/stand_in.ts";
import { CHAT_KEY, startStrictChat } from "./providers/strict_chat.ts";
import { type Program, startProgram } from "./program.ts";
import { type RecordingProxy, startRecordingProxy } from "./recording_proxy.ts";

const WEIR_KEY = "sk-weir-of-the-ways";

/** What a client is pointed at. */
export interface Endpoint {
  /** Without a path. */
  readonly origin: string;
  readonly key: string;
}

export interface OpenWay extends Endpoint, AsyncDisposable {
  readonly model: string;
  readonly proxy: RecordingProxy;
  /** Weir itself, past the proxy. */
  readonly weir?: Program;
  /** What answers in the end, where it is none that Weir has built in. */
  readonly standIn?: StandIn;
}

export interface Way {
  readonly name: string;
  /** Whether body and betas must arrive as they were sent. */
  readonly isUntouched: boolean;
  /** A prompt with which the model asks for the tool Bash. */
  readonly toolPrompt: string;
  open(): Promise<OpenWay>;
}

/** The scene of the stand-ins. */
const TOOL_SCENE = "Print the number. [tool]";

export const directly: Way = {
  name: "the Messages stand-in itself",
  isUntouched: true,
  toolPrompt: TOOL_SCENE,
  open: () => {
    const standIn = startAnthropic();
    const proxy = startRecordingProxy(standIn.origin);
    return Promise.resolve({
      origin: proxy.origin,
      key: ANTHROPIC_KEY,
      model: "claude-opus-5-5",
      proxy,
      standIn,
      [Symbol.asyncDispose]: async () => {
        await proxy[Symbol.asyncDispose]();
        await standIn[Symbol.asyncDispose]();
      },
    });
  },
};

export const throughMessages: Way = {
  name: "Weir before the Messages stand-in",
  isUntouched: true,
  toolPrompt: TOOL_SCENE,
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
  open: () => {
    const standIn = startStrictChat();
    return throughWeir("gpt-stand-in", {
      OPENAI_API_KEY: CHAT_KEY,
      OPENAI_BASE_URL: `${standIn.origin}/v1`,
    }, standIn);
  },
};

export const throughFake: Way = {
  name: "Weir and its fake LLM",
  isUntouched: false,
  toolPrompt: '[tool=Bash {"command":"echo weir-$((42 * 42))","description":"Prints a number"}]',
  open: () => throughWeir("fake", { FAKE: "on" }),
};

export async function throughWeir(
  model: string,
  env: Readonly<Record<string, string>>,
  standIn?: StandIn,
): Promise<OpenWay> {
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

/** All of them. */
export const WAYS: readonly Way[] = [directly, throughMessages, throughChat, throughFake];
