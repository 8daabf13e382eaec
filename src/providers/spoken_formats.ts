/** Which formats for chats a server speaks, as its operator names them. */

import * as z from "zod";
import type { ProviderFormat } from "../core/format.ts";
import { openaiResponses } from "../formats/openai_responses/mod.ts";

const NAMES = ["chat", "responses"] as const;
const ALL_NAMES = [...NAMES, "messages"] as const;

type FormatOption = (typeof NAMES)[number];

/** A format for chats, as operators call it. */
export type ChatFormatName = (typeof ALL_NAMES)[number];

/** The option of providers that may speak Anthropic's format as well. */
export function anyFormatsOption(spoken: readonly ChatFormatName[]): z.ZodDefault<
  z.ZodArray<z.ZodEnum<{ chat: "chat"; responses: "responses"; messages: "messages" }>>
> {
  return z.array(z.enum(ALL_NAMES)).min(1).max(ALL_NAMES.length).default([...spoken]).describe(
    "Which formats for chats it speaks: `chat` for Chat Completions, `responses` for Responses, `messages` for Anthropic's Messages. Requests of clients that speak none of them are translated into the first. What it answers with 404, 405 or 501 is asked in the next.",
  );
}

/** The option, with what is spoken by default. */
export function formatsOption(
  spoken: readonly FormatOption[],
): z.ZodDefault<z.ZodArray<z.ZodEnum<{ chat: "chat"; responses: "responses" }>>> {
  return z.array(z.enum(NAMES)).min(1).max(NAMES.length).default([...spoken]).describe(
    "What of OpenAI's API for chats it speaks: `chat` for Chat Completions, `responses` for Responses. Requests of clients that speak neither are translated into the first. What it answers with 404, 405 or 501 is asked in the next.",
  );
}

/** @param chat Chat Completions as the server takes them. */
export function formatsOf(
  names: readonly FormatOption[],
  chat: ProviderFormat,
): readonly ProviderFormat[] {
  return names.map((name) => name === "chat" ? chat : openaiResponses);
}
