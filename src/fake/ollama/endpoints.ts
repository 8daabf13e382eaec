/** `POST /api/chat`, `/api/generate`, `/api/embed` and `/api/embeddings`. */

import { type Answer, composeAnswer, FAKE_MODEL } from "../answer.ts";
import { vectorOf } from "../openai/embeddings.ts";
import type { FakeOptions } from "../options.ts";
import { readText } from "../read_body.ts";
import { readSwitches, type Switches, withoutCalls } from "../read_switches.ts";
import { reply } from "../reply.ts";
import { structuredText } from "../structured/structured_text.ts";
import { estimateTokens } from "../tokens.ts";
import { OLLAMA } from "./api.ts";
import { CHAT_FORM, lastObject, objects, type SaidForm, TEXT_FORM, wholeAnswer } from "./form.ts";
import {
  chatRequest,
  embedRequest,
  type Message,
  oldEmbedRequest,
  parseRequest,
  textRequest,
  type Wishes,
} from "./request.ts";

const DEFAULT_DIMENSIONS = 8;

/** Answers a chat. */
export async function chat(request: Request, options: FakeOptions): Promise<Response> {
  const bodyText = await readText(request, options.maxBodyBytes);
  const body = parseRequest(chatRequest, bodyText);
  const messages = body.messages ?? [];
  const characters = messages.reduce((sum, { content }) => sum + (content?.length ?? 0), 0);
  const prompt = { switches: switchesOf(messages), characters, bodyText };
  return await answer(CHAT_FORM, body, prompt, request, options);
}

/** Answers a prompt. */
export async function generate(request: Request, options: FakeOptions): Promise<Response> {
  const bodyText = await readText(request, options.maxBodyBytes);
  const body = parseRequest(textRequest, bodyText);
  const { prompt, system } = body;
  const characters = (prompt?.length ?? 0) + (system?.length ?? 0);
  const switches = withoutCalls(readSwitches(prompt ?? ""));
  return await answer(TEXT_FORM, body, { switches, characters, bodyText }, request, options);
}

/** Answers with one vector for each input; the tags of the last input count. */
export async function embed(request: Request, options: FakeOptions): Promise<Response> {
  const body = parseRequest(embedRequest, await readText(request, options.maxBodyBytes));
  const texts = typeof body.input === "string" ? [body.input] : body.input;
  const dimensions = body.dimensions || DEFAULT_DIMENSIONS;
  const text = JSON.stringify({
    model: FAKE_MODEL,
    embeddings: texts.map((input) => Array.from(vectorOf(input, dimensions))),
    total_duration: 1_000_000,
    load_duration: 0,
    prompt_eval_count: estimateTokens(texts.join("").length),
  });
  return await replyWhole(text, texts.at(-1) ?? "", request, options);
}

/** The same for one text, as older clients ask. */
export async function embedOne(request: Request, options: FakeOptions): Promise<Response> {
  const { prompt } = parseRequest(oldEmbedRequest, await readText(request, options.maxBodyBytes));
  const embedding = Array.from(vectorOf(prompt, DEFAULT_DIMENSIONS));
  return await replyWhole(JSON.stringify({ embedding }), prompt, request, options);
}

async function answer(
  form: SaidForm,
  { stream, format, options: wishes }: Wishes,
  { switches, characters, bodyText }: {
    readonly switches: Switches;
    readonly characters: number;
    readonly bodyText: string;
  },
  request: Request,
  options: FakeOptions,
): Promise<Response> {
  const bound = wishes?.num_predict ?? -1;
  const answer = composeAnswer({
    switches,
    choices: 1,
    seed: wishes?.seed ?? undefined,
    promptTokens: estimateTokens(characters),
    bodyText,
    structuredText: structuredText(
      format === "json"
        ? { type: "json_object" }
        : typeof format === "object" && format !== null
        ? { type: "json_schema", json_schema: { schema: format } }
        : undefined,
    ),
    maxTokens: bound < 0 ? undefined : bound,
    stopSequences: wishes?.stop ?? [],
  }, options);
  return await reply(
    { api: OLLAMA, content: contentOf(answer, form, stream ?? true), switches },
    request,
    options,
  );
}

function contentOf(answer: Answer, form: SaidForm, isStream: boolean) {
  return isStream
    ? {
      type: "events" as const,
      payloads: objects(answer, form),
      end: () => lastObject(answer, form),
    }
    : { type: "body" as const, text: wholeAnswer(answer, form) };
}

async function replyWhole(
  text: string,
  prompt: string,
  request: Request,
  options: FakeOptions,
): Promise<Response> {
  const content = { type: "body", text } as const;
  return await reply({ api: OLLAMA, content, switches: readSwitches(prompt) }, request, options);
}

/** The tags of a conversation: those of its last user message, whose calls the results of tools end. */
function switchesOf(messages: readonly Message[]): Switches {
  const promptAt = messages.findLastIndex(({ role }) => role === "user");
  const switches = readSwitches(messages[promptAt]?.content ?? "");
  const isPromptLast = messages.slice(promptAt + 1).every(({ role }) => role === "system");
  return isPromptLast ? switches : withoutCalls(switches);
}
