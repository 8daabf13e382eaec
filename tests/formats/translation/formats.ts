/**
 * The formats of the table, and which of them meet.
 *
 * @module
 */

import type { ClientFormats, ProviderFormat } from "../../../src/core/format.ts";
import type { JsonObject } from "../../../src/core/json.ts";
import { anthropicMessages } from "../../../src/formats/anthropic_messages/mod.ts";
import { chatjimmy } from "../../../src/formats/chatjimmy/mod.ts";
import { openaiChat } from "../../../src/formats/openai_chat/mod.ts";
import type { ClientName, Name } from "./feature.ts";
import { fromChatStream, toChatStream } from "./streams/chat_stream.ts";
import { toChatjimmyStream } from "./streams/chatjimmy_stream.ts";
import type { Bytes } from "./streams/frames.ts";
import { fromMessagesStream, toMessagesStream } from "./streams/messages_stream.ts";

/** What a provider speaks. */
interface ProviderRow {
  readonly title: string;
  readonly format: ProviderFormat;
  /** An answer that says nothing special. */
  readonly answer: JsonObject;
  toStream(answer: JsonObject): Bytes;
}

/** What a client speaks. */
interface ClientRow {
  readonly formats: ClientFormats;
  /** A request that says nothing special, but for its model. */
  readonly request: JsonObject;
  fromStream(stream: Bytes): JsonObject;
}

const HI = [{ role: "user", content: "Hi" }];

export const PROVIDERS: Readonly<Record<Name, ProviderRow>> = {
  openai_chat: {
    title: "Chat",
    format: openaiChat,
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
  },
  anthropic_messages: {
    title: "Messages",
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
    format: chatjimmy,
    answer: {
      text: "Hello",
      stats: { done_reason: "stop", prefill_tokens: 1, decode_tokens: 1, total_tokens: 2 },
    },
    toStream: toChatjimmyStream,
  },
};

export const CLIENTS: Readonly<Record<ClientName, ClientRow>> = {
  openai_chat: {
    formats: openaiChat,
    request: { messages: HI },
    fromStream: fromChatStream,
  },
  anthropic_messages: {
    formats: anthropicMessages,
    request: { max_tokens: 1_000, messages: HI },
    fromStream: fromMessagesStream,
  },
};

/** Between equal formats the bytes pass, so that nothing is translated. */
export interface Pair {
  readonly client: ClientName;
  readonly provider: Name;
}

export const PAIRS: readonly Pair[] = clientNames().flatMap((client) =>
  providerNames().filter((provider) => provider !== client).map((provider) => ({
    client,
    provider,
  }))
);

function clientNames(): readonly ClientName[] {
  return ["openai_chat", "anthropic_messages"] satisfies (keyof typeof CLIENTS)[];
}

function providerNames(): readonly Name[] {
  return Object.keys(PROVIDERS) as Name[]; // The record has each name once.
}
