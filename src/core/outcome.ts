/** How a call ended: exactly one outcome each, the same on the wire, in the log and in the metric. */

import type { Usage } from "./chat/chat.ts";
import type { ErrorKind, GatewayError } from "./gateway_error.ts";
import type { Cost } from "./ledger/call_record.ts";

export const OUTCOME_KINDS = [
  "complete",
  /** The answer ended without a finish reason. */
  "truncated",
  /** The upstream refused, failed or could not be reached. */
  "upstream_error",
  "client_gone",
  "timeout",
  /** Weir itself said no: bad request, no credentials, a limit. */
  "refused",
  /** Weir was stopped, or failed by a fault of its own. */
  "internal_error",
] as const;

export type OutcomeKind = typeof OUTCOME_KINDS[number];

/** Every choice had finished, but then the upstream fell silent, or its connection broke. */
export type AssumedEnd = "silence" | "broken_connection";

export interface Outcome {
  readonly kind: OutcomeKind;
  /** HTTP status sent to the client; 499 where it left before one was sent. */
  readonly status: number;
  /** Stable code of what went wrong; absent when complete and nothing may be lacking. */
  readonly code?: string;
  /** The same in a sentence, with the upstream's own words where it gave any; absent when complete. */
  readonly reason?: string;
  /** The answer was taken for whole without its upstream's end: what made it seem over. */
  readonly assumedEnd?: AssumedEnd;
  /** The upstream's own finish reason, the last one seen. */
  readonly finishReason?: string;
  readonly usage?: Usage;
  /** Of all requests that were sent for the call; absent until it is over. */
  readonly cost?: Cost;
  /** The model that answered, in the upstream's own word. */
  readonly servedModel?: string;
  /** The provider's name for the answer, where it has one. */
  readonly answerId?: string;
  /** Events of the stream that were left out because they were not of its format. */
  readonly malformedEvents?: number;
  /** From the call's arrival to the first content for the client. */
  readonly firstTokenMs?: number;
  /** What went wrong was the request's own fault, and tells nothing of its target. */
  readonly isRequestsFault?: boolean;
  /** Bytes of the answer's body handed to the client. */
  readonly bytes: number;
}

const OUTCOME_OF: Readonly<Partial<Record<ErrorKind, OutcomeKind>>> = {
  client_closed: "client_gone",
  internal: "internal_error",
  shutting_down: "internal_error",
  upstream_auth_failed: "upstream_error",
  upstream_error: "upstream_error",
  upstream_invalid_response: "upstream_error",
  upstream_timeout: "timeout",
  upstream_truncated: "truncated",
  upstream_unreachable: "upstream_error",
};

/** The outcome of a call that failed before its answer began. */
export function failedOutcome(error: GatewayError, status: number): Outcome {
  const { code, message: reason } = error;
  return { kind: outcomeKindOf(error), status, code, reason, bytes: 0 };
}

/** The outcome that a failure means; kinds that are not listed are Weir's own refusals. */
export function outcomeKindOf(error: GatewayError): OutcomeKind {
  return OUTCOME_OF[error.kind] ?? "refused";
}
