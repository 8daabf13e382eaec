/**
 * Health checks, answered before any routing or policy: a check must not depend on what it checks.
 *
 * @module
 */

import type { Clock } from "../core/clock.ts";
import type { CoolingTarget } from "../core/cooldown.ts";
import type { ClientDialect } from "../core/dialect.ts";
import { GatewayError } from "../core/gateway_error.ts";
import type { Upstream } from "../core/upstream.ts";
import { VERSION } from "../core/version.ts";
import { errorResponse } from "./error_response.ts";
import { rawPath } from "./raw_path.ts";

export interface OperationsParts {
  readonly upstreams: readonly Upstream[];
  /** Name of this installation. */
  readonly environment: string;
  /** Targets that are left out for a while. */
  readonly cooling: () => readonly CoolingTarget[];
  readonly clock: Clock;
  /** What errors are written in. */
  readonly dialect: ClientDialect;
}

/** Answers `/healthz` and `/health`; `undefined` for every other path. */
export function operationsSurface(
  { upstreams, environment, cooling, clock, dialect }: OperationsParts,
): (request: Request) => Response | undefined {
  const startedMs = clock.nowMs();
  const ok = JSON.stringify({ ok: true, upstreams: upstreams.map((upstream) => upstream.name) });
  const headers: [string, string][] = [
    ["content-type", "application/json"],
    ["cache-control", "no-store"],
    ["x-content-type-options", "nosniff"],
  ];
  const describe = () => ({
    status: "healthy",
    timestamp: new Date(clock.epochMs()).toISOString(),
    uptime: (clock.nowMs() - startedMs) / 1000,
    version: VERSION,
    environment,
    target: upstreams[0]?.target ?? null,
    cooling: cooling().map(({ target, reason, code, retryAfterMs }) => ({
      target,
      reason,
      code,
      retry_after_seconds: Math.ceil(retryAfterMs / 1000),
    })),
  });
  return (request) => {
    const path = rawPath(request.url);
    if (path !== "/healthz" && path !== "/health") return undefined;
    if (request.method !== "GET" && request.method !== "HEAD") {
      const allow = ["GET", "HEAD"];
      const message = `${path} answers GET and HEAD only`;
      return errorResponse(new GatewayError("method_not_allowed", message, { allow }), dialect);
    }
    return new Response(path === "/healthz" ? ok : JSON.stringify(describe()), { headers });
  };
}
