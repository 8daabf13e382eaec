/**
 * The fake LLM server: an OpenAI-compatible app that always says "hello world", unless a tag in
 * the prompt asks for something else, mostly for a failure (see `TAGS`).
 *
 * It shares no code with the gateway's way of a call, so that it can be trusted to test it.
 *
 * @module
 */

import { type Context, Hono } from "hono";
import { GatewayError } from "../core/gateway_error.ts";
import { namesOneHost } from "../core/request_host.ts";
import { embed } from "./embeddings.ts";
import { errorText } from "./errors.ts";
import { MODELS_TEXT, modelText } from "./models.ts";
import type { FakeOptions } from "./options.ts";
import { wholeReply } from "./reply.ts";
import { completeChat, completeText } from "./text_endpoints.ts";

interface Endpoint {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly answer: (context: Context, options: FakeOptions) => Response | Promise<Response>;
}

const ENDPOINTS: readonly Endpoint[] = [
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
  { method: "GET", path: "/models", answer: (_, options) => wholeReply(MODELS_TEXT, options) },
  {
    method: "GET",
    path: "/models/:id{.+}",
    answer: (context, options) => wholeReply(modelText(context.req.param("id") ?? ""), options),
  },
  { method: "GET", path: "/healthz", answer: (_, options) => wholeReply(HEALTH_TEXT, options) },
  { method: "GET", path: "/health", answer: (_, options) => wholeReply(HEALTH_TEXT, options) },
];

const HEALTH_TEXT = `{"ok":true,"status":"ok"}`;

/** Makes the app. Its paths exist with and without `/v1`; keys are neither asked for nor read. */
export function createFakeApp(options: FakeOptions): Hono {
  const app = new Hono();
  app.use(async ({ req }, next) => {
    if (!namesOneHost(req.raw)) {
      throw new GatewayError("invalid_request", "The Host is not the one of the address", {
        code: "invalid_host",
      });
    }
    await next();
  });
  for (const { method, path, answer } of ENDPOINTS) {
    const allow = method === "GET" ? ["GET", "HEAD"] : [method];
    for (const fullPath of [path, `/v1${path}`]) {
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
    const message = `Unknown request URL: ${req.method} ${req.path}. ` +
      "Chats are answered at POST /v1/chat/completions, models are listed at GET /v1/models";
    return errorReply(new GatewayError("not_found", message, { code: "unknown_url" }), options);
  });
  app.onError((error) => errorReply(error, options));
  return app;
}

function errorReply(thrown: Error, options: FakeOptions): Response {
  const error = thrown instanceof GatewayError
    ? thrown
    : new GatewayError("internal", `The fake server failed, which is a bug: ${thrown.message}`);
  const { status, message, type, param = null, code, allow } = error;
  return wholeReply(errorText({ message, type, param, code }), options, {
    status,
    headers: allow === undefined ? {} : { allow: allow.join(", ") },
  });
}
