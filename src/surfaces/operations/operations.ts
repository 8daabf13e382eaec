/**
 * Health checks, answered before any routing or policy: a check must not depend on what it checks.
 *
 * @module
 */

import type { Clock } from "../../core/clock.ts";
import type { CoolingTarget } from "../../core/provider/cooldown.ts";
import type { CoolingKey } from "../../core/provider/provider_key.ts";
import type { PacedTarget } from "../../core/provider/pacing.ts";
import type { ErrorFormat } from "../../core/format.ts";
import { GatewayError } from "../../core/gateway_error.ts";
import { AnswerHeaders } from "../../core/http/answer_headers.ts";
import type { HttpAnswer, HttpRequest } from "../../core/http/http.ts";
import type { Provider } from "../../core/provider/provider.ts";
import { VERSION } from "../../core/version.ts";
import { errorAnswer } from "../error_answer.ts";
import { rawPath } from "../request/raw_path.ts";

const encoder = new TextEncoder();

/** A failure as anybody may see it: without a word of the upstream's, which may name an account. */
export interface ShownFailure {
  readonly epochMs: number;
  readonly code: string;
}

/** What the last requests have shown of an upstream. */
export interface ProviderHealth {
  /** Whether the last request that says anything of it failed; absent before the first. */
  readonly isFailing?: boolean;
  readonly lastFailure?: ShownFailure;
  /** Of its model list, while that cannot be had. */
  readonly listFailure?: ShownFailure;
}

export interface OperationsParts {
  /** Whether new requests are welcome; from the first stop signal on they are not. */
  readonly isReady: () => boolean;
  /** Failures of the process that nothing expected, since its start. */
  readonly bugs: () => number;
  readonly providers: readonly Provider[];
  /** How an upstream is; `undefined` where nothing was asked of it yet. */
  readonly stateOf: (provider: string) => ProviderHealth | undefined;
  /** Name of this installation. */
  readonly environment: string;
  /** Targets that are left out for a while. */
  readonly cooling: () => readonly CoolingTarget[];
  /** Keys of upstreams that are left out for a while. */
  readonly coolingKeys: () => readonly CoolingKey[];
  /** Targets that have said anything of their limits. */
  readonly paced: () => readonly PacedTarget[];
  readonly clock: Clock;
  /** What errors are written in. */
  readonly errorFormat: ErrorFormat;
}

/** Answers `/healthz`, `/readyz` and `/health`; `undefined` for every other path. */
export function operationsSurface(
  parts: OperationsParts,
): (request: HttpRequest) => HttpAnswer | undefined {
  const { isReady, providers, errorFormat, clock } = parts;
  const startedMs = clock.nowMs();
  // Asked every second by many; the server only reads it.
  const names = providers.map((provider) => provider.name);
  const healthz = answer(200, encoder.encode(JSON.stringify({ ok: true, upstreams: names })));
  const answers: Readonly<Record<string, () => HttpAnswer>> = {
    // The process lives, and must not be killed for going away.
    "/healthz": () => healthz,
    "/readyz": () =>
      isReady()
        ? answer(200, '{"ok":true}')
        : answer(503, '{"ok":false,"reason":"The gateway is being stopped"}'),
    "/health": () => answer(isReady() ? 200 : 503, JSON.stringify(describe(parts, startedMs))),
  };
  return (request) => {
    const path = rawPath(request.target);
    if (!Object.hasOwn(answers, path)) return undefined;
    if (request.method !== "GET" && request.method !== "HEAD") {
      const allow = ["GET", "HEAD"];
      const message = `${path} answers GET and HEAD only`;
      const error = new GatewayError("method_not_allowed", message, { allow });
      return errorAnswer(error, errorFormat, "");
    }
    return answers[path]?.();
  };
}

function answer(status: number, body: string | Uint8Array<ArrayBuffer>): HttpAnswer {
  const headers = new AnswerHeaders([
    ["content-type", "application/json"],
    ["cache-control", "no-store"],
    ["x-content-type-options", "nosniff"],
  ]);
  return { status, headers, body };
}

/** How all of it is, in a word. */
export function statusOf(
  { isReady, providers, stateOf }: Pick<OperationsParts, "isReady" | "providers" | "stateOf">,
): "stopping" | "degraded" | "healthy" {
  if (!isReady()) return "stopping";
  const asked = providers.flatMap(({ name }) => stateOf(name)?.isFailing ?? []);
  // While any answers, calls can be, and each that fails is seen by itself.
  return asked.length > 0 && asked.every((isFailing) => isFailing) ? "degraded" : "healthy";
}

function describe(parts: OperationsParts, startedMs: number): Record<string, unknown> {
  const { bugs, providers, stateOf, environment, cooling, coolingKeys, paced, clock } = parts;
  const states = providers.map(({ name }) => ({ name, state: stateOf(name) }));
  return {
    status: statusOf(parts),
    timestamp: new Date(clock.epochMs()).toISOString(),
    uptime: (clock.nowMs() - startedMs) / 1000,
    version: VERSION,
    environment,
    target: providers[0]?.target ?? null,
    bugs: bugs(),
    upstreams: states.map(({ name, state }) => ({
      name,
      state: stateWord(state?.isFailing),
      last_failure: shownFailure(state?.lastFailure),
      model_list_failure: shownFailure(state?.listFailure),
    })),
    cooling: cooling().map(({ target, reason, code, retryAfterMs }) => ({
      target,
      reason,
      code,
      retry_after_seconds: Math.ceil(retryAfterMs / 1000),
    })),
    cooling_keys: coolingKeys().map(({ provider, key, reason, retryAfterMs }) => ({
      upstream: provider,
      key,
      reason,
      retry_after_seconds: Math.ceil(retryAfterMs / 1000),
    })),
    paced: paced().map(({ target, waiting, requests, tokens, restMs }) => ({
      target,
      waiting,
      requests_left: requests ?? null,
      tokens_left: tokens ?? null,
      rest_seconds: Math.ceil(restMs / 1000),
    })),
  };
}

export function stateWord(isFailing: boolean | undefined): "unknown" | "failing" | "ok" {
  if (isFailing === undefined) return "unknown";
  return isFailing ? "failing" : "ok";
}

function shownFailure(failure: ShownFailure | undefined): Record<string, string> | null {
  if (failure === undefined) return null;
  return { timestamp: new Date(failure.epochMs).toISOString(), code: failure.code };
}
