/**
 * A stand-in for Venice: its closed schema, its account headers, its texts for errors.
 *
 * The last message chooses the scene: `[402]`, `[422]`, `[429]`, `[503]`, `[context]` for errors,
 * `[lockout]` for a key that is locked the first time. Anything else is answered.
 *
 * @module
 */

import { isJsonObject, type JsonObject } from "../../../src/core/text/json.ts";
import {
  eventStream,
  lastText,
  serveStandIn,
  type StandIn,
  type StandInRequest,
  wantsToolCall,
} from "./stand_in.ts";

export const VENICE_KEY = "venice-stand-in-key";

/** What its schema has; anything else is refused. */
const CHAT_FIELDS = new Set([
  "frequency_penalty",
  "include",
  "logprobs",
  "max_completion_tokens",
  "max_temp",
  "max_tokens",
  "messages",
  "metadata",
  "min_p",
  "min_temp",
  "model",
  "n",
  "parallel_tool_calls",
  "presence_penalty",
  "prompt_cache_key",
  "prompt_cache_retention",
  "reasoning",
  "reasoning_effort",
  "repetition_penalty",
  "response_format",
  "seed",
  "stop",
  "stop_token_ids",
  "store",
  "stream",
  "stream_options",
  "temperature",
  "text",
  "tool_choice",
  "tools",
  "top_k",
  "top_logprobs",
  "top_p",
  "user",
  "venice_parameters",
  "verbosity",
]);
const EMBEDDING_FIELDS = new Set(["dimensions", "encoding_format", "input", "model", "user"]);
const STREAM_FIELDS = new Set(["include_usage"]);
const VENICE_FIELDS = new Set([
  "character_slug",
  "disable_thinking",
  "enable_e2ee",
  "enable_web_citations",
  "enable_web_scraping",
  "enable_web_search",
  "enable_x_search",
  "include_search_results_in_stream",
  "include_venice_system_prompt",
  "return_search_results_as_documents",
  "strip_thinking_response",
]);

const MODELS: readonly JsonObject[] = [
  modelOf("llama-3.1-405b", "text"),
  modelOf("zai-org-glm-5", "text"),
  modelOf("text-embedding-bge-m3", "embedding"),
];

export function startVenice(): StandIn {
  let lockouts = 0;
  return serveStandIn((request) => {
    const { method, path, headers, json } = request;
    if (headers.get("authorization") !== `Bearer ${VENICE_KEY}`) {
      return refuse(401, "Authentication failed");
    }
    if (method === "GET" && path === "/api/v1/models") {
      return listModels("text", MODELS.filter(({ type }) => type === "text"));
    }
    if (method === "GET" && path === "/api/v1/models?type=all") return listModels("all", MODELS);
    if (method === "POST" && path === "/api/v1/embeddings") {
      return refuseUnknown(json, EMBEDDING_FIELDS) ?? embeddings(json);
    }
    if (method === "POST" && path === "/api/v1/chat/completions") {
      if (lastText(json) === "[lockout]" && lockouts++ === 0) {
        return refuse(
          429,
          "Too many failed attempts (> 20) resulting in a non-success status code",
        );
      }
      return chat(request);
    }
    return refuse(404, "Not found");
  });
}

function modelOf(id: string, type: string): JsonObject {
  return {
    id,
    object: "model",
    created: 1_727_966_436,
    owned_by: "venice.ai",
    type,
    context_length: 65_536,
    model_spec: {
      availableContextTokens: 65_536,
      capabilities: { supportsFunctionCalling: true, supportsWebSearch: true },
      constraints: { temperature: { default: 0.8 }, top_p: { default: 0.9 } },
      pricing: { input: { usd: 1.5, diem: 15 }, output: { usd: 6, diem: 60 } },
      traits: [],
      offline: false,
    },
  };
}

function listModels(type: string, data: readonly JsonObject[]): Response {
  return Response.json({ object: "list", type, data }, { headers: accountHeaders() });
}

/** What it tells of the account with every answer: nothing for the gateway's clients. */
function accountHeaders(): Record<string, string> {
  return {
    "cf-ray": "8f0000000000-ZRH",
    "x-ratelimit-limit-requests": "50",
    "x-ratelimit-remaining-requests": "49",
    "x-ratelimit-reset-requests": String(Math.floor(Date.now() / 1000) + 60),
    "x-ratelimit-limit-tokens": "1000000",
    "x-ratelimit-remaining-tokens": "999000",
    "x-ratelimit-reset-tokens": "42",
    "x-ratelimit-type": "api_key",
    "x-venice-balance-diem": "90.5",
    "x-venice-balance-usd": "12.34",
    "x-venice-host-name": "outerface-internal-7",
    "x-venice-model-id": "llama-3.1-405b",
    "x-venice-version": "20261101.1",
  };
}

function refuse(status: number, error: string, rest: JsonObject = {}, headers = {}): Response {
  const init = { status, headers: { ...accountHeaders(), ...headers } };
  return Response.json({ error, ...rest }, init);
}

