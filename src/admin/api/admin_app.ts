/**
 * The admin API: what those who run a gateway see of it, and change while it runs.
 *
 * It is loaded with the first request for it, and its requests alone go through Hono and the runtime's own types: no
 * call of a model passes here.
 *
 * @module
 */

import { type Context, Hono } from "hono";
import { type AdminAccess, type AdminCaller, requireWriter } from "../../access/admin_role.ts";
import { GatewayError, toGatewayError } from "../../core/gateway_error.ts";
import type { ErrorFormat } from "../../core/format.ts";
import type { HttpRequest } from "../../core/http/http.ts";
import { errorHeaders } from "../../surfaces/error_answer.ts";
import type { BodyLimits } from "../../surfaces/request/read_json_body.ts";
import { openapiRoute } from "./openapi.ts";
import { MAX_BODY_BYTES, readAsked, readQuery } from "./read_asked.ts";
import type { AdminRoute } from "./route.ts";

export interface AdminAppParts {
  readonly routes: readonly AdminRoute[];
  /** Path that all of them lie below. */
  readonly base: string;
  readonly access: AdminAccess;
  readonly bodyLimits: BodyLimits;
  /** What errors are written in. */
  readonly errorFormat: ErrorFormat;
}

/** What became of a request, for the log. */
export interface AdminAnswer {
  readonly response: Response;
  readonly who: string | undefined;
  readonly error: GatewayError | undefined;
}

/** Answers one request below the base. Never rejects. */
export type AdminApp = (request: HttpRequest, requestId: string) => Promise<AdminAnswer>;

/** A request on its way through Hono. */
interface Visit {
  readonly request: HttpRequest;
  readonly requestId: string;
  caller: AdminCaller | undefined;
  error: GatewayError | undefined;
}

type AdminContext = Context<{ Bindings: Visit }>;

/** Of an open route: nobody has asked yet who it is. */
const STRANGER: AdminCaller = { role: "read", who: "anonymous", via: "key" };

export function createAdminApp(parts: AdminAppParts): AdminApp {
  const app = createRouter(parts);
  return async (request, requestId) => {
    const visit: Visit = { request, requestId, caller: undefined, error: undefined };
    const response = await app.fetch(toPlainRequest(request), visit);
    const { headers } = response;
    headers.set("x-request-id", requestId);
    headers.set("x-content-type-options", "nosniff");
    if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
    return { response, who: visit.caller?.who, error: visit.error };
  };
}

function createRouter(parts: AdminAppParts): Hono<{ Bindings: Visit }> {
  const { base, access } = parts;
  const routes = [...parts.routes, openapiRoute(parts.routes, base)];
  const app = new Hono<{ Bindings: Visit }>().basePath(base);
  const add = (route: AdminRoute): void => {
    const handle = (context: AdminContext): Promise<Response> => answer(parts, route, context);
    app.on(route.method, honoPath(route.path), handle);
  };
  for (const route of routes.filter(({ role }) => role === "open")) add(route);
  // Whoever is not let in is not told what there is.
  app.use("*", async ({ env }, next) => {
    env.caller = await access.callerOf(env.request);
    await next();
  });
  for (const route of routes.filter(({ role }) => role !== "open")) add(route);
  for (const [path, methods] of methodsByPath(routes)) {
    app.all(honoPath(path), () => {
      const message = `This address answers ${methods.join(", ")} only`;
      throw new GatewayError("method_not_allowed", message, { allow: methods });
    });
  }
  app.notFound((context) => errorResponse(parts, context, notFound()));
  app.onError((thrown, context) => errorResponse(parts, context, toGatewayError(thrown)));
  return app;
}

async function answer(
  { bodyLimits }: AdminAppParts,
  route: AdminRoute,
  { env, req }: AdminContext,
): Promise<Response> {
  const { request, requestId, caller = STRANGER } = env;
  if (route.role === "write") requireWriter(caller);
  const query = readQuery(route, new URL(req.url).searchParams);
  const body = await readAsked(route, request, { ...bodyLimits, maxBodyBytes: MAX_BODY_BYTES });
  return await route.handle({ request, requestId, caller, params: req.param(), query, body });
}

function errorResponse(
  { errorFormat }: AdminAppParts,
  { env }: AdminContext,
  error: GatewayError,
): Response {
  env.error = error;
  const body = JSON.stringify(errorFormat.encode(error, env.requestId));
  return new Response(body, { status: error.status, headers: [...errorHeaders(error)] });
}

/** Methods that no request of the runtime's own may have; nothing here answers them. */
const UNSPEAKABLE = /^(?:connect|trace|track)$/i;

/** For the router alone: handlers read the request itself. */
function toPlainRequest({ method, target }: HttpRequest): Request {
  return new Request(`http://weir${target}`, {
    method: UNSPEAKABLE.test(method) ? "OTHER" : method,
  });
}

function honoPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ":$1");
}

function methodsByPath(routes: readonly AdminRoute[]): ReadonlyMap<string, readonly string[]> {
  const methods = Map.groupBy(routes, ({ path }) => path);
  return new Map(
    [...methods].map(([path, of]) => [
      path,
      of.flatMap(({ method }) => method === "GET" ? ["GET", "HEAD"] : [method]),
    ]),
  );
}

function notFound(): GatewayError {
  const message = "There is no such address in the admin API; /admin/v1/openapi.json lists all";
  return new GatewayError("not_found", message);
}
