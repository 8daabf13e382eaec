/**
 * The fake LLM server: an app that speaks the APIs of OpenAI, Anthropic, Google and Ollama and always says
 * "hello world", unless a tag in the prompt asks for something else, mostly for a failure (see
 * `TAGS`).
 *
 * It shares no code with the gateway's way of a call, so that it can be trusted to test it.
 *
 * @module
 */

import { type Context, Hono, type HonoRequest } from "hono";
import { GatewayError } from "../core/gateway_error.ts";
import type { Api } from "./api.ts";
import { GEMINI } from "./gemini/api.ts";
import { answerCall, CALL_PATTERN } from "./gemini/endpoints.ts";
import * as geminiModels from "./gemini/models.ts";
import { MESSAGES } from "./messages/api.ts";
import { completeMessage, countTokens } from "./messages/endpoints.ts";
import * as messagesModels from "./messages/models.ts";
import { OLLAMA } from "./ollama/api.ts";
import * as ollama from "./ollama/endpoints.ts";
import * as ollamaModels from "./ollama/models.ts";
import { OPENAI } from "./openai/api.ts";
import { embed } from "./openai/embeddings.ts";
import { MODELS_TEXT, modelText } from "./openai/models.ts";
import { completeChat, completeText } from "./openai/text_endpoints.ts";
import type { FakeOptions } from "./options.ts";
import { completeResponse, countInput } from "./responses/endpoints.ts";
import { errorReply, wholeReply } from "./reply.ts";

interface Endpoint {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly answer: (context: Context, options: FakeOptions) => Response | Promise<Response>;
}

const ENDPOINTS: readonly Endpoint[] = [
  {
    method: "POST",
    path: `/models/:call{${CALL_PATTERN}}`,
    answer: ({ req }, options) => answerCall(req.raw, req.param("call") ?? "", options),
  },
  {
    method: "POST",
    path: "/chat/completions",
    answer: (context, options) => completeChat(context.req.raw, options),
  },
  {
    method: "POST",
    path: "/completions",
    answer: (context, options) => completeText(context.req.raw, options),
  },
  {
    method: "POST",
    path: "/embeddings",
    answer: (context, options) => embed(context.req.raw, options),
  },
  {
    method: "POST",
    path: "/messages",
    answer: (context, options) => completeMessage(context.req.raw, options),
  },
  {
    method: "POST",
    path: "/messages/count_tokens",
    answer: (context, options) => countTokens(context.req.raw, options),
  },
  {
    method: "POST",
    path: "/responses",
    answer: (context, options) => completeResponse(context.req.raw, options),
  },
  {
    method: "POST",
    path: "/responses/input_tokens",
    answer: (context, options) => countInput(context.req.raw, options),
  },
  { method: "GET", path: "/models", answer: ({ req }, options) => listModels(req, options) },
  { method: "GET", path: "/models/:id{.+}", answer: ({ req }, options) => findModel(req, options) },
  { method: "GET", path: "/healthz", answer: (_, options) => health(options) },
  { method: "GET", path: "/health", answer: (_, options) => health(options) },
];

/** Those of Ollama, which are at no other address. */
const OLLAMA_ENDPOINTS: readonly Endpoint[] = [
  { method: "GET", path: "/", answer: (_, options) => ollamaModels.running(options) },
  { method: "GET", path: "/api/version", answer: (_, options) => ollamaModels.version(options) },
  { method: "GET", path: "/api/tags", answer: (_, options) => ollamaModels.tags(options) },
  { method: "GET", path: "/api/ps", answer: (_, options) => ollamaModels.loaded(options) },
  {
    method: "POST",
    path: "/api/show",
    answer: ({ req }, options) => ollamaModels.show(req.raw, options),
  },
  {
    method: "POST",
    path: "/api/chat",
    answer: ({ req }, options) => ollama.chat(req.raw, options),
  },
  {
    method: "POST",
    path: "/api/generate",
    answer: ({ req }, options) => ollama.generate(req.raw, options),
  },
  {
    method: "POST",
    path: "/api/embed",
    answer: ({ req }, options) => ollama.embed(req.raw, options),
  },
  {
    method: "POST",
    path: "/api/embeddings",
    answer: ({ req }, options) => ollama.embedOne(req.raw, options),
  },
];

