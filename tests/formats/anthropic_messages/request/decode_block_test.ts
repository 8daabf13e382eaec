/** The content of messages, read. */

import { assertEquals } from "@std/assert";
import type { JsonObject, JsonValue } from "../../../../src/core/text/json.ts";
import { anthropicMessages } from "../../../../src/formats/anthropic_messages/mod.ts";

const { decode } = anthropicMessages.request;
const FORMAT = "anthropic_messages";

function request(fields: JsonObject): JsonObject {
  return {
    model: "claude",
    max_tokens: 100,
    messages: [{ role: "user", content: "Hi" }],
    ...fields,
  };
}

function messagesOf(...messages: JsonValue[]): ReturnType<typeof decode>["messages"] {
  return decode(request({ messages })).messages;
}

const CONVERSATION: readonly JsonValue[] = [
  { role: "user", content: "Weather?" },
  {
    role: "assistant",
    content: [
      { type: "thinking", thinking: "Hm", signature: "s1" },
      { type: "thinking", thinking: "unsigned", signature: "" },
      { type: "redacted_thinking", data: "d1" },
      { type: "text", text: "Looking" },
      { type: "tool_use", id: "toolu_1", name: "get", input: { city: "Rome" } },
      { type: "tool_use", id: "toolu_2", name: "now", input: {} },
    ],
  },
  {
    role: "user",
    content: [
      { type: "text", text: "and" },
      { type: "tool_result", tool_use_id: "toolu_1", content: "sunny" },
      {
        type: "tool_result",
        tool_use_id: "toolu_2",
        is_error: true,
        content: [
          { type: "text", text: "no clock" },
          { type: "image", source: { type: "base64", media_type: "image/png", data: "AA" } },
          { type: "tool_reference", tool_name: "Grep" },
        ],
      },
      { type: "tool_result", tool_use_id: "toolu_3" },
    ],
  },
];

const CONVERSATION_READ: ReturnType<typeof messagesOf> = [
  { role: "user", parts: [{ type: "text", text: "Weather?" }] },
  {
    role: "assistant",
    parts: [
      { type: "reasoning", text: "Hm", seal: { value: "s1", issuer: FORMAT } },
      { type: "reasoning", text: "unsigned" },
      { type: "sealed", seal: { value: "d1", issuer: FORMAT } },
      { type: "text", text: "Looking" },
      {
        type: "tool_call",
        callId: "toolu_1",
        kind: "function",
        name: "get",
        input: `{"city":"Rome"}`,
      },
      { type: "tool_call", callId: "toolu_2", kind: "function", name: "now", input: "{}" },
    ],
  },
  {
    role: "tool",
    parts: [
      {
        type: "tool_result",
        callId: "toolu_1",
        parts: [{ type: "text", text: "sunny" }],
        isError: false,
      },
      {
        type: "tool_result",
        callId: "toolu_2",
        parts: [
          { type: "text", text: "no clock" },
          {
            type: "media",
            kind: "image",
            source: { type: "inline", mediaType: "image/png", data: "AA" },
          },
          { type: "text", text: "Grep" },
        ],
        isError: true,
      },
      { type: "tool_result", callId: "toolu_3", parts: [], isError: false },
    ],
  },
  { role: "user", parts: [{ type: "text", text: "and" }] },
];

Deno.test("decode() makes messages of their own of a user's tool results, and puts them first", () => {
  assertEquals(messagesOf(...CONVERSATION), CONVERSATION_READ);
});

Deno.test("decode() reads images and documents from everywhere", () => {
  const [message] = messagesOf({
    role: "user",
    content: [
      { type: "image", source: { type: "url", url: "https://example.com/a.png" } },
      { type: "image", source: { type: "file", file_id: "file_1" } },
      {
        type: "document",
        title: "Report",
        context: "ours",
        citations: { enabled: true },
        source: { type: "base64", media_type: "application/pdf", data: "AA" },
        cache_control: { type: "ephemeral" },
      },
      { type: "document", source: { type: "text", media_type: "text/plain", data: "plain" } },
      {
        type: "document",
        source: {
          type: "content",
          content: [{ type: "text", text: "a" }, { type: "text", text: "b" }],
        },
      },
      {
        type: "search_result",
        title: "Found",
        source: "https://example.com",
        content: [{ type: "text", text: "words" }],
      },
      { type: "container_upload", file_id: "file_2" },
    ],
  });
  assertEquals(message?.parts, [
    { type: "media", kind: "image", source: { type: "url", url: "https://example.com/a.png" } },
    { type: "media", kind: "image", source: { type: "file", id: "file_1", issuer: FORMAT } },
    {
      type: "media",
      kind: "document",
      source: { type: "inline", mediaType: "application/pdf", data: "AA" },
      name: "Report",
      cache: {},
    },
    { type: "media", kind: "document", source: { type: "text", text: "plain" } },
    { type: "media", kind: "document", source: { type: "text", text: "a\nb" } },
    {
      type: "media",
      kind: "document",
      source: { type: "text", text: "https://example.com\nwords" },
      name: "Found",
    },
    {
      type: "native",
      format: FORMAT,
      name: "container_upload",
      value: { type: "container_upload", file_id: "file_2" },
    },
  ]);
});

Deno.test("decode() lists what of a document has no neutral word", () => {
  const { natives } = decode(request({
    messages: [{
      role: "user",
      content: [{
        type: "document",
        context: "ours",
        citations: { enabled: true },
        source: { type: "url", url: "https://example.com/a.pdf" },
      }],
    }],
  }));
  assertEquals(natives.map(({ name }) => name), [
    "messages.0.content.0.context",
    "messages.0.content.0.citations",
  ]);
});

Deno.test("decode() lists fields that nobody else knows once, however many blocks have them", () => {
  const asked = {
    role: "user",
    content: [{ type: "text", text: "Hi", tone: "mild" }],
    mood: "calm",
  };
  const call = { type: "tool_use", id: "a", name: "f", input: {}, caller: { type: "direct" } };
  const { natives } = decode(request({
    messages: [
      asked,
      { role: "assistant", content: [call, { ...call, id: "b" }] },
      { ...asked, output_config: { effort: "low", pace: "slow" } },
    ],
  }));
  assertEquals(natives.map(({ format, name }) => [format, name]), [
    [FORMAT, "messages.0.content.0.tone"],
    [FORMAT, "messages.0.mood"],
    [FORMAT, "messages.1.content.0.caller"],
    [FORMAT, "messages.2.output_config.pace"],
  ]);
});
