/** Providers that give two calls of tools the same id: clients answer each call by its id. */

import { assertEquals, assertNotEquals } from "@std/assert";
import type { ChatEvent } from "../../src/core/chat/chat.ts";
import type { JsonObject } from "../../src/core/text/json.ts";
import { CLIENTS, type ProviderName, PROVIDERS } from "../formats/translation/formats.ts";
import type { ClientName } from "../formats/translation/feature.ts";
import { playCall } from "./play_call.ts";

/** Each asks for the time in two places, under one id. */
const REPEATED: readonly (readonly [provider: ProviderName, answer: JsonObject])[] = [
  ["compatible", {
    choices: [{
      index: 0,
      message: {
        role: "assistant",
        content: null,
        tool_calls: [0, 1].map((index) => ({
          index,
          id: "call_a",
          type: "function",
          function: { name: `time${index}`, arguments: "{}" },
        })),
      },
      finish_reason: "tool_calls",
    }],
  }],
  ["openai_responses", {
    output: [0, 1].map((index) => ({
      type: "function_call",
      id: `fc_${index}`,
      call_id: "call_a",
      name: `time${index}`,
      arguments: "{}",
      status: "completed",
    })),
  }],
  ["anthropic_messages", {
    content: [0, 1].map((index) => ({
      type: "tool_use",
      id: "call_a",
      name: `time${index}`,
      input: {},
    })),
    stop_reason: "tool_use",
  }],
  ["gemini", {
    candidates: [{
      index: 0,
      content: {
        role: "model",
        parts: [0, 1].map((index) => ({
          functionCall: { id: "call_a", name: `time${index}`, args: {} },
        })),
      },
      finishReason: "STOP",
    }],
  }],
  ["bedrock_converse", {
    output: {
      message: {
        role: "assistant",
        content: [0, 1].map((index) => ({
          toolUse: { toolUseId: "call_a", name: `time${index}`, input: {} },
        })),
      },
    },
    stopReason: "tool_use",
  }],
  ["ollama", {
    message: {
      role: "assistant",
      content: "",
      tool_calls: [0, 1].map((index) => ({
        id: "call_a",
        function: { index, name: `time${index}`, arguments: {} },
      })),
    },
  }],
];

const STREAM_TYPES: Readonly<Partial<Record<ProviderName, string>>> = {
  bedrock_converse: "application/vnd.amazon.eventstream",
  ollama: "application/x-ndjson",
};

/** Whoever speaks a client's format as a provider reads its answers. */
const READERS: Readonly<Partial<Record<ClientName, ProviderName>>> = {
  openai_chat: "compatible",
  openai_responses: "openai_responses",
  anthropic_messages: "anthropic_messages",
  gemini: "gemini",
  ollama: "ollama",
};

interface Way {
  readonly client: ClientName;
  readonly reader: ProviderName;
  readonly provider: ProviderName;
  readonly said: JsonObject;
  /** Whether the provider streams, and whether the client asks for that. */
  readonly came: boolean;
  readonly read: boolean;
}

async function idsOf({ client, reader, provider, said, came, read }: Way): Promise<string[]> {
  const { format, answer, toStream } = PROVIDERS[provider];
  const { formats, request, fromStream } = CLIENTS[client];
  const whole = { ...answer, ...said };
  const { reply, body } = await playCall({
    formats,
    stream: read,
    body: { max_tokens: 9, ...request },
    targets: [{
      name: "a",
      answers: [
        came
          ? {
            headers: { "content-type": STREAM_TYPES[provider] ?? "text/event-stream" },
            body: toStream(whole),
          }
          : { body: JSON.stringify(whole) },
      ],
      provider: {
        formats: { chat: [format] },
        prepare: ({ body }) => ({
          method: "POST",
          url: new URL("http://a.test/"),
          headers: [],
          body,
        }),
      },
    }],
  });
  assertEquals(reply, "200", body);
  const answered = read ? fromStream(new TextEncoder().encode(body)) : JSON.parse(body);
  return PROVIDERS[reader].format.decodeWhole(answered).flatMap(callId);
}

function callId(event: ChatEvent): string[] {
  return event.type === "block_start" && event.part.type === "tool_call" ? [event.part.callId] : [];
}

for (const [provider, said] of REPEATED) {
  for (const [client, reader] of Object.entries(READERS) as [ClientName, ProviderName][]) {
    if (PROVIDERS[provider].format.name === CLIENTS[client].formats.answer.name) continue;
    Deno.test(`an id that ${provider} gives to two calls is the first one's for clients of ${client}`, async () => {
      for (const came of [false, true]) {
        for (const read of [false, true]) {
          // Bedrock streams where it is asked for a stream, and nowhere else.
          if (provider === "bedrock_converse" && came && !read) continue;
          const ids = await idsOf({ client, reader, provider, said, came, read });
          assertEquals(ids.length, 2);
          assertEquals(ids[0], "call_a");
          assertNotEquals(ids[1], "call_a", `came ${came}, read ${read}`);
        }
      }
    });
  }
}
