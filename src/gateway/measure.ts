/** Reports the one outcome of every call, whether it was answered or failed. */

import { type FinishedCall, finishedCall, type Layer } from "../core/call.ts";
import { toGatewayError } from "../core/gateway_error.ts";
import { failedOutcome, type Outcome } from "../core/outcome.ts";

/** What becomes of a finished call: a log line, metrics. Must not throw. */
export type RecordCall = (call: FinishedCall, outcome: Outcome, cause?: unknown) => void;

export function measure(record: RecordCall): Layer {
  return (next) => async (call) => {
    const finished = finishedCall(call);
    try {
      const reply = await next(call);
      reply.outcome.then((outcome) => record(finished, outcome));
      return reply;
    } catch (thrown) {
      const error = toGatewayError(thrown);
      const status = call.formats.error.statusOf?.(error) ?? error.status;
      record(finished, failedOutcome(error, status), error.cause);
      throw error;
    }
  };
}
