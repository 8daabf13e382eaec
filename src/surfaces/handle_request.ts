/**
 * The way of every request: who it is for, whether it is let in, and what its answer carries.
 *
 * @module
 */

import type { AnswerHeaders } from "../core/http/answer_headers.ts";
import type { Call } from "../core/call.ts";
import type { Clock, MakeId } from "../core/clock.ts";
import { type GatewayError, toGatewayError } from "../core/gateway_error.ts";
import { type HttpAnswer, type HttpRequest, isStreamed } from "../core/http/http.ts";
import { type Cost, usdText } from "../core/ledger/call_record.ts";
import { type Outcome, outcomeKindOf } from "../core/outcome.ts";
import { ANONYMOUS, type LimitClass } from "../core/principal.ts";
import { PROVIDER_HEADERS } from "../core/provider/provider_headers.ts";
import type { ExplainMore } from "./explain.ts";
import type { PathTable } from "./path_table.ts";
import type { RequestContext } from "./request/request_context.ts";
import { warningText } from "./warning_text.ts";

/** A request that no call was made of, as the log has it; not the request itself, which may be large. */
export type HandledRequest = Pick<HttpRequest, "method" | "target">;

export interface RequestHandlerParts {
  readonly paths: PathTable;
  readonly answerPreflight: (request: HttpRequest) => HttpAnswer;
  /**
   * Names who calls and counts the request against its limits, in the context. Throws
   * `unauthenticated`, `rate_limited` and whatever else keeps a request out.
   */
  readonly admit: (
    request: HttpRequest,
    context: RequestContext,
    limits: readonly LimitClass[],
  ) => Promise<void> | void;
  /** Adds what some want to know of how the answer of a call came about. */
  readonly explainMore: ExplainMore | undefined;
  /** What every answer carries besides what its surface gave it. */
  readonly complete: (
    headers: AnswerHeaders,
    request: HttpRequest,
    context: RequestContext,
  ) => void;
  /** One line for a request that no call was made of. */
  readonly record: (request: HandledRequest, context: RequestContext, outcome: Outcome) => void;
  readonly makeId: MakeId;
  readonly clock: Clock;
}

/** Answers one request. */
export type RequestHandler = (request: HttpRequest) => Promise<HttpAnswer>;

export function createRequestHandler(parts: RequestHandlerParts): RequestHandler {
  const { clock, makeId } = parts;
  return async (request) => {
    const context: RequestContext = {
      id: acceptRequestId(request.headers.get("x-request-id")) ?? makeId(),
      peerAddress: request.peerAddress,
      principal: ANONYMOUS,
      account: "",
      arrivedMs: clock.nowMs(),
      headers: [],
      call: undefined,
      error: undefined,
    };
    const { surface, place } = parts.paths.find(request);
    let answered: HttpAnswer;
    try {
      // A preflight carries no credentials (T48).
      if (isPreflight(request) || (request.method === "OPTIONS" && !surface.takesOptions)) {
        answered = parts.answerPreflight(request);
      } else {
        const admitted = parts.admit(request, context, surface.limitsOf(request, place));
        if (admitted !== undefined) await admitted;
        answered = await surface.answer(request, context, place);
      }
    } catch (thrown) {
      context.error = toGatewayError(thrown);
      answered = surface.errorAnswer(context.error, context.id);
    }
    // The answer to an upgrade is the connection itself and takes no further headers.
    if (answered.status !== 101) finish(parts, answered, request, context);
    if (context.call === undefined) record(parts, request, context, answered.status);
    return answered;
  };
}

function finish(
  { complete, explainMore, clock }: RequestHandlerParts,
  { headers, body }: HttpAnswer,
  request: HttpRequest,
  context: RequestContext,
): void {
  headers.set("x-request-id", context.id);
  addHeaders(headers, context.headers);
  if (context.call !== undefined) {
    explain(headers, context.call, isStreamed(body));
    explainMore?.(headers, context.call, clock.nowMs());
  }
  complete(headers, request, context);
}

function record(
  parts: RequestHandlerParts,
  { method, target }: HttpRequest,
  context: RequestContext,
  status: number,
): void {
  parts.record({ method, target }, context, outcomeOf(status, context.error));
}

/** How a request ended whose answer Weir gave by itself. */
function outcomeOf(status: number, error: GatewayError | undefined): Outcome {
  if (error === undefined) return { kind: "complete", status, bytes: 0 };
  const { code, message: reason } = error;
  return { kind: outcomeKindOf(error), status, bytes: 0, code, reason };
}

/** Headers that say how the answer of a call came about. */
function explain(headers: AnswerHeaders, { trace }: Call, isStream: boolean): void {
  const { attempts, upstream: provider, upstreamRequestId } = trace;
  headers.set("x-weir-attempts", String(attempts));
  if (provider !== undefined) headers.set("x-weir-upstream", provider);
  if (upstreamRequestId !== undefined) {
    headers.set("x-weir-upstream-request-id", upstreamRequestId);
  }
  if (trace.queuedMs !== undefined) headers.set("x-weir-queue-ms", trace.queuedMs.toFixed(1));
  // What a stream will cost is known at its end.
  if (!isStream && trace.cost !== undefined) tellCost(headers, trace.cost);
  addHeaders(headers, trace.headers ?? []);
  if (trace.warnings.length > 0) headers.set("x-weir-warning", warningText(trace.warnings));
}

/** In US dollars; what is not known is not told. */
function tellCost(headers: AnswerHeaders, { usd, isEstimated }: Cost): void {
  if (usd === null) return;
  headers.set("x-weir-cost", usdText(usd));
  if (isEstimated) headers.set("x-weir-cost-estimated", "true");
}

/** An upstream's own word on its limits stands (T40). To look for the rest would take as long as to set it. */
function addHeaders(headers: AnswerHeaders, added: RequestContext["headers"]): void {
  for (const [name, value] of added) {
    if (!PROVIDER_HEADERS.has(name) || !headers.has(name)) headers.set(name, value);
  }
}

function isPreflight({ method, headers }: HttpRequest): boolean {
  return method === "OPTIONS" && headers.get("access-control-request-method") !== null;
}

/** A client's own id is kept where it can stand in a header and a log line as it is. */
export function acceptRequestId(offered: string | null): string | undefined {
  return offered !== null && /^[\w.:-]{1,128}$/.test(offered) ? offered : undefined;
}
