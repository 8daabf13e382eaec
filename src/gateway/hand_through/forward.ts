/**
 * Forwards requests that Weir does not interpret: bodies pass both ways as they come, whatever they are.
 *
 * Nothing is tried again, since a streamed body is gone once it is sent; the client knows whether
 * its request may be made twice.
 *
 * @module
 */

import { isProvidersFault } from "../../core/blame.ts";
import type { Forward, ForwardedRequest, Reply } from "../../core/call.ts";
import type { BodyBounds } from "../../bytes/client_body.ts";
import type { CancelTimer, Clock } from "../../core/clock.ts";
import { GatewayError, toGatewayError } from "../../core/gateway_error.ts";
import { type Outcome, outcomeKindOf } from "../../core/outcome.ts";
import type { Redactor } from "../../core/redactor.ts";
import type { ProviderRequest, ProviderResponse, Transport } from "../../core/transport.ts";
import type { Provider } from "../../core/provider.ts";
import { describeFailure, type ProviderWatch } from "../../core/provider_watch.ts";
import type { ActiveCalls } from "../active_calls.ts";
import { Attempt } from "../tries/attempt.ts";
import { boundedBody } from "./bounded_body.ts";
import { CallHold } from "../tries/call_hold.ts";
import { answeredError, readForwardedError } from "./forwarded_error.ts";
import { ForwardedBody } from "./forwarded_body.ts";
import { forwardedHeaders } from "./forwarded_headers.ts";
import { withIdleTimeout } from "../relay/idle_source.ts";
import type { RelayOptions } from "../options.ts";
import { clientStalled } from "../relay/overdue.ts";
import { explainRefusedKey } from "../tries/refused_key.ts";
import { readProviderRequestId } from "../relay/provider_request_id.ts";

export interface ForwardParts {
  readonly transport: Transport;
  /** Where everything goes. */
  readonly provider: Provider;
  readonly relay: Pick<
    RelayOptions,
    "clientStallTimeoutMs" | "idleTimeoutMs" | "maxErrorBytes" | "totalTimeoutMs"
  >;
  readonly redactor: Redactor;
  readonly watchProviders: ProviderWatch;
  readonly bodyBounds: BodyBounds;
  readonly clock: Clock;
  readonly active: ActiveCalls;
}

/** Forwards whatever comes to one upstream. */
export function createForward(parts: ForwardParts): Forward {
  const { transport, relay, clock, active, bodyBounds } = parts;
  return async (request) => {
    const attempt = new Attempt(new CallHold(request, clock, relay.totalTimeoutMs, active));
    try {
      const providerRequest = describe(parts.provider, request);
      const body = await boundedBody(request, bodyBounds, attempt.signal);
      const onResend = (): void => {
        request.trace.attempts += 1;
      };
      request.trace.attempts += 1;
      const response = await transport(
        { ...providerRequest, ...(body !== undefined && { body }), onResend },
        attempt.signal,
      );
      return await reply(parts, request, providerRequest.url, response, attempt);
    } catch (thrown) {
      const reason: unknown = attempt.signal.aborted ? attempt.signal.reason : thrown;
      attempt.release();
      reportFailure(parts, request, toGatewayError(reason));
      throw reason;
    }
  };
}

/** What is the client's fault, or Weir's own, says nothing of the upstream. */
function reportFailure(
  { provider, watchProviders }: ForwardParts,
  { id, trace }: ForwardedRequest,
  error: GatewayError,
): void {
  if (!error.kind.startsWith("upstream_")) return;
  trace.lastFailure = describeFailure(provider, error);
  if (isProvidersFault(error)) watchProviders.failed({ requestId: id, provider, error });
}

/** An error that is about the request alone shows an upstream that answers well. */
function reportAnsweredError(
  { provider, watchProviders }: Pick<ForwardParts, "provider" | "watchProviders">,
  { id }: ForwardedRequest,
  error: GatewayError,
): void {
  if (isProvidersFault(error)) watchProviders.failed({ requestId: id, provider, error });
  else watchProviders.answered(provider);
}

