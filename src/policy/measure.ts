/** Reports the one outcome of every call, whether it was answered or failed. */

import type { FinishedCall, Layer } from "../core/call.ts";
import { toGatewayError } from "../core/gateway_error.ts";
import { type Outcome, outcomeKindOf } from "../core/outcome.ts";

/** What becomes of a finished call: a log line, metrics. Must not throw. */
export type RecordCall = (call: FinishedCall, outcome: Outcome, cause?: unknown) => void;

export function measure(record: RecordCall): Layer {
  return (next) => async (call) => {
    const { id, principal, surface, model, wantsStream, arrivedMs, trace } = call;
    const finished = { id, principal, surface, model, wantsStream, arrivedMs, trace };
    try {
      const reply = await next(call);
      reply.outcome.then((outcome) => record(finished, outcome));
      return reply;
    } catch (thrown) {
      const error = toGatewayError(thrown);
      record(
        finished,
        {
          kind: outcomeKindOf(error),
          status: call.dialect.statusOf?.(error) ?? error.status,
          code: error.code,
          bytes: 0,
        },
        error.cause,
      );
      throw error;
    }
  };
}
