/**
 * A stand-in for Gemini: content whole and streamed, counted tokens, embeddings, models, errors.
 *
 * It refuses what the API refuses (`gemini_rules.ts`) and plays `scenes.ts`. A result of a function is
 * answered with text.
 *
 * @module
 */

import type { JsonObject } from "../../../src/core/text/json.ts";
import { callOf, type ToolCall } from "./agent_tools.ts";
import { bodyProblem, itemsOf, objectOf, SIGNATURE } from "./gemini_rules.ts";
import { Scenes, tagIn } from "./scenes.ts";
import { inPieces, serveStandIn, type StandIn, type StandInRequest } from "./stand_in.ts";

export const GEMINI_KEY = "AIza-of-the-stand-in";
export const GEMINI_MODEL = "gemini-stand-in-0";
/** What every question is answered with. */
export const GEMINI_TEXT = "Grüße, 世界 🌍: an answer of the Gemini stand-in";
export const GEMINI_THOUGHT = "Was heißt das? 考える 🤔";

const MODEL_COUNT = 3;
const DEFAULT_PAGE_SIZE = 50;
const PIECE_CHARACTERS = 7;
const BYTES_PER_TOKEN = 4;
const USAGE: JsonObject = {
  promptTokenCount: 32,
  candidatesTokenCount: 15,
  totalTokenCount: 47,
  cachedContentTokenCount: 7,
};

const WORDS: Readonly<Record<number, string>> = {
  400: "INVALID_ARGUMENT",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  429: "RESOURCE_EXHAUSTED",
  500: "INTERNAL",
  503: "UNAVAILABLE",
};

export interface GeminiStandIn extends StandIn {
  /** Resolves when a stream that is held open is given up, or was. */
  givenUp(): Promise<void>;
}

export function startGemini(): GeminiStandIn {
  const scenes = new Scenes();
  const standIn = serveStandIn((request) => answer(request, scenes));
  return {
    ...standIn,
    givenUp: () => scenes.givenUp(),
    [Symbol.asyncDispose]: async () => {
      scenes.close();
      await standIn[Symbol.asyncDispose]();
    },
  };
}

function answer(request: StandInRequest, scenes: Scenes): Response {
  const { method, json, headers, path } = request;
  const { pathname, searchParams } = new URL(path, "http://stand-in");
  if (headers.get("x-goog-api-key") !== GEMINI_KEY) {
    return refuse(400, "API key not valid. Please pass a valid API key.", "API_KEY_INVALID");
  }
  const endpoint = /^\/v1(?:beta)?\/models(?:\/([^:]+)(?::(\w+))?)?$/.exec(pathname);
  const [, model, call] = endpoint ?? [];
  if (endpoint === null) return refuse(404, "Not found");
  if (method === "GET" && call === undefined) {
    return Response.json(model === undefined ? models(searchParams) : modelOf(model));
  }
  if (method !== "POST" || model === undefined) return refuse(404, "Not found");
  switch (call) {
    case "generateContent":
    case "streamGenerateContent":
      return content(json, model, call === "streamGenerateContent", searchParams, scenes);
    case "countTokens":
      return Response.json({ totalTokens: Math.ceil(request.body.length / BYTES_PER_TOKEN) });
    case "embedContent":
      return Response.json({ embedding: { values: vectorOf(json) } });
    case "batchEmbedContents":
      return Response.json({
        embeddings: itemsOf(json.requests).map((one) => ({ values: vectorOf(one) })),
      });
    default:
      return refuse(404, "Not found");
  }
}

function refuse(code: number, message: string, reason?: string): Response {
  const details = reason === undefined ? [] : [{
    "@type": "type.googleapis.com/google.rpc.ErrorInfo",
    reason,
    domain: "googleapis.com",
  }];
  const error = { code, message, status: WORDS[code] ?? "UNKNOWN", details };
  return Response.json({ error }, { status: code });
}

function models(query: URLSearchParams): JsonObject {
  const all = Array.from({ length: MODEL_COUNT }, (_, at) => modelOf(`gemini-stand-in-${at}`));
  const from = Number(query.get("pageToken") ?? 0);
  const size = Number(query.get("pageSize") ?? DEFAULT_PAGE_SIZE);
  const hasMore = from + size < all.length;
  return {
    models: all.slice(from, from + size),
    ...(hasMore ? { nextPageToken: String(from + size) } : {}),
  };
}

function modelOf(id: string): JsonObject {
  return {
    name: `models/${id}`,
    version: "001",
    displayName: `Stand-in: ${id}`,
    inputTokenLimit: 1_048_576,
    outputTokenLimit: 65_536,
    supportedGenerationMethods: ["generateContent", "countTokens"],
    thinking: true,
  };
}

