/**
 * A stand-in for OpenRouter: its models, its stream with comments, and its errors.
 *
 * The last message chooses the scene: `[402]`, `[404]`, `[429]`, `[502]`, `[503]` for errors before
 * a stream, `[error]` and `[recorded error]` for the two forms of one within it, `[failed]` for a
 * choice that finished with an error. Anything else is answered.
 *
 * @module
 */

import type { JsonObject } from "../../../src/core/text/json.ts";
import {
  eventStream,
  lastText,
  serveStandIn,
  type StandIn,
  type StandInRequest,
  wantsToolCall,
} from "./stand_in.ts";

export const OPENROUTER_KEY = "sk-or-v1-stand-in";
/** From a 429 to the reset that its headers name. */
const RESET_MS = 60_000;

const COMMENT = ": OPENROUTER PROCESSING\n\n";
const DONE = "data: [DONE]\n\n";
const USER_ID = "user-account-of-the-operator";

/** Ids with context lengths. */
const MODELS = {
  "openai/gpt-4o": 128_000,
  "meta-llama/llama-3.3-70b-instruct:free": 131_072,
  "openrouter/auto": 2_000_000,
};

/** What it answers below the path of its models. */
const MODEL_PATH = /^\/api\/v1\/models\/(count|user|[^/]+\/[^/]+\/endpoints)(\?.*)?$/;

export function startOpenrouter(): StandIn {
  return serveStandIn((request) => {
    const { method, path, headers, json } = request;
    if (method === "GET" && path === "/api/v1/models") {
      const data = Object.entries(MODELS).map(modelOf);
      return Response.json({ data, total_count: data.length });
    }
    if (headers.get("authorization") !== `Bearer ${OPENROUTER_KEY}`) {
      return refuse(401, { message: "No auth credentials found" });
    }
    if (method === "GET" && MODEL_PATH.test(path)) return Response.json({ data: { asked: path } });
    if (method === "POST" && path === "/api/v1/chat/completions") return chat(request);
    if (method === "POST" && path === "/api/v1/embeddings") return embeddings(json);
    return refuse(404, { message: "Not Found" });
  });
}

function modelOf([id, contextLength]: readonly [string, number]): JsonObject {
  return {
    id,
    canonical_slug: id.replace(/:.*/, ""),
    hugging_face_id: "",
    name: `Stand-in: ${id}`,
    created: 1_747_930_371,
    description: "It writes text and code.",
    context_length: contextLength,
    architecture: {
      modality: "text->text",
      input_modalities: ["text"],
      output_modalities: ["text"],
      tokenizer: "Other",
      instruct_type: null,
    },
    pricing: id === "openrouter/auto"
      ? { prompt: "-1", completion: "-1" }
      : { prompt: "0.0000025", completion: "0.00001" },
    top_provider: {
      context_length: contextLength,
      max_completion_tokens: 16_384,
      is_moderated: true,
    },
    per_request_limits: null,
    supported_parameters: ["max_tokens", "temperature", "tools"],
    links: { details: `/api/v1/models/${id}/endpoints` },
  };
}

function refuse(status: number, error: JsonObject, headers: HeadersInit = {}): Response {
  const body = { error: { code: status, ...error }, user_id: USER_ID };
  return Response.json(body, { status, headers });
}

function errorOf(text: string): Response | undefined {
  switch (text) {
    case "[402]":
      return refuse(402, { message: "Insufficient credits" });
    case "[404]":
      return refuse(404, {
        message: "No endpoints found for no/such",
        availability: { code: "no_endpoints", retryable: false, requested_models: ["no/such"] },
      });
    case "[429]":
      return refuse(429, { message: "Rate limit exceeded: free-models-per-min" }, {
        "x-ratelimit-limit": "20",
        "x-ratelimit-remaining": "0",
        "x-ratelimit-reset": String(Date.now() + RESET_MS),
      });
    case "[502]":
      return refuse(502, {
        message: "Provider returned error",
        metadata: { provider_name: "Stand-in", raw: "upstream connect error" },
      });
    case "[503]":
      return refuse(503, {
        message: "All providers are at capacity",
        availability: { code: "capacity_exhausted", retryable: true, retry_after: 7 },
      });
    default:
      return undefined;
  }
}

