/** `GET /metrics`, as Prometheus reads it; answered before any routing, as health checks are. */

import type { ErrorFormat } from "../../core/format.ts";
import { GatewayError, toGatewayError } from "../../core/gateway_error.ts";
import { AnswerHeaders } from "../../core/http/answer_headers.ts";
import type { HttpAnswer, HttpRequest } from "../../core/http/http.ts";
import { errorAnswer } from "../error_answer.ts";
import { rawPath } from "../request/raw_path.ts";

export interface MetricsSurfaceParts {
  readonly text: () => Promise<string>;
  /** Media type of the text. */
  readonly contentType: string;
  /** Throws or rejects with `unauthenticated` or `rate_limited`. */
  readonly authorize: (request: HttpRequest) => unknown;
  /** What errors are written in. */
  readonly errorFormat: ErrorFormat;
}

/** Answers `/metrics`; `undefined` for every other path. */
export type AnswerMetrics = (request: HttpRequest) => Promise<HttpAnswer> | undefined;

export function metricsSurface(parts: MetricsSurfaceParts): AnswerMetrics {
  return (request) => rawPath(request.target) === "/metrics" ? answer(parts, request) : undefined;
}

async function answer(
  { text, contentType, authorize, errorFormat }: MetricsSurfaceParts,
  request: HttpRequest,
): Promise<HttpAnswer> {
  try {
    if (request.method !== "GET" && request.method !== "HEAD") {
      const allow = ["GET", "HEAD"];
      throw new GatewayError("method_not_allowed", "/metrics answers GET and HEAD only", { allow });
    }
    await authorize(request);
    return {
      status: 200,
      headers: new AnswerHeaders([["content-type", contentType], ["cache-control", "no-store"]]),
      body: await text(),
    };
  } catch (thrown) {
    return errorAnswer(toGatewayError(thrown), errorFormat, "");
  }
}
