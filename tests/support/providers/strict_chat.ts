/**
 * A stand-in for OpenAI's chat that refuses what OpenAI refuses (`strict_chat_rules.ts`) and plays
 * `scenes.ts`. A result of a tool is answered with text.
 *
 * @module
 */

import type { JsonObject } from "../../../src/core/text/json.ts";
import { callOf, patchOf, type ToolCall } from "./agent_tools.ts";
import { Scenes, tagIn } from "./scenes.ts";
import { eventStream, serveStandIn, type StandIn, type StandInRequest } from "./stand_in.ts";
import { type ChatRequest, readChatRequest } from "./strict_chat_rules.ts";

export const CHAT_KEY = "sk-stand-in-of-chat";
export const CHAT_TEXT = "Grüße, 世界 🌍: an answer of the chat stand-in";
export const CHAT_REASONING = "Warum nicht? 考える 🤔";

const DONE = "data: [DONE]\n\n";
const PIECE_CHARACTERS = 7;
const USAGE: JsonObject = {
  prompt_tokens: 43,
  completion_tokens: 15,
  total_tokens: 58,
  prompt_tokens_details: { cached_tokens: 7, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0 },
};

export interface StrictChat extends StandIn {
  /** Resolves when a stream that is held open is given up, or was. */
  givenUp(): Promise<void>;
}

/** @param isHealthy It refuses nothing that is right: the scenes of errors are meant for another target. */
export function startStrictChat(isHealthy = false): StrictChat {
  const scenes = new Scenes();
  let count = 0;
  const standIn = serveStandIn((request) => {
    const response = answer(request, scenes, isHealthy);
    response.headers.set("x-request-id", `req_of_chat_${++count}`);
    return response;
  });
  return {
    ...standIn,
    givenUp: () => scenes.givenUp(),
    [Symbol.asyncDispose]: async () => {
      scenes.close();
      await standIn[Symbol.asyncDispose]();
    },
  };
}

function answer(request: StandInRequest, scenes: Scenes, isHealthy: boolean): Response {
  const { method, path, headers } = request;
  if (headers.get("authorization") !== `Bearer ${CHAT_KEY}`) {
    return refuse(401, "Incorrect API key provided", "invalid_api_key");
  }
  if (method === "GET" && path === "/v1/models") {
    const model = { id: "gpt-stand-in", object: "model", created: 1, owned_by: "stand-in" };
    return Response.json({ object: "list", data: [model] });
  }
  if (method === "GET" && path.startsWith("/v1/models/")) {
    return Response.json({ id: path.slice("/v1/models/".length), object: "model", created: 1 });
  }
  if (method !== "POST" || path !== "/v1/chat/completions") return refuse(404, "Not found");
  return chat(request, scenes, isHealthy);
}

function refuse(status: number, message: string, code: string | null = null): Response {
  const type = status >= 500 ? "server_error" : "invalid_request_error";
  const error = { message, type, param: null, code };
  return Response.json({ error }, { status });
}

interface Said {
  readonly reasoning: string;
  readonly text: string;
  readonly calls: readonly ToolCall[];
}

function chat({ json }: StandInRequest, scenes: Scenes, isHealthy: boolean): Response {
  const { request, problem } = readChatRequest(json);
  if (request === undefined) return refuse(400, problem);
  const asked = askedOf(request);
  const tag = tagIn(asked.map(textOf).join("\n"));
  const status = isHealthy ? undefined : scenes.refusal(tag);
  if (status !== undefined) return refuse(status, `The stand-in was asked for ${status}`);
  const said = answerTo(request, tag);
  const envelope = { id: "chatcmpl-stand-in", created: 1_780_000_000, model: request.model };
  if (request.stream === true) {
    const events = chunks(request, said, envelope);
    if (tag === "hold") return scenes.hold(events.slice(0, 2).map(frameOf).join(""));
    if (tag !== "stream error") return eventStream([...events, DONE]);
    const error = { message: "Overloaded", type: "server_error", code: "server_is_overloaded" };
    return eventStream([...events.slice(0, -1), { error }]);
  }
  const { calls, text, reasoning } = said;
  const message = {
    role: "assistant",
    content: calls.length > 0 ? null : text,
    refusal: null,
    ...(reasoning === "" ? {} : { reasoning_content: reasoning }),
    ...(calls.length > 0 ? { tool_calls: calls.map(wholeCall) } : {}),
  };
  const choice = { index: 0, message, logprobs: null, finish_reason: finishReason(said) };
  return Response.json({
    ...envelope,
    object: "chat.completion",
    choices: [choice],
    usage: USAGE,
  });
}