/** The answer of a closed schema, where the body has a field that is not in it. */
function refuseUnknown(
  body: JsonObject,
  fields: ReadonlySet<string>,
  path: readonly string[] = [],
) {
  const keys = Object.keys(body).filter((key) => !fields.has(key));
  if (keys.length === 0) return undefined;
  const message = `Unrecognized key(s) in object: ${keys.map((key) => `'${key}'`).join(", ")}`;
  const details = path.reduceRight<JsonObject>(
    (below, name) => ({ _errors: [], [name]: below }),
    { _errors: [message] },
  );
  const issues = [{ code: "unrecognized_keys", keys, path: [...path], message }];
  return refuse(400, "Invalid request parameters", { details, issues });
}

function errorOf(body: JsonObject): Response | undefined {
  const { stream_options: options, venice_parameters: parameters, temperature } = body;
  const unknown = refuseUnknown(body, CHAT_FIELDS) ??
    (isJsonObject(options) && refuseUnknown(options, STREAM_FIELDS, ["stream_options"]) ||
      isJsonObject(parameters) &&
        refuseUnknown(parameters, VENICE_FIELDS, ["venice_parameters"]));
  if (unknown instanceof Response) return unknown;
  if (typeof temperature === "number" && temperature > 2) {
    const message = "Number must be less than or equal to 2";
    const details = { _errors: [], temperature: { _errors: [message] } };
    return refuse(400, "Invalid request parameters", { details, issues: [] });
  }
  switch (lastText(body)) {
    case "[402]":
      return refuse(402, "Insufficient USD or Diem balance to complete request");
    case "[422]":
      return refuse(422, "Your prompt violates the content policy", {
        suggested_prompt: "A kinder one",
      });
    case "[429]":
      return refuse(429, "Rate limit exceeded", {}, {
        "x-ratelimit-remaining-requests": "0",
        "x-ratelimit-reset-requests": "0.3",
      });
    case "[503]":
      return refuse(503, "The model is at capacity");
    case "[context]":
      return Response.json({
        error: {
          message: "This model's maximum context length is 65536 tokens",
          type: "invalid_request_error",
          param: "messages",
          code: "context_length_exceeded",
        },
      }, { status: 400, headers: accountHeaders() });
    default:
      return undefined;
  }
}

const USAGE = {
  prompt_tokens: 12,
  completion_tokens: 4,
  total_tokens: 16,
  prompt_tokens_details: { cached_tokens: 0, cache_creation_input_tokens: 0 },
};
const CITATIONS = [{ title: "A", url: "https://a.example/", content: "x", date: "" }];
const CALL = { name: "look_up", arguments: `{"city":"Zürich"}` };

function chat({ json }: StandInRequest): Response {
  const error = errorOf(json);
  if (error !== undefined) return error;
  const isCall = wantsToolCall(json);
  const envelope = { id: "chatcmpl-venice-1", created: 1_780_000_000, model: json.model };
  if (json.stream === true) {
    return eventStream([...chunks(json, isCall, envelope), "data: [DONE]\n\n"], accountHeaders());
  }
  return Response.json({
    ...envelope,
    object: "chat.completion",
    choices: [{
      index: 0,
      finish_reason: isCall ? "tool_calls" : "stop",
      stop_reason: null,
      logprobs: null,
      message: {
        role: "assistant",
        content: isCall ? null : "Hello from Venice",
        reasoning_content: "Let me think.",
        tool_calls: isCall ? [{ id: "call_1", type: "function", function: CALL }] : [],
      },
    }],
    usage: USAGE,
    cost: { usd: 0.0001, diem: 0.001 },
    venice_parameters: { include_venice_system_prompt: true, web_search_citations: [] },
  }, { headers: accountHeaders() });
}

/** The citations come after the usage. */
function chunks(request: JsonObject, isCall: boolean, envelope: JsonObject): readonly JsonObject[] {
  const chunk = (choices: readonly JsonObject[], rest: JsonObject = {}): JsonObject => ({
    ...envelope,
    object: "chat.completion.chunk",
    choices,
    ...rest,
  });
  const delta = (delta: JsonObject, finish: string | null = null): JsonObject =>
    chunk([{ index: 0, delta, finish_reason: finish }]);
  const options = isJsonObject(request.stream_options) ? request.stream_options : {};
  const parameters = isJsonObject(request.venice_parameters) ? request.venice_parameters : {};
  return [
    delta({ role: "assistant", content: "" }),
    delta({ reasoning_content: "Let me think." }),
    ...(isCall
      ? [delta({ tool_calls: [{ index: 0, id: "call_1", type: "function", function: CALL }] })]
      : [delta({ content: "Hello" }), delta({ content: " from Venice" })]),
    delta({}, isCall ? "tool_calls" : "stop"),
    ...(options.include_usage === true ? [chunk([], { usage: USAGE })] : []),
    ...(parameters.enable_web_search === "on"
      ? [chunk([], { venice_parameters: { ...parameters, web_search_citations: CITATIONS } })]
      : []),
  ];
}

/** Numbers, whatever form is asked for. */
function embeddings({ model }: JsonObject): Response {
  return Response.json({
    object: "list",
    data: [{ object: "embedding", index: 0, embedding: [0.25, -1, 3.5] }],
    model,
    usage: { prompt_tokens: 2, total_tokens: 2 },
  }, { headers: accountHeaders() });
}
