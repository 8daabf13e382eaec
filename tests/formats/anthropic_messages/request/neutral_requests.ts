/** Requests in neutral form, for the tests of what is written of them. */

import type { ChatRequest, Message, Part } from "../../../../src/core/chat/chat.ts";
import type { EncodedRequest } from "../../../../src/core/format.ts";
import type { JsonValue } from "../../../../src/core/text/json.ts";
import { anthropicMessages } from "../../../../src/formats/anthropic_messages/mod.ts";

export const OWN = "anthropic_messages";
export const SONNET_4_5 = "claude-sonnet-4-5-20250929";
export const OPUS_5_5 = "claude-opus-5-5";

export function text(words: string): Part {
  return { type: "text", text: words };
}

export function say(role: string, ...parts: (string | Part)[]): Message {
  return { role, parts: parts.map((part) => typeof part === "string" ? text(part) : part) };
}

export function call(
  callId: string,
  input: string,
  kind: "function" | "custom" = "function",
): Part {
  return { type: "tool_call", callId, kind, name: "get", input };
}

export function result(callId: string, ...parts: Part[]): Part {
  return { type: "tool_result", callId, parts, isError: false };
}

export function encode(fields: Partial<ChatRequest>): EncodedRequest {
  return anthropicMessages.encodeRequest({
    model: SONNET_4_5,
    messages: [say("user", "Hi")],
    stream: false,
    natives: [],
    ...fields,
  });
}

/** The body's field alone, as it is asked for. */
export function fieldOf(fields: Partial<ChatRequest>, name: string): JsonValue | undefined {
  return encode(fields).body[name];
}

export const TOOLS = [{ kind: "function", name: "get", parameters: {} }] as const;
