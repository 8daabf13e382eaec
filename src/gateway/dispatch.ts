/**
 * The end of the chain: sends a call to its upstream, again where that may help, until there is a reply.
 *
 * @module
 */

import type { Call, Exchange, Reply } from "../core/call.ts";
import type { Clock, Random } from "../core/clock.ts";
import { GatewayError, toGatewayError } from "../core/gateway_error.ts";
import type { Transport } from "../core/transport.ts";
import type { Target } from "../core/upstream.ts";
import type { ActiveCalls } from "./active_calls.ts";
import { answer } from "./answer.ts";
import { Attempt } from "./attempt.ts";
import { forwardBody } from "./forward_body.ts";
import type { RelayOptions } from "./options.ts";
import { planRetry, type RetryOptions, withRetryAdvice } from "./retry.ts";

export interface DispatchParts {
  readonly transport: Transport;
  /** Where a model is served. Throws `GatewayError` `not_found`. */
  readonly resolve: (call: Call) => Promise<Target> | Target;
  readonly relay: RelayOptions;
  readonly retry: RetryOptions;
  readonly clock: Clock;
  readonly random: Random;
  readonly active: ActiveCalls;
}

/** Answers calls from their upstreams. */
export function createDispatch(parts: DispatchParts): Exchange {
  return async (call) => {
    const attempt = new Attempt(call, parts.clock, parts.relay.totalTimeoutMs, parts.active);
    try {
      const target = await attempt.during(parts.resolve(call));
      return await tryUntilAnswered(parts, call, target, attempt);
    } catch (thrown) {
      attempt.release();
      throw thrown;
    }
  };
}

async function tryUntilAnswered(
  parts: DispatchParts,
  call: Call,
  target: Target,
  attempt: Attempt,
): Promise<Reply> {
  const send = prepareTry(parts, call, target, attempt);
  const isIdempotent = call.headers.some(([name]) => name === "idempotency-key");
  let waitedMs = 0;
  for (let tries = 1;; tries++) {
    try {
      return await send();
    } catch (thrown) {
      // Whatever broke because the attempt was aborted broke for the abort's reason.
      if (attempt.signal.aborted) throw attempt.signal.reason;
      const error = toGatewayError(thrown);
      const failed = { error, tries, waitedMs, isIdempotent };
      const maxRetries = target.upstream.maxRetries ?? parts.retry.maxRetries;
      const plan = planRetry(failed, { ...parts.retry, maxRetries }, parts.random);
      if (plan.kind === "give_up") throw withRetryAdvice(error, plan);
      await attempt.wait(plan.waitMs);
      waitedMs += plan.waitMs;
    }
  }
}

/** Translates the call for its upstream, once for all tries. */
function prepareTry(
  { clock, relay, transport }: DispatchParts,
  call: Call,
  target: Target,
  attempt: Attempt,
): () => Promise<Reply> {
  const { upstream } = target;
  if (!upstream.operations.has(call.operation)) {
    throw new GatewayError(
      "not_found",
      `The upstream "${upstream.name}" has no ${call.operation}; choose a model of another one`,
      { code: "unsupported_operation", param: "model" },
    );
  }
  call.trace.upstream = upstream.name;
  const forwarded = forwardBody(call, target, relay.streamUsage);
  call.trace.warnings = forwarded.warnings;
  const request = upstream.prepare({
    id: call.id,
    operation: call.operation,
    wantsStream: call.wantsStream,
    headers: call.headers,
    body: forwarded.bytes,
  });
  return async () => {
    attempt.signal.throwIfAborted();
    call.trace.attempts += 1;
    const sentMs = clock.nowMs();
    const response = await transport(request, attempt.signal);
    const sent = { call, target, attempt, forwarded, response, sentMs, clock, options: relay };
    try {
      return await answer(sent);
    } catch (thrown) {
      response.body.cancel();
      throw thrown;
    }
  };
}
