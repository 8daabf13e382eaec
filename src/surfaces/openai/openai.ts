/**
 * OpenAI's API, below every prefix that clients are given as its base URL (T47).
 *
 * @module
 */

import { Hono } from "hono";
import type { Exchange } from "../../core/call.ts";
import type { ClientFormats } from "../../core/format.ts";
import { GatewayError } from "../../core/gateway_error.ts";
import type { LimitClass, Principal } from "../../core/principal.ts";
import type { Model } from "../../core/provider.ts";
import { decodeSegment } from "../request/decode_segment.ts";
import { errorResponse } from "../error_response.ts";
import { READ_ENVELOPE, readCall } from "./openai_call.ts";
import { CALLS, endpointOf, type OpenaiOperation, prefixesWith } from "./openai_path.ts";
import { rawPath } from "../request/raw_path.ts";
import type { BodyLimits } from "../request/read_json_body.ts";
import { refuseMethod } from "../refuse_method.ts";
import type { RequestContext, SurfaceEnv } from "../request/request_context.ts";
import type { Surface } from "../surface.ts";
import { type ListWarnings, warnOfLists } from "../warn_of_lists.ts";

export interface OpenaiSurfaceParts {
  readonly exchange: Exchange;
  readonly formats: Readonly<Record<OpenaiOperation, ClientFormats>>;
  /** Those that the caller may call. */
  readonly listModels: (callId: string, principal: Principal) => Promise<readonly Model[]>;
  /** Throws `not_found`. */
  readonly findModel: (id: string, callId: string, principal: Principal) => Promise<Model>;
  readonly listWarnings: ListWarnings;
  readonly bodyLimits: BodyLimits;
  /** Path of the operator's own below which the API lies as well. */
  readonly prefix: string;
}

const LIMITS: readonly LimitClass[] = ["v1"];

/** Takes every request: what no other surface takes is looked for here. */
export function openaiSurface(parts: OpenaiSurfaceParts): Surface {
  const prefixes = prefixesWith(parts.prefix);
  const routes = createRoutes(parts, prefixes);
  return {
    takes: () => true,
    limitsOf: () => LIMITS,
    fetch: (request, context) => {
      const operation = CALLS.get(endpointOf(rawPath(request.url), prefixes));
      // Not through the router, which takes as long as all limits together.
      return operation === undefined
        ? routes.fetch(request, context)
        : answerCall(parts, request, context, operation);
    },
    errorResponse: (error, requestId) => errorResponse(error, parts.formats.chat.error, requestId),
  };
}

function createRoutes(parts: OpenaiSurfaceParts, prefixes: readonly string[]): Hono<SurfaceEnv> {
  const getPath = (request: Request): string => endpointOf(rawPath(request.url), prefixes);
  const app = new Hono<SurfaceEnv>({ getPath });
  app.get(
    "/models",
    async ({ env, json }) => {
      const data = await parts.listModels(env.id, env.principal);
      warnOfLists(env, parts.listWarnings);
      return json({ object: "list", data });
    },
  );
  app.all("/models", () => refuseMethod("GET", "HEAD"));
  app.get("/models/:id{.+}", async (context) => {
    const id = decodeSegment(getPath(context.req.raw).slice("/models/".length), "model");
    return context.json(await parts.findModel(id, context.env.id, context.env.principal));
  });
  app.all("/models/:id{.+}", () => refuseMethod("GET", "HEAD"));
  app.notFound((context) => {
    throw new GatewayError(
      "not_found",
      `No ${context.req.method} ${rawPath(context.req.url).slice(0, 200)} here; ` +
        "chat is POST /v1/chat/completions, the models are GET /v1/models",
      { code: "unknown_url" },
    );
  });
  // The request handler answers failures, those of a surface and those before it.
  app.onError((thrown) => {
    throw thrown;
  });
  return app;
}

async function answerCall(
  parts: OpenaiSurfaceParts,
  request: Request,
  context: RequestContext,
  operation: OpenaiOperation,
): Promise<Response> {
  if (request.method !== "POST") refuseMethod("POST");
  const { formats, bodyLimits } = parts;
  const call = await readCall(request, context, operation, {
    surface: "openai",
    formats: formats[operation],
    readEnvelope: READ_ENVELOPE[operation],
    bodyLimits,
  });
  context.call = call;
  return (await parts.exchange(call)).response;
}
