/**
 * A stand-in for Anthropic: Messages whole and streamed, counted tokens, models, errors.
 *
 * It refuses what the API refuses (`anthropic_rules.ts`) and plays `scenes.ts`. A result of a tool is
 * answered with text.
 *
 * @module
 */

import { isJsonObject, type JsonObject, type JsonValue } from "../../../src/core/text/json.ts";
import { callOf, patchOf, type ToolCall } from "./agent_tools.ts";
import { eventsOf, frameOf, messageOf, streamOf } from "./anthropic_answers.ts";
import { blocksOf, bodyProblem, headerProblem, SIGNATURE } from "./anthropic_rules.ts";
import { Scenes, tagIn } from "./scenes.ts";
import { serveStandIn, type StandIn, type StandInRequest } from "./stand_in.ts";

export const ANTHROPIC_KEY = "sk-ant-stand-in";
/** What every question is answered with. */
export const ANTHROPIC_TEXT = "Grüße, 世界 🌍: an answer of the stand-in";
export const ANTHROPIC_THINKING = "Was heißt das? 考える 🤔";

const MODEL_COUNT = 3;
/** Of the API. */
const DEFAULT_MODELS_LIMIT = 20;
const BYTES_PER_TOKEN = 4;

const ERROR_TYPES: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  500: "api_error",
  529: "overloaded_error",
};

export interface AnthropicStandIn extends StandIn {
  /** Resolves when a stream that is held open is given up, or was. */
  givenUp(): Promise<void>;
}

export function startAnthropic(): AnthropicStandIn {
  const scenes = new Scenes();
  let count = 0;
  const standIn = serveStandIn((request) =>
    answer(request, { requestId: `req_stand_in_${++count}`, scenes })
  );
  return {
    ...standIn,
    givenUp: () => scenes.givenUp(),
    [Symbol.asyncDispose]: async () => {
      scenes.close();
      await standIn[Symbol.asyncDispose]();
    },
  };
}

interface Scene {
  readonly requestId: string;
  readonly scenes: Scenes;
}

function answer(request: StandInRequest, scene: Scene): Response {
  const { method, headers, json } = request;
  const { pathname, searchParams } = new URL(request.path, "http://stand-in");
  if (!hasKey(headers)) return refuse(401, "invalid x-api-key", scene);
  const headersProblem = headerProblem(headers);
  if (headersProblem !== undefined) return refuse(400, headersProblem, scene);
  if (method === "GET" && pathname === "/v1/models") return models(searchParams, scene);
  if (method === "GET" && pathname.startsWith("/v1/models/")) {
    return respond(modelOf(decodeURIComponent(pathname.slice("/v1/models/".length))), scene);
  }
  if (method !== "POST") return refuse(404, "Not found", scene);
  if (!headers.get("content-type")?.startsWith("application/json")) {
    return refuse(400, "content-type: application/json is required", scene);
  }
  const problem = bodyProblem(json, headers);
  if (problem !== undefined) return refuse(400, problem, scene);
  if (pathname === "/v1/messages/count_tokens") {
    return respond({ input_tokens: Math.ceil(request.body.length / BYTES_PER_TOKEN) }, scene);
  }
  if (pathname !== "/v1/messages") return refuse(404, "Not found", scene);
  if (typeof json.max_tokens !== "number") return refuse(400, "max_tokens: Field required", scene);
  return message(json, scene);
}

/** Where both are sent, `x-api-key` wins. */
function hasKey(headers: Headers): boolean {
  const key = headers.get("x-api-key") ?? headers.get("authorization")?.replace(/^bearer /i, "");
  return key === ANTHROPIC_KEY;
}

function headersOf({ requestId }: Scene): Record<string, string> {
  return {
    "request-id": requestId,
    "anthropic-organization-id": "org-of-the-operator",
    "anthropic-ratelimit-requests-limit": "50",
    "anthropic-ratelimit-requests-remaining": "49",
    "anthropic-ratelimit-requests-reset": "2026-11-28T00:00:00Z",
  };
}

function respond(json: JsonObject, scene: Scene, status = 200): Response {
  return Response.json(json, { status, headers: headersOf(scene) });
}

function refuse(status: number, message: string, scene: Scene): Response {
  const type = ERROR_TYPES[status] ?? "api_error";
  const error = { type, message };
  return respond({ type: "error", error, request_id: scene.requestId }, scene, status);
}