function chat({ json }: StandInRequest): Response {
  const text = lastText(json);
  const error = errorOf(text);
  if (error !== undefined) return error;
  const answer = wantsToolCall(json)
    ? { calls: [{ id: "call_1", name: "look_up", input: [`{"city":`, `"Zürich"}`] }], texts: [] }
    : { calls: [], texts: ["Hello", " from", " Zürich"] };
  if (json.stream !== true) return Response.json(completion(json, text, answer));
  return eventStream([COMMENT, COMMENT, ...chunks(json, text, answer)], {
    "x-generation-id": "gen-1",
    "set-cookie": "session=of-the-operator",
  });
}

interface Answer {
  readonly texts: readonly string[];
  readonly calls: readonly {
    readonly id: string;
    readonly name: string;
    readonly input: readonly string[];
  }[];
}

const USAGE = {
  prompt_tokens: 11,
  completion_tokens: 3,
  total_tokens: 14,
  cost: 0.0000575,
  is_byok: false,
  prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
  cost_details: { upstream_inference_cost: null },
  completion_tokens_details: { reasoning_tokens: 0, image_tokens: 0 },
};

function completion(request: JsonObject, text: string, { texts, calls }: Answer): JsonObject {
  const hasFailed = text === "[failed]";
  const finish = hasFailed ? "error" : calls.length > 0 ? "tool_calls" : "stop";
  return {
    id: "gen-1",
    provider: "Stand-in",
    model: request.model,
    object: "chat.completion",
    created: 1_762_179_802,
    choices: [{
      index: 0,
      finish_reason: finish,
      native_finish_reason: finish,
      logprobs: null,
      message: {
        role: "assistant",
        content: texts.join(""),
        refusal: null,
        reasoning: null,
        ...(calls.length > 0 && {
          tool_calls: calls.map(({ id, name, input }, index) => ({
            id,
            index,
            type: "function",
            function: { name, arguments: input.join("") },
          })),
        }),
      },
      ...(hasFailed && {
        error: {
          code: 502,
          message: "Provider disconnected",
          metadata: { error_type: "provider_unavailable" },
        },
      }),
    }],
    usage: USAGE,
  };
}

/** The role is in every delta, the finish comes twice, the usage with a choice of its own. */
function chunks(
  request: JsonObject,
  text: string,
  { texts, calls }: Answer,
): readonly (JsonObject | string)[] {
  const chunk = (delta: JsonObject, finish: string | null, rest: JsonObject = {}): JsonObject => ({
    id: "gen-1",
    provider: "Stand-in",
    model: request.model,
    object: "chat.completion.chunk",
    created: 1_762_179_802,
    ...rest,
    choices: [{
      index: 0,
      delta: { role: "assistant", content: "", ...delta },
      finish_reason: finish,
      native_finish_reason: finish,
      logprobs: null,
    }],
  });
  const content = [
    ...texts.map((content) => chunk({ content, reasoning: null, reasoning_details: [] }, null)),
    ...calls.flatMap(({ id, name, input }, index) =>
      input.map((fragment, at) =>
        chunk({
          content: null,
          tool_calls: [{
            index,
            type: "function",
            ...(at === 0 && { id }),
            function: { ...(at === 0 && { name }), arguments: fragment },
          }],
        }, null)
      )
    ),
  ];
  const [first, ...rest] = content;
  const opening = [chunk({ reasoning: null }, null), COMMENT, first ?? COMMENT, COMMENT];
  const error = { code: 502, message: "Provider disconnected unexpectedly" };
  if (text === "[error]") {
    const metadata = { error_type: "provider_unavailable" };
    return [...opening, chunk({}, "error", { error: { ...error, metadata } })];
  }
  if (text === "[recorded error]") {
    const finishes = [chunk({}, "length"), chunk({}, "length")];
    return [...opening, ...finishes, chunk({}, null, { error, usage: USAGE }), DONE];
  }
  const finish = calls.length > 0 ? "tool_calls" : "stop";
  return [
    ...opening,
    ...rest,
    chunk({ reasoning: null, reasoning_details: [] }, finish),
    chunk({}, finish),
    chunk({}, null, { usage: USAGE }),
    DONE,
  ];
}

/** One vector, `[0.25, -1, 3.5]`, in either form. */
function embeddings({ model, encoding_format: format }: JsonObject): Response {
  const embedding = format === "base64" ? "AACAPgAAgL8AAGBA" : [0.25, -1, 3.5];
  return Response.json({
    object: "list",
    data: [{ object: "embedding", index: 0, embedding }],
    model,
    usage: { prompt_tokens: 2, total_tokens: 2, cost: 0 },
  });
}