/** As long as it is asked for, and of its own for each text. */
function vectorOf({ content, outputDimensionality: length }: JsonObject): number[] {
  const text = textIn(itemsOf(objectOf(content).parts));
  return Array.from({ length: Number(length ?? 4) }, (_, at) => (text.length + at) / 128);
}

function content(
  body: JsonObject,
  model: string,
  isStream: boolean,
  query: URLSearchParams,
  scenes: Scenes,
): Response {
  const problem = bodyProblem(body);
  if (problem !== undefined) return refuse(400, problem);
  const tag = sceneOf(body);
  const status = scenes.refusal(tag);
  if (status !== undefined) return refuse(status, `The stand-in was asked for ${status}`);
  const parts = partsFor(body, tag);
  const names = { modelVersion: model, responseId: "of-the-stand-in" };
  if (!isStream) return Response.json(answerOf(parts, names, true));
  const pieces = parts.flatMap(inPiecesOf);
  const events = pieces.map((part, at) => answerOf([part], names, at === pieces.length - 1));
  if (query.get("alt") !== "sse") return Response.json(events);
  if (tag === "hold") return scenes.hold(frameOf(events[0] ?? {}));
  const error = { code: 503, message: "The model is overloaded.", status: "UNAVAILABLE" };
  const told = tag === "stream error" ? [...events.slice(0, -1), { error }] : events;
  return inPieces(told.map((event) => new TextEncoder().encode(frameOf(event))), {
    "content-type": "text/event-stream",
  });
}

/** With lines as it ends them. */
function frameOf(event: JsonObject): string {
  return `data: ${JSON.stringify(event)}\r\n\r\n`;
}

function answerOf(parts: readonly JsonObject[], names: JsonObject, isLast: boolean): JsonObject {
  const candidate = { content: { parts, role: "model" }, index: 0 };
  return {
    candidates: [isLast ? { ...candidate, finishReason: "STOP" } : candidate],
    usageMetadata: isLast ? USAGE : { promptTokenCount: 32, totalTokenCount: 32 },
    ...names,
  };
}

function inPiecesOf(part: JsonObject): readonly JsonObject[] {
  if (typeof part.text !== "string") return [part];
  const pieces = part.text.match(new RegExp(`.{1,${PIECE_CHARACTERS}}`, "gsu")) ?? [""];
  return pieces.map((text) => ({ ...part, text }));
}

function partsFor(body: JsonObject, tag: string): readonly JsonObject[] {
  const parts = itemsOf(itemsOf(body.contents).at(-1)?.parts);
  const results = parts.flatMap(({ functionResponse: result }) => result ?? []);
  if (results.length > 0) {
    const said = results.map((result) => resultText(objectOf(result)));
    return [{ text: `The tool said: ${said.join(" and ")}` }];
  }
  const images = parts.flatMap(({ inlineData }) => inlineData ?? []);
  if (images.length > 0) {
    const seen = images.map(objectOf).map(({ mimeType, data }) =>
      `${mimeType} of ${String(data).length} characters`
    );
    return [{ text: `I see ${seen.join(" and ")}` }];
  }
  const schema = objectOf(body.generationConfig).responseJsonSchema ??
    objectOf(body.generationConfig).responseSchema;
  if (schema !== undefined) return [{ text: `{"city":"Zürich"}` }];
  const call = tag === "tool" || tag === "parallel" ? toolCall(body) : undefined;
  if (call !== undefined) {
    const calls = tag === "parallel" ? [call, call] : [call];
    // The first alone is signed.
    return calls.map(({ name, input }, at) => ({
      functionCall: { name, args: input },
      ...(at === 0 ? { thoughtSignature: `${SIGNATURE}of-a-call` } : {}),
    }));
  }
  const text = { text: GEMINI_TEXT };
  return tag === "think" ? [{ text: GEMINI_THOUGHT, thought: true }, text] : [text];
}

function toolCall({ tools }: JsonObject): ToolCall | undefined {
  const declarations = itemsOf(tools).flatMap((tool) => itemsOf(tool.functionDeclarations));
  return callOf(declarations.map(({ name, parameters, parametersJsonSchema }) => ({
    name: String(name),
    schema: objectOf(parametersJsonSchema ?? parameters),
  })));
}

function resultText({ response }: JsonObject): string {
  const { output, error } = objectOf(response);
  return String(output ?? error ?? JSON.stringify(response)).trim();
}

function sceneOf({ contents }: JsonObject): string {
  const turns = itemsOf(contents);
  const from = turns.findLastIndex(({ role }) => role === "model") + 1;
  return tagIn(turns.slice(from).map(({ parts }) => textIn(itemsOf(parts))).join("\n"));
}

function textIn(parts: readonly JsonObject[]): string {
  return parts.map(({ text }) => text ?? "").join("");
}
