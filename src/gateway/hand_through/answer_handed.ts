/**
 * The answer to what was handed through: its bytes pass as they come, whatever they are, and are read along for
 * what they tell.
 *
 * @module
 */

import { isRequestsFault } from "../../core/blame.ts";
import type { Call, HandThrough, Reply } from "../../core/call.ts";
import type { CancelTimer, Clock } from "../../core/clock.ts";
import { clientGone, GatewayError, toGatewayError } from "../../core/gateway_error.ts";
import { type Outcome, outcomeKindOf } from "../../core/outcome.ts";
import type { Target } from "../../core/provider.ts";
import type { Redactor } from "../../core/redactor.ts";
import type { ByteSource, ProviderResponse } from "../../core/transport.ts";
import type { RelayOptions } from "../options.ts";
import { withIdleTimeout } from "../relay/idle_source.ts";
import { clientStalled } from "../relay/overdue.ts";
import { type AnswerEnding, assumedEndOf } from "../relay/verdict.ts";
import type { Attempt } from "../tries/attempt.ts";
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
  attempt.signal.throwIfAborted();
  if (hasNoBody) {
    response.body.cancel();
    attempt.release();
    const outcome = { kind: "complete", status, bytes: 0 } as const;
    return {
      response: new Response(null, { status, headers }),
      outcome: Promise.resolve(outcome),
    };
  }
  const settled = Promise.withResolvers<Outcome>();
  const along = readAlong(handed, headers.get("content-type"), redactor, options);
  // What says how long it will be would look broken wherever it is ended early.
  if (along.isStream) headers.delete("content-length");
  const settle = (bytes: number, ending: AnswerEnding): void => {
    attempt.release();
    settled.resolve(outcomeOf(status, bytes, along, ending));
  };
  const stream = relayBytes(source, answer, along, settle);
  attempt.begin();
  return { response: new Response(stream, { status, headers }), outcome: settled.promise };
}

/** A read is never empty, so that one read is one chunk; a body that breaks off ends as a broken one. */
function relayBytes(
  source: ByteSource,
  { attempt, clock, options: { clientStallTimeoutMs } }: HandedAnswer,
  along: AnswerReadAlong,
  settleAs: (bytes: number, ending: AnswerEnding) => void,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const waitForClient = (): CancelTimer =>
    clock.schedule(
      clientStallTimeoutMs,
      () => attempt.abort(clientStalled(clientStallTimeoutMs)),
    );
  let sentBytes = 0;
  let cancelWait = waitForClient();
  const settle = (ending: AnswerEnding): void => {
    cancelWait();
    settleAs(sentBytes, ending);
  };
  const end = (controller: ReadableStreamDefaultController, error: GatewayError | null): void => {
    const verdict = along.judge(error);
    // An error that the upstream told has left already; what was cut off must not look whole.
    if (verdict === null || verdict.kind === "upstream_error") controller.close();
    else controller.error(verdict);
    const isAssumed = verdict === null && error !== null;
    settle({ verdict, ...(isAssumed && { assumedEnd: assumedEndOf(error) }) });
  };
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    start: (controller) => {
      // The client may be slow, and no read on its way to learn of it.
      attempt.onAbort = (reason) => end(controller, reason);
    },
    pull: async (controller) => {
      cancelWait();
      try {
        const bytes = await source.read();
        if (attempt.signal.aborted) return;
        if (bytes === null) return end(controller, null);
        along.push(bytes);
        controller.enqueue(bytes);
        sentBytes += bytes.length;
        cancelWait = waitForClient();
      } catch (thrown) {
        if (!attempt.signal.aborted) end(controller, toGatewayError(thrown));
      }
    },
    cancel: () => {
      attempt.onAbort = undefined;
      attempt.abort(clientGone());
      source.cancel();
      settle({ verdict: clientGone() });
    },
  }, { highWaterMark: 0 });
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
