/**
 * The answer to what was handed through: its bytes pass as they come, whatever they are, and are read along for
 * what they tell.
 *
 * @module
 */

import { isRequestsFault } from "../../core/provider/blame.ts";
import type { Call, HandThrough, Reply } from "../../core/call.ts";
import type { CancelTimer, Clock } from "../../core/clock.ts";
import { unsentBody } from "../../core/http/http.ts";
import { type Outcome, outcomeKindOf } from "../../core/outcome.ts";
import type { Target } from "../../core/provider/provider.ts";
import type { Redactor } from "../../core/text/redactor.ts";
import type { ProviderResponse } from "../../core/provider/transport.ts";
import type { RelayOptions } from "../options.ts";
import { withIdleTimeout } from "../relay/idle_source.ts";
import { clientStalled } from "../relay/overdue.ts";
import type { AnswerEnding } from "../relay/verdict.ts";
import type { Attempt } from "../tries/attempt.ts";
import { ForwardedBody } from "./forwarded_body.ts";
import { answeredError } from "./forwarded_error.ts";
import { forwardedHeaders } from "./forwarded_headers.ts";
import { type AnswerReadAlong, readAlong } from "./read_along.ts";

/** One try whose answer has begun. */
export interface HandedAnswer {
  readonly call: Call;
  readonly handed: HandThrough;
  readonly target: Target;
  /** Where the request went. */
  readonly url: URL;
  readonly response: ProviderResponse;
  readonly attempt: Attempt;
  readonly clock: Clock;
  readonly redactor: Redactor;
  readonly options: Pick<
    RelayOptions,
    "clientStallTimeoutMs" | "idleTimeoutMs" | "maxErrorBytes" | "maxEventBytes"
  >;
}

/** Throws the error that the upstream answered with, which goes to the client as it came. */
export async function answerHanded(answer: HandedAnswer): Promise<Reply> {
  const { handed, target: { provider }, url, response, attempt, clock, redactor, options } = answer;
  const { status } = response;
  const headers = forwardedHeaders(
    response,
    { ...handed, url, ownHeaders: provider.answerHeaders },
    redactor.forHeader,
  );
  const source = withIdleTimeout(
    response.body,
    clock,
    options.idleTimeoutMs,
    (error) => attempt.abort(error),
  );
  const hasNoBody = handed.method === "HEAD" || [204, 205, 304].includes(status);
  if (status >= 400) {
    const error = { provider, response, headers, redactor, clock };
    const { maxErrorBytes } = options;
    throw await answeredError({ ...error, maxErrorBytes, source: hasNoBody ? undefined : source });
  }
  // Ended in the moment in which its answer began: nobody would tell the stream of it.
  attempt.throwIfAborted();
  if (hasNoBody) {
    response.body.cancel();
    attempt.release();
    const outcome = { kind: "complete", status, bytes: 0 } as const;
    const isHead = handed.method === "HEAD" && response.lengthBytes !== undefined;
    const body = isHead ? unsentBody(response.lengthBytes) : null;
    return { answer: { status, headers, body }, outcome: Promise.resolve(outcome) };
  }
  const settled = Promise.withResolvers<Outcome>();
  const along = readAlong(handed, headers.get("content-type"), redactor, options);
  const settle = (bytes: number, ending: AnswerEnding): void => {
    attempt.release();
    settled.resolve(outcomeOf(status, bytes, along, ending));
  };
  const { clientStallTimeoutMs } = options;
  const waitForClient = (): CancelTimer =>
    clock.schedule(
      clientStallTimeoutMs,
      () => attempt.abort(clientStalled(clientStallTimeoutMs)),
    );
  // What says how long it will be would look broken wherever it is ended early.
  const lengthBytes = along.isStream ? undefined : response.lengthBytes;
  const body = new ForwardedBody({ source, attempt, along, settle, waitForClient, lengthBytes });
  attempt.begin();
  return { answer: { status, headers, body }, outcome: settled.promise };
}

function outcomeOf(
  status: number,
  bytes: number,
  { usage, model }: AnswerReadAlong,
  { verdict: error, assumedEnd }: AnswerEnding,
): Outcome {
  return {
    kind: error === null ? "complete" : outcomeKindOf(error),
    status,
    bytes,
    ...(error !== null && { code: error.code, reason: error.message }),
    ...(error !== null && isRequestsFault(error) && { isRequestsFault: true }),
    ...(assumedEnd !== undefined && { assumedEnd }),
    ...(usage !== undefined && { usage }),
    ...(model !== undefined && { servedModel: model }),
  };
}
