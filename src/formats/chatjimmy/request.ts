/**
 * Chat requests as chatjimmy takes them: messages of two roles, and one system prompt beside them.
 *
 * It ignores temperature, output limits, stop words and seeds, so these are left out with a warning. What
 * it cannot do and what would change the answer's form is refused.
 *
 * @module
 */

import type { ChatRequest, Message, Part } from "../../core/chat/chat.ts";
import type { EncodedRequest } from "../../core/format.ts";
import { GatewayError } from "../../core/gateway_error.ts";
import type { JsonObject } from "../../core/text/json.ts";

/** 16 and more end in an error of its server; 8 is the highest value known to work. */
const MAX_TOP_K = 8;

/** What it ignores, by OpenAI's names. */
const IGNORED_FIELDS: readonly (readonly [keyof ChatRequest, string])[] = [
  ["maxOutputTokens", "max_completion_tokens"],
  ["temperature", "temperature"],
  ["topP", "top_p"],
  ["seed", "seed"],
  ["stop", "stop"],
  ["outputFormat", "response_format"],
  ["endUser", "user"],
];

/** Writes a request. Throws `GatewayError` `invalid_request` for what it cannot say. */
export function encodeRequest(request: ChatRequest): EncodedRequest {
  refuseUnsupported(request);
  const systemTexts: string[] = [];
  const messages: JsonObject[] = [];
  for (const message of request.messages) {
    const text = textOf(message);
    if (text === "") continue;
    if (message.role === "system") systemTexts.push(text);
    else messages.push(encodeMessage(message.role, text));
  }
  if (messages.length === 0) {
    throw new GatewayError(
      "invalid_request",
      `"messages" must hold at least one message with text that is not a system message`,
      { param: "messages" },
    );
  }
  const body = {
    messages,
    chatOptions: {
      selectedModel: request.model,
      systemPrompt: systemTexts.join("\n\n"),
      ...(request.topK !== undefined && { topK: clampTopK(request.topK) }),
    },
    attachment: null,
  };
  return { body, warnings: warningsOf(request) };
}

function warningsOf(request: ChatRequest): readonly string[] {
  const { messages, reasoning, natives } = request;
  const parts = messages.flatMap((message) => message.parts);
  const isReasoningAsked = reasoning !== undefined && reasoning.mode !== "off";
  const ignored = [
    ...IGNORED_FIELDS.filter(([field]) => request[field] !== undefined).map(([, name]) => name),
    ...(isReasoningAsked ? ["reasoning_effort"] : []),
    ...(messages.some(({ name }) => name !== undefined) ? ["name"] : []),
    ...(parts.some(({ cache }) => cache !== undefined) ? ["cache_control"] : []),
    ...(parts.some((part) => part.type === "text" && part.citations !== undefined)
      ? ["citations"]
      : []),
    ...natives.map(({ name }) => name),
  ];
  const isTextOnly = request.messages.every(({ parts }) => parts.every(isText));
  return [
    ...(isTextOnly ? [] : ["Content other than text was left out: this model reads text only"]),
    ...(ignored.length === 0 ? [] : [`Ignored by this model: ${ignored.join(", ")}`]),
  ];
}

function isText(part: Part): boolean {
  return part.type === "tool_result"
    ? part.parts.every(isText)
    : part.type === "text" || part.type === "refusal";
}

function refuseUnsupported({ tools, choices, logprobs }: ChatRequest): void {
  if (tools !== undefined && tools.length > 0) {
    throw refusal("tools", `"tools" are not supported by this model: leave them out`);
  }
  if (choices !== undefined && choices > 1) {
    throw refusal("n", `"n" must be 1: this model gives one answer to a request`);
  }
  if (logprobs === true) {
    throw refusal("logprobs", `"logprobs" are not supported by this model: leave them out`);
  }
}

function refusal(param: string, message: string): GatewayError {
  return new GatewayError("invalid_request", message, { param });
}

/** Text only; whether a request with images may come here is for its upstream to decide. */
function textOf({ parts }: Pick<Message, "parts">): string {
  return parts.flatMap((part) => {
    if (part.type === "tool_result") return [textOf(part)];
    return part.type === "text" || part.type === "refusal" ? [part.text] : [];
  }).join("\n");
}

/** A role that it does not know, such as `tool`, becomes part of what the user says. */
function encodeMessage(role: string, text: string): JsonObject {
  return role === "user" || role === "assistant"
    ? { role, content: text }
    : { role: "user", content: `[${role}] ${text}` };
}

/** To a whole number from 1 to 8. */
function clampTopK(topK: number): number {
  return Math.min(Math.max(Math.round(topK), 1), MAX_TOP_K);
}