function noteRequestId(
  { trace }: ForwardedRequest,
  { headers }: ProviderResponse,
  { forHeader }: Redactor,
): void {
  const id = readProviderRequestId(headers, forHeader);
  if (id !== undefined) trace.upstreamRequestId = id;
}

/** Throws `not_found` where the upstream has no such API. */
function describe(provider: Provider, request: ForwardedRequest): ProviderRequest {
  const { id, method, pathAndQuery, headers, isAtOrigin } = request;
  const described = provider.prepareForward({ id, method, pathAndQuery, headers });
  if (described === undefined) {
    throw new GatewayError(
      "not_found",
      `The upstream "${provider.name}" has nothing here; it serves chat only`,
      { code: "unknown_url" },
    );
  }
  const url = isAtOrigin ? new URL(described.url.origin + pathAndQuery) : described.url;
  const base = new URL(provider.target);
  // The path was checked; should that ever miss a way up, the way ends here.
  if (
    url.origin !== base.origin ||
    (!isAtOrigin && !url.pathname.startsWith(base.pathname.replace(/\/?$/, "/")))
  ) {
    throw new GatewayError("invalid_request", "The path leads out of the upstream's API", {
      code: "invalid_path",
    });
  }
  return { ...described, url };
}

async function reply(
  { provider, clock, relay, redactor, watchProviders }: ForwardParts,
  request: ForwardedRequest,
  url: URL,
  response: ProviderResponse,
  attempt: Attempt,
): Promise<Reply> {
  const { status } = response;
  const settled = Promise.withResolvers<Outcome>();
  const settle = (bytes: number, error: GatewayError | null): void => {
    attempt.release();
    settled.resolve(outcomeOf(status, bytes, error));
  };
  noteRequestId(request, response, redactor);
  const hasNoBody = request.method === "HEAD" || [204, 205, 304].includes(status);
  const headers = forwardedHeaders(
    response,
    { ...request, url, ownHeaders: provider.answerHeaders },
    redactor.forHeader,
  );
  if (status < 400) watchProviders.answered(provider);
  if (hasNoBody) {
    response.body.cancel();
    settle(0, status < 400 ? null : answeredError(provider, status, new Uint8Array(0)));
    return { answer: { status, headers, body: null }, outcome: settled.promise };
  }
  const source = withIdleTimeout(
    response.body,
    clock,
    relay.idleTimeoutMs,
    (error) => attempt.abort(error),
  );
  if (status >= 400) {
    const contentType = headers.get("content-type");
    const body = await readForwardedError(source, contentType, relay.maxErrorBytes, redactor);
    const { bytes, isRedacted } = body;
    if (headers.has("content-length")) headers.set("content-length", String(bytes.length));
    if (isRedacted && contentType !== null) {
      headers.set("content-type", contentType.replace(/;\s*charset\s*=.*/i, "; charset=utf-8"));
    }
    attempt.signal.throwIfAborted();
    const error = answeredError(provider, status, bytes);
    const refused = explainRefusedKey(error, provider);
    if (refused !== error) throw refused;
    reportAnsweredError({ provider, watchProviders }, request, error);
    settle(bytes.length, error);
    return { answer: { status, headers, body: bytes }, outcome: settled.promise };
  }
  // Ended in the moment in which its answer began: nobody would tell the stream of it.
  attempt.signal.throwIfAborted();
  const waitForClient = (): CancelTimer =>
    clock.schedule(
      relay.clientStallTimeoutMs,
      () => attempt.abort(clientStalled(relay.clientStallTimeoutMs)),
    );
  const settleStream = (bytes: number, error: GatewayError | null): void => {
    if (error !== null && isProvidersFault(error)) {
      watchProviders.brokeOff(provider, error.code);
    }
    settle(bytes, error);
  };
  const body = new ForwardedBody({
    source,
    attempt,
    settle: settleStream,
    waitForClient,
    lengthBytes: response.lengthBytes,
  });
  attempt.begin();
  return { answer: { status, headers, body }, outcome: settled.promise };
}

function outcomeOf(status: number, bytes: number, error: GatewayError | null): Outcome {
  if (error === null) return { kind: "complete", status, bytes };
  return { kind: outcomeKindOf(error), status, bytes, code: error.code, reason: error.message };
}