const OLLAMA_PATH = /^\/(?:api\/.*)?$/;
const MESSAGES_PATH = /^(\/v1)?\/messages(\/|$)/;
const GEMINI_PATH = /^\/v1beta\/|\/models\/.+:[a-zA-Z]+$/;

/** Makes the app. Its paths exist with and without `/v1`, Google's below `/v1beta` as well; keys are neither asked for nor read. */
export function createFakeApp(options: FakeOptions): Hono {
  const app = new Hono();
  for (const endpoint of [...ENDPOINTS, ...OLLAMA_ENDPOINTS]) {
    const { method, path, answer } = endpoint;
    const allow = method === "GET" ? ["GET", "HEAD"] : [method];
    for (const fullPath of basesOf(endpoint).map((base) => base + path)) {
      app.on(method, fullPath, (context) => answer(context, options));
      app.all(fullPath, ({ req }) => {
        throw new GatewayError(
          "method_not_allowed",
          `${req.method} is not allowed on ${req.path}; use ${method}`,
          { code: "method_not_supported", allow },
        );
      });
    }
  }
  app.notFound(({ req }) => {
    const message = `Unknown request URL: ${req.method} ${req.path}. Chats are answered at ` +
      "POST /v1/chat/completions, POST /v1/responses and POST /v1/messages, models are listed at " +
      "GET /v1/models";
    const error = new GatewayError("not_found", message, { code: "unknown_url" });
    return errorReply(error, apiOf(req), options);
  });
  app.onError((thrown, { req }) => {
    const error = thrown instanceof GatewayError
      ? thrown
      : new GatewayError("internal", `The fake server failed, which is a bug: ${thrown.message}`);
    return errorReply(error, apiOf(req), options);
  });
  return app;
}

/** Below what an endpoint is found. */
function basesOf(endpoint: Endpoint): readonly string[] {
  if (OLLAMA_ENDPOINTS.includes(endpoint)) return [""];
  return endpoint.path.startsWith("/models") ? ["", "/v1", "/v1beta"] : ["", "/v1"];
}

/** The API that a client speaks where more than one has the path. */
function apiOf(request: HonoRequest): Api {
  if (GEMINI_PATH.test(request.path) || isGoogles(request)) return GEMINI;
  if (OLLAMA_PATH.test(request.path)) return OLLAMA;
  return MESSAGES_PATH.test(request.path) || request.header("anthropic-version") !== undefined
    ? MESSAGES
    : OPENAI;
}

function isGoogles(request: HonoRequest): boolean {
  return ["x-goog-api-key", "x-goog-api-client"].some((name) => request.header(name) !== undefined);
}

function listModels(request: HonoRequest, options: FakeOptions): Response {
  const api = apiOf(request);
  const query = new URL(request.url).searchParams;
  if (api === GEMINI) return wholeReply(geminiModels.modelsPage(query), api, options);
  return wholeReply(
    api === MESSAGES ? messagesModels.modelsPage(query) : MODELS_TEXT,
    api,
    options,
  );
}

function findModel(request: HonoRequest, options: FakeOptions): Response {
  const api = apiOf(request);
  const id = request.param("id") ?? "";
  if (api === GEMINI) return wholeReply(geminiModels.modelText(id), api, options);
  return wholeReply(
    api === MESSAGES ? messagesModels.modelText(id) : modelText(id),
    api,
    options,
  );
}

function health(options: FakeOptions): Response {
  return wholeReply(`{"ok":true,"status":"ok"}`, OPENAI, options);
}
