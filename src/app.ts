/**
 * Puts the gateway together: config, upstreams, the chain of policies, the surfaces.
 *
 * @module
 */

import type { Config } from "./config/schema.ts";
import type { Exchange } from "./core/call.ts";
import type { Clock, MakeId, Random } from "./core/clock.ts";
import { GatewayError } from "./core/gateway_error.ts";
import type { Outcome } from "./core/outcome.ts";
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
import { createRequestHandler, type HandledRequest } from "./surfaces/handle_request.ts";
import { openaiSurface } from "./surfaces/openai.ts";
import { operationsSurface } from "./surfaces/operations.ts";
import { passthroughSurface } from "./surfaces/passthrough.ts";
import { rawPath } from "./surfaces/raw_path.ts";
import type { RequestContext } from "./surfaces/request_context.ts";
import type { Surface } from "./surfaces/surface.ts";
import { createTransport } from "./transport/create_transport.ts";

/** What is given by the process the gateway runs in. */
export interface Runtime {
  readonly clock: Clock;
  readonly random: Random;
  readonly makeId: MakeId;
  readonly log: Log;
}

/** What lives as long as the process, while apps come and go with each configuration. */
export interface SharedState {
  /** Name of this process in `Via`. */
  readonly pseudonym: string;
  readonly active: ActiveCalls;
}

export function createSharedState({ makeId }: Runtime): SharedState {
  return { pseudonym: `weir-${makeId()}`, active: new ActiveCalls() };
}

export interface AppParts {
  readonly config: Config;
  readonly upstreams: readonly Upstream[];
  readonly runtime: Runtime;
  readonly shared: SharedState;
}

/** The gateway with one configuration. */
export interface App {
  /** Answers one request; `peerAddress` is the address of the other end of its connection. */
  readonly fetch: (
    request: Request,
    peerAddress: () => string,
  ) => Response | Promise<Response>;
  /** Closes the connections to the upstreams. */
  readonly close: () => void;
}

/** Ends every running call; each client is told so. */
export function abortCalls({ active }: SharedState): void {
  active.abortAll(
    new GatewayError("shutting_down", "The gateway is being stopped; send the request again"),
  );
}

export function createApp(parts: AppParts): App {
  const { config, upstreams, shared: { pseudonym }, runtime: { clock, makeId } } = parts;
  const transport = createTransport(config.transport, clock);
  const send = withVia(transport.send, pseudonym);
  const gateway = createGateway(parts, send);
  const authenticate = createAuthenticate(config.auth.apiKey);
  const handle = createRequestHandler({
    surfaces: [createPassthrough(parts, send)],
    rest: createOpenai(parts, gateway),
    answerPreflight: () => new Response(null, { status: 204 }),
    admit: async (request, context) => {
      context.principal = await authenticate(request.headers);
      refuseLoop(request.headers, pseudonym);
    },
    complete: (headers) => headers.set("x-content-type-options", "nosniff"),
    record: recordRequest(parts.runtime),
    makeId,
    clock,
  });
  const answerHealth = operationsSurface({
    upstreams,
    environment: config.server.environment,
    clock,
    dialect: openaiChat,
  });
  return {
    fetch: (request, peerAddress) => answerHealth(request) ?? handle(request, peerAddress),
    close: () => transport.close(),
  };
}

/** What every surface calls upstreams through. */
interface Gateway {
  readonly catalog: ModelCatalog;
  /** The chain of policies, and dispatch at its end. */
  readonly exchange: Exchange;
}

function createGateway(
  { config, upstreams, runtime, shared: { active } }: AppParts,
  transport: Transport,
): Gateway {
  const { clock, random, log } = runtime;
  const catalog = new ModelCatalog(upstreams, transport, {
    ...config.models,
    maxResponseBytes: config.relay.maxResponseBytes,
  }, clock);
  const resolve = createRouteTable(
    upstreams,
    config.routing.aliases,
    (upstream, callId) => catalog.idsOf(upstream, callId),
  );
  const dispatch = createDispatch({
    transport,
    resolve: (call) => resolve(call.model, call.id),
    relay: config.relay,
    retry: config.retry,
    clock,
    random,
    active,
  });
  const measured = measure((call, outcome, cause) =>
    logCall(log, call, outcome, clock.nowMs() - call.arrivedMs, cause)
  );
  return { catalog, exchange: measured(dispatch) };
}

function createOpenai(
  { config, runtime: { clock } }: AppParts,
  { catalog, exchange }: Gateway,
): Surface {
  return openaiSurface({
    exchange,
    dialect: openaiChat,
    listModels: (callId) => catalog.list(callId),
    findModel: async (id, callId) => findModel(await catalog.list(callId), id),
    maxBodyBytes: config.server.maxBodyBytes,
    bodyTimeoutMs: config.server.bodyTimeoutMs,
    clock,
    prefix: config.server.proxyPathPrefix,
  });
}

/** What is not interpreted goes to the first upstream, which is the default. */
function createPassthrough(
  { config, upstreams, runtime: { clock }, shared: { active } }: AppParts,
  transport: Transport,
): Surface {
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
    dialect: openaiChat,
  });
}

/** One line for a request that no call was made of: forwarded, or answered by Weir itself. */
function recordRequest({ clock, log }: Runtime) {
  return ({ method, url }: HandledRequest, context: RequestContext, outcome: Outcome): void => {
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
  };
}
