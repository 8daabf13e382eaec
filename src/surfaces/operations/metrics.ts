/** `GET /metrics`, as Prometheus reads it; answered before any routing, as health checks are. */

import type { ErrorFormat } from "../../core/format.ts";
import { GatewayError, toGatewayError } from "../../core/gateway_error.ts";
import { errorResponse } from "../error_response.ts";
import { rawPath } from "../request/raw_path.ts";

export interface MetricsSurfaceParts {
  readonly text: () => Promise<string>;
  /** Media type of the text. */
  readonly contentType: string;
  /** Throws or rejects with `unauthenticated` or `rate_limited`. */
  readonly authorize: (request: Request, peerAddress: () => string) => unknown;
  /** What errors are written in. */
  readonly errorFormat: ErrorFormat;
}

/** Answers `/metrics`; `undefined` for every other path. */
export type AnswerMetrics = (
  request: Request,
  peerAddress: () => string,
) => Promise<Response> | undefined;

export function metricsSurface(parts: MetricsSurfaceParts): AnswerMetrics {
  return (request, peerAddress) =>
    rawPath(request.url) === "/metrics" ? answer(parts, request, peerAddress) : undefined;
}

async function answer(
  { text, contentType, authorize, errorFormat }: MetricsSurfaceParts,
  request: Request,
  peerAddress: () => string,
): Promise<Response> {
  try {
    if (request.method !== "GET" && request.method !== "HEAD") {
      const allow = ["GET", "HEAD"];
      throw new GatewayError("method_not_allowed", "/metrics answers GET and HEAD only", { allow });
    }
    await authorize(request, peerAddress);
    return new Response(await text(), {
      headers: { "content-type": contentType, "cache-control": "no-store" },
    });
  } catch (thrown) {
    return errorResponse(toGatewayError(thrown), errorFormat, "");
  }
}
