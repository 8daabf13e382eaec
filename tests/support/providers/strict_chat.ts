/**
 * A stand-in for OpenAI's chat that refuses what OpenAI refuses (`strict_chat_rules.ts`).
 *
 * A tag in the last user message chooses the scene: `[tool]` and `[parallel]` for calls of a tool
 * that came along, `[patch]` for a patch by Codex's own. A result of a tool is answered with text.
 *
 * @module
 */

import type { JsonObject } from "../../../src/core/json.ts";
import { callOf, patchOf, type ToolCall } from "./agent_tools.ts";
import { eventStream, serveStandIn, type StandIn, type StandInRequest } from "./stand_in.ts";
import { type ChatRequest, readChatRequest } from "./strict_chat_rules.ts";

export const CHAT_KEY = "sk-stand-in-of-chat";
export const CHAT_TEXT = "Grüße, 世界 🌍: an answer of the chat stand-in";

const DONE = "data: [DONE]\n\n";
const PIECE_CHARACTERS = 7;
const USAGE: JsonObject = {
  prompt_tokens: 43,
  completion_tokens: 15,
  total_tokens: 58,
  prompt_tokens_details: { cached_tokens: 7, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0 },
};

export function startStrictChat(): StandIn {
  return serveStandIn((request) => {
    const { method, path, headers } = request;
    if (headers.get("authorization") !== `Bearer ${CHAT_KEY}`) {
      return refuse(401, "Incorrect API key provided", "invalid_api_key");
    }
    if (method === "GET" && path === "/v1/models") {
      const model = { id: "gpt-stand-in", object: "model", created: 1, owned_by: "stand-in" };
      return Response.json({ object: "list", data: [model] });
    }
    if (method !== "POST" || path !== "/v1/chat/completions") return refuse(404, "Not found");
    return chat(request);
  });
}

function refuse(status: number, message: string, code: string | null = null): Response {
  const error = { message, type: "invalid_request_error", param: null, code };
  return Response.json({ error }, { status });
}

interface Said {
  readonly text: string;
  readonly calls: readonly ToolCall[];
}

function chat({ json }: StandInRequest): Response {
  const { request, problem } = readChatRequest(json);
  if (request === undefined) return refuse(400, problem);
  const said = answerTo(request);
  const envelope = { id: "chatcmpl-stand-in", created: 1_780_000_000, model: request.model };
  if (request.stream === true) {
    return eventStream([...chunks(request, said, envelope), DONE]);
  }
  const message = {
    role: "assistant",
    content: said.calls.length > 0 ? null : said.text,
    refusal: null,
    ...(said.calls.length > 0 ? { tool_calls: said.calls.map(wholeCall) } : {}),
  };
  const choice = { index: 0, message, logprobs: null, finish_reason: finishReason(said) };
  return Response.json({
    ...envelope,
    object: "chat.completion",
    choices: [choice],
    usage: USAGE,
  });
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

function answerTo({ messages, tools = [] }: ChatRequest): Said {
  // What is asked may be followed by messages of the system, or by what stands in for one.
  const turn = messages.slice(messages.findLastIndex(({ role }) => role === "assistant") + 1);
  const results = turn.filter(({ role }) => role === "tool");
  if (results.length > 0) {
    return { text: `The tool said: ${results.map(textOf).join(" and ")}`, calls: [] };
  }
  const asked = turn.filter(({ role }) => role === "user").map(textOf).join("\n");
  const tag = [...asked.matchAll(/\[(tool|parallel|patch)\]/g)].at(-1)?.[1];
  const named = tools.map(({ function: { name, parameters } }) => ({
    name,
    schema: (parameters ?? {}) as JsonObject,
  }));
  const call = tag === undefined ? undefined : tag === "patch" ? patchOf(named) : callOf(named);
  if (call === undefined) return { text: CHAT_TEXT, calls: [] };
  return { text: "", calls: tag === "parallel" ? [call, call] : [call] };
}

function textOf({ content }: ChatRequest["messages"][number]): string {
  if (typeof content === "string") return content.trim();
  return (content ?? []).map((part) => part.type === "text" ? part.text : "").join(" ").trim();
}
