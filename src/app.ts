/**
 * Puts the gateway together: config, upstreams, the chain of policies, the surfaces.
 *
 * @module
 */

import type { Config } from "./config/schema.ts";
import type { Call } from "./core/call.ts";
import type { Clock, MakeId, Random } from "./core/clock.ts";
import { GatewayError, toGatewayError } from "./core/gateway_error.ts";
import { type Outcome, outcomeKindOf } from "./core/outcome.ts";
import type { Transport } from "./core/transport.ts";
import type { Upstream } from "./core/upstream.ts";
import { openaiChat } from "./dialects/openai_chat/mod.ts";
import { ActiveCalls } from "./gateway/active_calls.ts";
import { createDispatch } from "./gateway/dispatch.ts";
import { createForward } from "./gateway/forward.ts";
import { ModelCatalog } from "./gateway/model_catalog.ts";
import { refuseLoop, withVia } from "./gateway/via.ts";
import { type Log, logCall, logRequest } from "./observability/log.ts";
import { createAuthenticate } from "./policy/authenticate.ts";
import { measure } from "./policy/measure.ts";
import { findModel } from "./routing/find_model.ts";
import { createRouteTable } from "./routing/route_table.ts";
import { checkRequest } from "./surfaces/check_request.ts";
import { errorResponse } from "./surfaces/error_response.ts";
import { openaiSurface } from "./surfaces/openai.ts";
import { operationsSurface } from "./surfaces/operations.ts";
import { type PassthroughSurface, passthroughSurface } from "./surfaces/passthrough.ts";
import { rawPath } from "./surfaces/raw_path.ts";
import type { RequestContext } from "./surfaces/request_context.ts";
import { createTransport } from "./transport/create_transport.ts";

export interface AppParts {
  readonly config: Config;
  readonly upstreams: readonly Upstream[];
  readonly clock: Clock;
  readonly random: Random;
  readonly makeId: MakeId;
  readonly log: Log;
}

export interface App {
  readonly fetch: (request: Request) => Response | Promise<Response>;
  /** Ends every running call; each client is told so. */
  readonly abortCalls: () => void;
  /** Closes the connections to the upstreams. */
  readonly close: () => void;
}

export function createApp(parts: AppParts): App {
  const { config, upstreams, clock, log } = parts;
  const transport = createTransport(config.transport, clock);
  const pseudonym = `weir-${parts.makeId()}`;
  const send = withVia(transport.send, pseudonym);
  const active = new ActiveCalls();
  const catalog = new ModelCatalog(upstreams, send, {
    ...config.models,
    maxResponseBytes: config.relay.maxResponseBytes,
  }, clock);
  const resolve = createRouteTable(
    upstreams,
    config.routing.aliases,
    (upstream, callId) => catalog.idsOf(upstream, callId),
  );
  const dispatch = createDispatch({
    transport: send,
    resolve: (call) => resolve(call.model, call.id),
    relay: config.relay,
    retry: config.retry,
    clock,
    random: parts.random,
    active,
  });
  const measured = measure((call, outcome, cause) =>
    logCall(log, call, outcome, clock.nowMs() - call.arrivedMs, cause)
  );
  const surface = openaiSurface({
    exchange: measured(dispatch),
    dialect: openaiChat,
    listModels: (callId) => catalog.list(callId),
    findModel: async (id, callId) => findModel(await catalog.list(callId), id),
    maxBodyBytes: config.server.maxBodyBytes,
    bodyTimeoutMs: config.server.bodyTimeoutMs,
    clock,
    prefix: config.server.proxyPathPrefix,
  });
  const passthrough = createPassthrough(parts, send, active);
  const answerHealth = operationsSurface({
    upstreams,
    environment: config.server.environment,
    clock,
    dialect: openaiChat,
  });
  const answer = answerRequests(parts, pseudonym, surface, passthrough);
  return {
    fetch: (request) => answerHealth(request) ?? answer(request),
    abortCalls: () =>
      active.abortAll(
        new GatewayError("shutting_down", "The gateway is being stopped; send the request again"),
      ),
    close: () => transport.close(),
  };
}

