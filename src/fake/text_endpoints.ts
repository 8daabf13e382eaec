/** `POST /chat/completions` and `POST /completions`. */

import { type AnswerRequest, composeAnswer } from "./answer.ts";
import { type AnswerForm, CHAT_FORM, COMPLETION_FORM } from "./forms.ts";
import type { FakeOptions } from "./options.ts";
import { readSwitches, type Switches } from "./read_switches.ts";
import { reply } from "./reply.ts";
import {
  type ChatMessage,
  chatRequest,
  completionRequest,
  parseRequest,
  readText,
  textsOf,
} from "./request.ts";
import { structuredText } from "./structured/structured_text.ts";
import { estimateTokens } from "./tokens.ts";

/** Answers a chat completion. */
export async function completeChat(request: Request, options: FakeOptions): Promise<Response> {
  const bodyText = await readText(request, options.maxBodyBytes);
  const body = parseRequest(chatRequest, bodyText);
  let characters = 0;
  for (const { content } of body.messages) characters += textOf(content).length;
  const answerRequest = {
    switches: switchesOf(body.messages),
    wantsStream: body.stream ?? false,
    includeUsage: body.stream_options?.include_usage ?? false,
    choices: body.n ?? 1,
    seed: body.seed ?? undefined,
    promptTokens: estimateTokens(characters),
    bodyText,
    structuredText: structuredText(body.response_format),
  };
  return await answer(CHAT_FORM, answerRequest, request, options);
}

/** Answers a text completion; each prompt has choices of its own, as in the real API. */
export async function completeText(request: Request, options: FakeOptions): Promise<Response> {
  const bodyText = await readText(request, options.maxBodyBytes);
  const body = parseRequest(completionRequest, bodyText);
  const prompts = textsOf(body.prompt ?? "");
  const { toolCalls: _, ...switches } = readSwitches(prompts.at(-1) ?? "");
  const answerRequest = {
    switches,
    wantsStream: body.stream ?? false,
    includeUsage: body.stream_options?.include_usage ?? false,
    choices: prompts.length * (body.n ?? 1),
    seed: body.seed ?? undefined,
    promptTokens: estimateTokens(prompts.reduce((sum, prompt) => sum + prompt.length, 0)),
    bodyText,
    structuredText: undefined,
  };
  return await answer(COMPLETION_FORM, answerRequest, request, options);
}

async function answer(
  form: AnswerForm,
  answerRequest: AnswerRequest,
  request: Request,
  options: FakeOptions,
): Promise<Response> {
  const composed = composeAnswer(answerRequest, options);
  const content = answerRequest.wantsStream
    ? { type: "events" as const, payloads: form.payloads(composed, answerRequest.includeUsage) }
    : { type: "body" as const, text: form.body(composed) };
  return await reply(content, answerRequest.switches, request, options);
}

/** The tags of a conversation: those of its last user message. */
function switchesOf(messages: readonly ChatMessage[]): Switches {
  const last = messages.at(-1);
  if (textOf(last?.content) === "[429]") return { refusal: "429" }; // Of whichever role.
  const prompt = messages.findLast(({ role }) => role === "user");
  const switches = readSwitches(textOf(prompt?.content));
  if (switches.toolCalls === undefined || last?.role === "user") return switches;
  // The tool has answered; calling it again would never end.
  const { toolCalls: _, ...rest } = switches;
  return rest;
}

function textOf(content: ChatMessage["content"]): string {
  if (typeof content === "string") return content;
  return content?.map(({ text }) => text ?? "").join("") ?? "";
}
