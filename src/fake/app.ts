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
  /** Below what it is found. */
  readonly bases: readonly string[];
  readonly answer: (context: Context, options: FakeOptions) => Response | Promise<Response>;
}

/** Below what most of them are found. */
const BASES = ["", "/v1"];
/** Where Google's are, too. */
const MODEL_BASES = [...BASES, "/v1beta"];
/** Ollama's are at no other address. */
const ROOT = [""];

const ENDPOINTS: readonly Endpoint[] = [
  {
    method: "POST",
    path: `/models/:call{${CALL_PATTERN}}`,
    bases: MODEL_BASES,
    answer: ({ req }, options) => answerCall(req.raw, req.param("call") ?? "", options),
  },
  post("/chat/completions", completeChat),
  post("/completions", completeText),
  post("/embeddings", embed),
  post("/messages", completeMessage),
  post("/messages/count_tokens", countTokens),
  post("/responses", completeResponse),
  post("/responses/input_tokens", countInput),
  get("/models", ({ req }, options) => listModels(req, options), MODEL_BASES),
  get("/models/:id{.+}", ({ req }, options) => findModel(req, options), MODEL_BASES),
  get("/healthz", (_, options) => health(options)),
  get("/health", (_, options) => health(options)),
  get("/", (_, options) => ollamaModels.running(options), ROOT),
  get("/api/version", (_, options) => ollamaModels.version(options), ROOT),
  get("/api/tags", (_, options) => ollamaModels.tags(options), ROOT),
  get("/api/ps", (_, options) => ollamaModels.loaded(options), ROOT),
  post("/api/show", ollamaModels.show, ROOT),
  post("/api/chat", ollama.chat, ROOT),
  post("/api/generate", ollama.generate, ROOT),
  post("/api/embed", ollama.embed, ROOT),
  post("/api/embeddings", ollama.embedOne, ROOT),
];

function get(path: string, answer: Endpoint["answer"], bases = BASES): Endpoint {
  return { method: "GET", path, bases, answer };
}

function post(
  path: string,
  answer: (request: Request, options: FakeOptions) => Response | Promise<Response>,
  bases = BASES,
): Endpoint {
  return { method: "POST", path, bases, answer: ({ req }, options) => answer(req.raw, options) };
}

const OLLAMA_PATH = /^\/(?:api\/.*)?$/;
const MESSAGES_PATH = /^(\/v1)?\/messages(\/|$)/;
const GEMINI_PATH = /^\/v1beta\/|\/models\/.+:[a-zA-Z]+$/;

/** Makes the app. Its paths exist with and without `/v1`, Google's below `/v1beta` as well; keys are neither asked for nor read. */
export function createFakeApp(options: FakeOptions): Hono {
  const app = new Hono();
  for (const { method, path, bases, answer } of ENDPOINTS) {
    const allow = method === "GET" ? ["GET", "HEAD"] : [method];
    for (const fullPath of bases.map((base) => base + path)) {
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