/** What is not interpreted goes to the first upstream, which is the default. */
function createPassthrough(
  { config, upstreams, clock }: AppParts,
  transport: Transport,
  active: ActiveCalls,
): PassthroughSurface {
  const [upstream] = upstreams;
  if (upstream === undefined) throw new Error("There is no upstream");
  return passthroughSurface({
    prefix: config.server.proxyPathPrefix,
    upstream: upstream.name,
    forward: createForward({
      transport,
      upstream,
      relay: config.relay,
      maxBodyBytes: config.server.maxBodyBytes,
      clock,
      active,
    }),
  });
}

/** What every request passes on its way to a surface and back. */
function answerRequests(
  { config, clock, makeId, log }: AppParts,
  pseudonym: string,
  openai: ReturnType<typeof openaiSurface>,
  passthrough: PassthroughSurface,
): (request: Request) => Promise<Response> {
  const authenticate = createAuthenticate(config.auth.apiKey);
  return async (request) => {
    const context: RequestContext = {
      id: acceptRequestId(request.headers.get("x-request-id")) ?? makeId(),
      principal: "",
      arrivedMs: clock.nowMs(),
      call: undefined,
      upstream: undefined,
      outcome: undefined,
      error: undefined,
    };
    let response: Response;
    try {
      checkRequest(request.headers);
      const isPassed = passthrough.takes(request);
      // A preflight carries no credentials, and without a CORS setting it is allowed nothing (T48).
      if (isPreflight(request) || (request.method === "OPTIONS" && !isPassed)) {
        return new Response(null, { status: 204 });
      }
      context.principal = await authenticate(request.headers);
      refuseLoop(request.headers, pseudonym);
      response = await (isPassed ? passthrough : openai).fetch(request, context);
    } catch (thrown) {
      context.error = toGatewayError(thrown);
      response = errorResponse(context.error, openaiChat);
    }
    response.headers.set("x-request-id", context.id);
    response.headers.set("x-content-type-options", "nosniff");
    if (context.call !== undefined) {
      explain(response.headers, context.call);
    } else {
      const { method, url } = request;
      // The request itself is not kept while its answer is on its way.
      const write = (outcome: Outcome): void =>
        logOther(log, { method, url }, context, outcome, clock);
      if (context.outcome !== undefined) context.outcome.then(write);
      else write(outcomeOf(response.status, context.error));
    }
    return response;
  };
}

function isPreflight({ method, headers }: Request): boolean {
  return method === "OPTIONS" && headers.has("access-control-request-method");
}

/** How a request ended whose answer Weir gave by itself. */
function outcomeOf(status: number, error: GatewayError | undefined): Outcome {
  if (error === undefined) return { kind: "complete", status, bytes: 0 };
  return { kind: outcomeKindOf(error), status, bytes: 0, code: error.code };
}

/** One line for a request that no call was made of: forwarded, or answered by Weir itself. */
function logOther(
  log: Log,
  { method, url }: Pick<Request, "method" | "url">,
  context: RequestContext,
  outcome: Outcome,
  clock: Clock,
): void {
  logRequest(log, {
    request_id: context.id,
    method,
    path: rawPath(url).slice(0, 200),
    upstream: context.upstream,
    status: outcome.status,
    outcome: outcome.kind,
    code: outcome.code,
    duration_ms: Math.round((clock.nowMs() - context.arrivedMs) * 10) / 10,
    bytes: context.outcome === undefined ? undefined : outcome.bytes,
  }, outcome.kind === "internal_error" ? context.error?.cause : undefined);
}

/** Headers that say how an answer came about. */
function explain(headers: Headers, { trace }: Call): void {
  headers.set("x-weir-attempts", String(trace.attempts));
  for (const warning of trace.warnings) headers.append("x-weir-warning", warning);
}

/** A client's own id is kept where it can stand in a header and a log line as it is. */
function acceptRequestId(offered: string | null): string | undefined {
  return offered !== null && /^[\w.:-]{1,128}$/.test(offered) ? offered : undefined;
}