function frameOf(chunk: JsonObject): string {
  return `data: ${JSON.stringify(chunk)}\n\n`;
}

function finishReason({ calls }: Said): string {
  return calls.length > 0 ? "tool_calls" : "stop";
}

function wholeCall({ name, input }: ToolCall, at: number): JsonObject {
  return {
    id: `call_stand_in_${at}`,
    type: "function",
    function: { name, arguments: JSON.stringify(input) },
  };
}

function chunks(request: ChatRequest, said: Said, envelope: JsonObject): JsonObject[] {
  const hasUsage = request.stream_options?.include_usage === true;
  const chunk = (delta: JsonObject, reason: string | null = null): JsonObject => ({
    ...envelope,
    object: "chat.completion.chunk",
    choices: [{ index: 0, delta, logprobs: null, finish_reason: reason }],
    ...(hasUsage ? { usage: null } : {}),
  });
  const usage = { ...envelope, object: "chat.completion.chunk", choices: [], usage: USAGE };
  return [
    chunk({ role: "assistant", content: said.calls.length > 0 ? null : "", refusal: null }),
    ...piecesOf(said.reasoning).map((reasoning) => chunk({ reasoning_content: reasoning })),
    ...(said.calls.length > 0
      ? said.calls.flatMap(callDeltas)
      : piecesOf(said.text).map((content) => ({ content }))).map((delta) => chunk(delta)),
    chunk({}, finishReason(said)),
    ...(hasUsage ? [usage] : []),
  ];
}

/** First its id and name, then its arguments in fragments. */
function callDeltas({ name, input }: ToolCall, index: number): JsonObject[] {
  const opening = {
    index,
    id: `call_stand_in_${index}`,
    type: "function",
    function: { name, arguments: "" },
  };
  const fragments = piecesOf(JSON.stringify(input)).map((json) => ({
    index,
    function: { arguments: json },
  }));
  return [opening, ...fragments].map((call) => ({ tool_calls: [call] }));
}

function piecesOf(text: string): string[] {
  return text.match(new RegExp(`.{1,${PIECE_CHARACTERS}}`, "gsu")) ?? [];
}

type Messages = ChatRequest["messages"];

/** What is asked may be followed by messages of the system, or by what stands in for one. */
function turnOf({ messages }: ChatRequest): Messages {
  return messages.slice(messages.findLastIndex(({ role }) => role === "assistant") + 1);
}

function askedOf(request: ChatRequest): Messages {
  return turnOf(request).filter(({ role }) => role === "user");
}

function answerTo(request: ChatRequest, tag: string): Said {
  const results = turnOf(request).filter(({ role }) => role === "tool");
  const nothing = { reasoning: "", text: "", calls: [] };
  if (results.length > 0) {
    return { ...nothing, text: `The tool said: ${results.map(textOf).join(" and ")}` };
  }
  const images = askedOf(request).flatMap(imagesOf);
  if (images.length > 0) return { ...nothing, text: `I see ${images.join(" and ")}` };
  const call = toolCall(request, tag);
  if (call === undefined) {
    return { ...nothing, text: CHAT_TEXT, reasoning: tag === "think" ? CHAT_REASONING : "" };
  }
  return { ...nothing, calls: tag === "parallel" ? [call, call] : [call] };
}

function toolCall({ tools = [] }: ChatRequest, tag: string): ToolCall | undefined {
  const named = tools.map(({ function: { name, parameters } }) => ({
    name,
    schema: (parameters ?? {}) as JsonObject,
  }));
  if (tag === "patch") return patchOf(named);
  return tag === "tool" || tag === "parallel" ? callOf(named) : undefined;
}

/** What is seen of each image: its address, or its type and length. */
function imagesOf({ content }: Messages[number]): readonly string[] {
  return (Array.isArray(content) ? content : []).flatMap((part) => {
    if (part.type !== "image_url") return [];
    const { url } = part.image_url;
    const [, type, data] = /^data:([^;]*);base64,(.*)$/.exec(url) ?? [];
    return [data === undefined ? url : `${type} of ${data.length} characters`];
  });
}

function textOf({ content }: ChatRequest["messages"][number]): string {
  if (typeof content === "string") return content.trim();
  return (content ?? []).map((part) => part.type === "text" ? part.text : "").join(" ").trim();
}
