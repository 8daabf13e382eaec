/**
 * Traces by OpenTelemetry: a span for each call, which ends with the last byte of its answer, and one within
 * it for each request to an upstream.
 *
 * The span of an HTTP request ends with the head of its answer; it is the parent of a call's span, and takes
 * the trace of the client's `traceparent`.
 *
 * @see {@link https://opentelemetry.io/docs/specs/semconv/gen-ai/}
 * @module
 */

import {
  type Attributes,
  type Context,
  context,
  isSpanContextValid,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from "@opentelemetry/api";
import type { WatchAttempt } from "../core/provider/attempt_watch.ts";
import { type Call, type CallSpan, type FinishedCall, finishedCall } from "../core/call.ts";
import type { GatewayError } from "../core/gateway_error.ts";
import type { HttpHandler } from "../core/http/http.ts";
import type { Outcome } from "../core/outcome.ts";
import { withoutQueryKeys } from "../core/text/query_credentials.ts";
import type { Redact } from "../core/text/redactor.ts";
import { OPERATION_NAMES } from "./operation_names.ts";

export type { Tracer };

/** Has every request a span, of the trace that its `traceparent` names; it ends with the answer's head. */
export function traceRequests(tracer: Tracer, handler: HttpHandler): HttpHandler {
  return async (request) => {
    const { method, target, host, headers, isSecure } = request;
    const address = withoutQueryKeys(target);
    const [path = "", query = ""] = address.split(/\?(.*)/s);
    const span = tracer.startSpan(method, {
      kind: SpanKind.SERVER,
      attributes: {
        "http.request.method": method,
        "url.full": `${isSecure ? "https" : "http"}://${host}${address}`,
        "url.path": path,
        "url.query": query,
        "url.scheme": isSecure ? "https" : "http",
      },
    }, parentOf(headers.get("traceparent")));
    try {
      const answer = await context.with(
        trace.setSpan(context.active(), span),
        () => handler(request),
      );
      span.setAttribute("http.response.status_code", answer.status);
      if (answer.status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      return answer;
    } finally {
      span.end();
    }
  };
}

/** @see {@link https://www.w3.org/TR/trace-context/#traceparent-header} */
function parentOf(traceparent: string | null): Context {
  const [, traceId, spanId, flags] =
    /^(?!ff)[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(?:-|$)/.exec(traceparent ?? "") ??
      [];
  if (traceId === undefined || spanId === undefined) return ROOT_CONTEXT;
  const parent = { traceId, spanId, traceFlags: parseInt(flags ?? "0", 16) & 1, isRemote: true };
  return isSpanContextValid(parent) ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT;
}

/** Begins the span of each call. `redact` is for names of models. */
export function traceCalls(tracer: Tracer, redact: Redact): (call: Call) => CallSpan {
  return (call) => {
    const finished = { ...finishedCall(call), model: redact(call.model).slice(0, 200) };
    // A name that a client thinks of is none for a span; the model's is added when it has answered.
    const span = tracer.startSpan(OPERATION_NAMES[call.operation], {
      attributes: beginOf(finished),
    });
    call.trace.traceId = span.spanContext().traceId;
    return {
      run: (action) => context.with(trace.setSpan(context.active(), span), action),
      end: (outcome) => end(span, finished, outcome),
    };
  };
}

export interface AttemptTraceParts {
  readonly tracer: Tracer;
  /** For names of models. */
  readonly redact: Redact;
}

/** Begins a span for each request; it ends with its answer. */
export function traceAttempts({ tracer, redact }: AttemptTraceParts): WatchAttempt {
  return ({ operation }, { provider, model }) => {
    const name = OPERATION_NAMES[operation];
    const { hostname, port, protocol } = new URL(provider.target);
    const span = tracer.startSpan(`${name} ${provider.name}`, {
      kind: SpanKind.CLIENT,
      attributes: {
        "gen_ai.operation.name": name,
        "gen_ai.provider.name": provider.name,
        ...(model !== "" && { "gen_ai.request.model": redact(model).slice(0, 200) }),
        "http.request.method": "POST",
        "server.address": hostname,
        "server.port": Number(port) || (protocol === "https:" ? 443 : 80),
      },
    });
    return {
      headers: [["traceparent", traceparentOf(span)]],
      failed: (error) => {
        fail(span, error);
        span.end();
      },
      answered: (outcome) => {
        span.setAttribute("http.response.status_code", 200);
        outcome.then((ended) => {
          failUnlessComplete(span, ended);
          span.end();
        });
      },
    };
  };
}

function beginOf({ id, operation, surface, model, wantsStream }: FinishedCall): Attributes {
  return {
    "gen_ai.operation.name": OPERATION_NAMES[operation],
    ...(model !== "" && { "gen_ai.request.model": model }),
    "gen_ai.request.stream": wantsStream,
    "weir.request_id": id,
    "weir.surface": surface,
  };
}

function end(
  span: Span,
  { operation, model, trace: { upstream: provider, attempts, queuedMs, overheadMs } }: FinishedCall,
  outcome: Outcome,
): void {
  const { kind, status, usage, finishReason, servedModel, firstTokenMs } = outcome;
  if (kind === "complete") {
    span.updateName(`${OPERATION_NAMES[operation]} ${model}`.trimEnd());
  }
  span.setAttributes(defined({
    "gen_ai.provider.name": provider,
    "gen_ai.response.model": servedModel?.slice(0, 200),
    "gen_ai.response.finish_reasons": finishReason && [finishReason.slice(0, 200)],
    "gen_ai.response.time_to_first_chunk": firstTokenMs && firstTokenMs / 1000,
    "gen_ai.usage.input_tokens": usage?.inputTokens,
    "gen_ai.usage.output_tokens": usage?.outputTokens,
    "gen_ai.usage.cache_read.input_tokens": usage?.cachedInputTokens,
    "gen_ai.usage.reasoning.output_tokens": usage?.reasoningOutputTokens,
    "http.response.status_code": status,
    "weir.outcome": kind,
    "weir.attempts": attempts,
    "weir.queue_ms": queuedMs,
    "weir.overhead_ms": overheadMs,
  }));
  failUnlessComplete(span, outcome);
  span.end();
}

function failUnlessComplete(span: Span, { kind, code = kind }: Outcome): void {
  if (kind === "complete") return;
  span.setAttribute("error.type", code);
  span.setStatus({ code: SpanStatusCode.ERROR });
}

function fail(
  span: Span,
  { kind, code, status, upstreamStatus }: GatewayError,
): void {
  span.setAttribute("error.type", code);
  if (kind === "upstream_error" || upstreamStatus !== undefined) {
    span.setAttribute("http.response.status_code", upstreamStatus ?? status);
  }
  span.setStatus({ code: SpanStatusCode.ERROR });
}

/** @see {@link https://www.w3.org/TR/trace-context/#traceparent-header} */
function traceparentOf(span: Span): string {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return `00-${traceId}-${spanId}-${(traceFlags & 1).toString(16).padStart(2, "0")}`;
}

/** Without those that have no value. */
function defined(attributes: Attributes): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).filter(([, value]) => value !== undefined),
  );
}
