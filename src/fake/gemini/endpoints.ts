/** `POST /models/{model}:method`. */

import { GatewayError } from "../../core/gateway_error.ts";
import { composeAnswer } from "../answer.ts";
import type { FakeOptions } from "../options.ts";
import { vectorOf } from "../openai/embeddings.ts";
import { readText } from "../read_body.ts";
import { readSwitches, type Switches, withoutCalls } from "../read_switches.ts";
import { reply } from "../reply.ts";
import { textOfSchema } from "../structured/structured_text.ts";
import { estimateTokens } from "../tokens.ts";
import { GEMINI, GEMINI_LIST } from "./api.ts";
import { checkContents } from "./check_request.ts";
import { answerBody, answerEvents } from "./form.ts";
import {
  batchEmbedRequest,
  type Content,
  countRequest,
  embedRequest,
  type GeminiPart,
  type GenerateRequest,
  generateRequest,
  parseRequest,
  refusal,
} from "./request.ts";

const DEFAULT_DIMENSIONS = 8;
const ANY_OBJECT = `{"hello":"world"}`;

type Method = (request: Request, model: string, options: FakeOptions) => Promise<Response>;

const METHODS: Readonly<Record<string, Method>> = {
  generateContent: (request, model, options) => generate(request, model, false, options),
  streamGenerateContent: (request, model, options) => generate(request, model, true, options),
  countTokens: (request, _model, options) => countTokens(request, options),
  embedContent: (request, _model, options) => embed(request, options),
  batchEmbedContents: (request, _model, options) => embedBatch(request, options),
};

/** What may stand in an address behind `/models/`. */
export const CALL_PATTERN = `.+:(?:${Object.keys(METHODS).join("|")})`;

/** @param call `{model}:{method}`. */
export function answerCall(
  request: Request,
  call: string,
  options: FakeOptions,
): Promise<Response> {
  const colon = call.lastIndexOf(":");
  const method = METHODS[call.slice(colon + 1)];
  if (method === undefined) throw new GatewayError("not_found", `There is no method ${call}`);
  return method(request, call.slice(0, colon), options);
}

async function generate(
  request: Request,
  model: string,
  isStream: boolean,
  options: FakeOptions,
): Promise<Response> {
  const bodyText = await readText(request, options.maxBodyBytes);
  const body = parseRequest(generateRequest, bodyText);
  checkContents(body.contents, model);
  const switches = switchesOf(body.contents);
  const config = body.generationConfig ?? {};
  const answer = composeAnswer({
    switches,
    choices: config.candidateCount ?? 1,
    seed: config.seed,
    promptTokens: promptTokensOf(body),
    bodyText,
    structuredText: structuredText(body),
    maxTokens: config.maxOutputTokens,
    stopSequences: config.stopSequences ?? [],
  }, options);
  const isList = isStream && new URL(request.url).searchParams.get("alt") !== "sse";
  const content = isStream
    ? { type: "events" as const, ...answerEvents(answer) }
    : { type: "body" as const, text: answerBody(answer) };
  return await reply({ api: isList ? GEMINI_LIST : GEMINI, content, switches }, request, options);
}

async function countTokens(request: Request, options: FakeOptions): Promise<Response> {
  const body = parseRequest(countRequest, await readText(request, options.maxBodyBytes));
  const contents = body.contents ?? body.generateContentRequest?.contents ?? [];
  const counted = body.generateContentRequest ?? { contents };
  const text = JSON.stringify({ totalTokens: promptTokensOf(counted) });
  return await replyBody(text, switchesOf(contents), request, options);
}

async function embed(request: Request, options: FakeOptions): Promise<Response> {
  const body = parseRequest(embedRequest, await readText(request, options.maxBodyBytes));
  const text = textOf(body.content.parts);
  const embedding = { values: vectorIn(text, body.outputDimensionality) };
  return await replyBody(JSON.stringify({ embedding }), readSwitches(text), request, options);
}

/** The tags of the last text count. */
async function embedBatch(request: Request, options: FakeOptions): Promise<Response> {
  const body = parseRequest(batchEmbedRequest, await readText(request, options.maxBodyBytes));
  const texts = body.requests.map(({ content }) => textOf(content.parts));
  const embeddings = body.requests.map(({ outputDimensionality }, index) => ({
    values: vectorIn(texts[index]!, outputDimensionality),
  }));
  const switches = readSwitches(texts.at(-1) ?? "");
  return await replyBody(JSON.stringify({ embeddings }), switches, request, options);
}

function vectorIn(text: string, dimensions = DEFAULT_DIMENSIONS): readonly number[] {
  return Array.from(vectorOf(text, dimensions));
}

async function replyBody(
  text: string,
  switches: Switches,
  request: Request,
  options: FakeOptions,
): Promise<Response> {
  return await reply({ api: GEMINI, content: { type: "body", text }, switches }, request, options);
}

/** Texts and JSON count, images and documents do not. */
function promptTokensOf(
  { contents, systemInstruction, tools }: Pick<
    GenerateRequest,
    "contents" | "systemInstruction" | "tools"
  >,
): number {
  const parts = [
    ...contents.flatMap((content) => content.parts),
    ...systemInstruction?.parts ?? [],
  ];
  const characters = parts.reduce((sum, { text = "", functionCall, functionResponse }) => {
    const data = functionCall ?? functionResponse;
    return sum + text.length + (data === undefined ? 0 : JSON.stringify(data).length);
  }, tools === undefined ? 0 : JSON.stringify(tools).length);
  return estimateTokens(characters);
}

/** The tags of a conversation: those of what the user said last, where nothing was called since. */
function switchesOf(contents: readonly Content[]): Switches {
  const asked = contents.filter(({ role }) => role !== "model");
  const prompt = asked.findLast(({ parts }) =>
    parts.some(({ functionResponse }) => functionResponse === undefined)
  );
  const switches = readSwitches(textOf(prompt?.parts ?? []));
  return prompt === asked.at(-1) ? switches : withoutCalls(switches);
}

function textOf(parts: readonly GeminiPart[]): string {
  return parts.map(({ text = "" }) => text).join("");
}

function structuredText({ generationConfig }: GenerateRequest): string | undefined {
  if (generationConfig?.responseMimeType !== "application/json") return undefined;
  const schema = generationConfig.responseJsonSchema;
  if (schema === undefined) return ANY_OBJECT;
  return textOfSchema(schema, (problem) => refusal(`responseJsonSchema: ${problem}`));
}
