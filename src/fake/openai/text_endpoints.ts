/** `POST /chat/completions` and `POST /completions`. */

import { type AnswerRequest, composeAnswer } from "../answer.ts";
import type { FakeOptions } from "../options.ts";
import { readText } from "../read_body.ts";
import { readSwitches, type Switches, withoutCalls } from "../read_switches.ts";
import { reply } from "../reply.ts";
import { structuredText } from "../structured/structured_text.ts";
import { estimateTokens } from "../tokens.ts";
import { OPENAI } from "./api.ts";
import { type AnswerForm, CHAT_FORM, COMPLETION_FORM } from "./forms.ts";
import {
  type ChatMessage,
  chatRequest,
  completionRequest,
  parseRequest,
  textsOf,
} from "./request.ts";

interface TextRequest extends AnswerRequest {
  readonly wantsStream: boolean;
  readonly includeUsage: boolean;
}

const HINT_ROLES: readonly string[] = ["system", "developer"];

/** Answers a chat completion. */
export async function completeChat(request: Request, options: FakeOptions): Promise<Response> {
  const bodyText = await readText(request, options.maxBodyBytes);
  const body = parseRequest(chatRequest, bodyText);
  let characters = 0;
  for (const { content } of body.messages) characters += textOf(content).length;
  const textRequest = {
    switches: switchesOf(body.messages),
    wantsStream: body.stream ?? false,
    includeUsage: body.stream_options?.include_usage ?? false,
    choices: body.n ?? 1,
    seed: body.seed ?? undefined,
    promptTokens: estimateTokens(characters),
    bodyText,
    structuredText: structuredText(body.response_format),
    maxTokens: undefined,
    stopSequences: [],
  };
  return await answer(CHAT_FORM, textRequest, request, options);
}

/** Answers a text completion; each prompt has choices of its own, as in the real API. */
export async function completeText(request: Request, options: FakeOptions): Promise<Response> {
  const bodyText = await readText(request, options.maxBodyBytes);
  const body = parseRequest(completionRequest, bodyText);
  const prompts = textsOf(body.prompt ?? "");
  const textRequest = {
    switches: withoutCalls(readSwitches(prompts.at(-1) ?? "")),
    wantsStream: body.stream ?? false,
    includeUsage: body.stream_options?.include_usage ?? false,
    choices: prompts.length * (body.n ?? 1),
    seed: body.seed ?? undefined,
    promptTokens: estimateTokens(prompts.reduce((sum, prompt) => sum + prompt.length, 0)),
    bodyText,
    structuredText: undefined,
    maxTokens: undefined,
    stopSequences: [],
  };
  return await answer(COMPLETION_FORM, textRequest, request, options);
}

async function answer(
  form: AnswerForm,
  textRequest: TextRequest,
  request: Request,
  options: FakeOptions,
): Promise<Response> {
  const composed = composeAnswer(textRequest, options);
  const content = textRequest.wantsStream
    ? { type: "events" as const, payloads: form.payloads(composed, textRequest.includeUsage) }
    : { type: "body" as const, text: form.body(composed) };
  return await reply(
    { api: OPENAI, content, switches: textRequest.switches },
    request,
    options,
  );
}

/** The tags of a conversation: those of its last user message. */
function switchesOf(messages: readonly ChatMessage[]): Switches {
  if (textOf(messages.at(-1)?.content) === "[429]") return { refusal: "429" }; // Of whichever role.
  const promptAt = messages.findLastIndex(({ role }) => role === "user");
  const switches = readSwitches(textOf(messages[promptAt]?.content));
  // Agents send hints of the system after the prompt. Anything else there is the tool's answer.
  const isPromptLast = messages.slice(promptAt + 1).every(({ role }) => HINT_ROLES.includes(role));
  return isPromptLast ? switches : withoutCalls(switches);
}

function textOf(content: ChatMessage["content"]): string {
  if (typeof content === "string") return content;
  return content?.map(({ text }) => text ?? "").join("") ?? "";
}