/** A page of them, as `limit`, `after_id` and `before_id` ask for. */
function models(query: URLSearchParams, scene: Scene): Response {
  const limit = Number(query.get("limit") ?? DEFAULT_MODELS_LIMIT);
  if (!(limit >= 1 && limit <= 1000)) {
    return refuse(400, "limit: Input should be between 1 and 1000", scene);
  }
  const all = Array.from({ length: MODEL_COUNT }, (_, at) => modelOf(`claude-stand-in-${at}`));
  const from = all.findIndex(({ id }) => id === query.get("after_id")) + 1;
  const data = all.slice(from, from + limit);
  return respond({
    data,
    has_more: from + limit < all.length,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
  }, scene);
}

function modelOf(id: string): JsonObject {
  return {
    id,
    type: "model",
    display_name: `Stand-in: ${id}`,
    created_at: "2026-05-01T00:00:00Z",
    max_input_tokens: 200_000,
    max_tokens: 64_000,
  };
}

function message(body: JsonObject, scene: Scene): Response {
  const tag = sceneOf(body);
  const status = scene.scenes.refusal(tag);
  if (status !== undefined) return refuse(status, `The stand-in was asked for ${status}`, scene);
  const blocks = blocksFor(body, tag);
  const model = String(body.model);
  if (body.stream !== true) return respond(messageOf({ model, blocks }), scene);
  if (tag === "hold") {
    // The message's start and one block's beginning.
    const begun = eventsOf({ model, blocks }).slice(0, 4).map(frameOf).join("");
    return scene.scenes.hold(begun, headersOf(scene));
  }
  const error = { type: "overloaded_error", message: "Overloaded" };
  return streamOf(
    { model, blocks, ...(tag === "stream error" ? { error } : {}) },
    headersOf(scene),
  );
}

function blocksFor(body: JsonObject, tag: string): JsonObject[] {
  const content = lastUserContent(body);
  const results = blocksOf(content).filter(({ type }) => type === "tool_result");
  if (results.length > 0) return [text(`The tool said: ${results.map(resultText).join(" and ")}`)];
  const images = blocksOf(content).filter(({ type }) => type === "image");
  if (images.length > 0) return [text(`I see ${images.map(imageText).join(" and ")}`)];
  const call = toolCall(body, tag);
  if (call !== undefined) {
    const calls = tag === "parallel" ? [call, call] : [call];
    return [text("I use a tool."), ...calls.map(toolUse)];
  }
  const thinking = {
    type: "thinking",
    thinking: ANTHROPIC_THINKING,
    signature: `${SIGNATURE}${ANTHROPIC_THINKING.length}`,
  };
  return tag === "think" ? [thinking, text(ANTHROPIC_TEXT)] : [text(ANTHROPIC_TEXT)];
}

function text(value: string): JsonObject {
  return { type: "text", text: value };
}

function toolUse({ name, input }: ToolCall, at: number): JsonObject {
  return { type: "tool_use", id: `toolu_stand_in_${at}`, name, input };
}

/** Tools of the server have no schema, and are not for the client to call. */
function toolCall({ tools }: JsonObject, tag: string): ToolCall | undefined {
  const named = blocksOf(tools).flatMap(({ name, input_schema: schema }) =>
    isJsonObject(schema) ? [{ name: String(name), schema }] : []
  );
  if (tag === "patch") return patchOf(named);
  return tag === "tool" || tag === "parallel" ? callOf(named) : undefined;
}

function resultText({ content }: JsonObject): string {
  if (typeof content === "string") return content.trim();
  return blocksOf(content).map((block) => block.type === "text" ? block.text : block.type)
    .join(" ").trim();
}

function imageText({ source }: JsonObject): string {
  const { type, media_type: mediaType, data, url } = source as JsonObject;
  return type === "base64" ? `${mediaType} of ${String(data).length} characters` : String(url);
}

function sceneOf(body: JsonObject): string {
  const content = lastUserContent(body);
  const texts = typeof content === "string"
    ? [content]
    : blocksOf(content).map((block) => String(block.text ?? ""));
  return tagIn(texts.join("\n"));
}

/** Messages of the system may follow it. */
function lastUserContent({ messages }: JsonObject): JsonValue | undefined {
  return blocksOf(messages).findLast(({ role }) => role === "user")?.content;
}
