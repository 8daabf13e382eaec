/** One request of a call to one target. */

import type { Call, Reply } from "../../../core/call.ts";
import { type GatewayError, toGatewayError } from "../../../core/gateway_error.ts";
import { isStreamed } from "../../../core/http/http.ts";
import type { Turn } from "../../../core/provider/pacing.ts";
import type { Target } from "../../../core/provider/provider.ts";
import type { BodyKeeper } from "../../../core/ledger/call_record.ts";
import { describeFailure } from "../../../core/provider/provider_watch.ts";
import type {
  HeaderList,
  ProviderRequest,
  ProviderResponse,
} from "../../../core/provider/transport.ts";
import type { Redactor } from "../../../core/text/redactor.ts";
import { readProviderRequestId } from "../../relay/provider_request_id.ts";
import type { Attempt } from "../attempt.ts";
import { clientsCredentials } from "../keys/clients_credentials.ts";
import type { KeyTries } from "../keys/key_tries.ts";
import { type AttemptCharge, reserveCharge } from "./attempt_charge.ts";
import type { DescribedCall, SendParts } from "./described_call.ts";
import { explainRefusedKey } from "../keys/refused_key.ts";

export interface Sending {
  readonly parts: SendParts;
  readonly call: Call;
  readonly target: Target;
  readonly described: DescribedCall;
  readonly attempt: Attempt;
  readonly keys: KeyTries;
  readonly turn: Turn | undefined;
}

/** Throws `GatewayError` for every failure before any output. */
export async function sendOnce(sending: Sending): Promise<Reply> {
  const { call, target, described, attempt, keys, turn } = sending;
  const { transport, redactor, watchAttempt, clock } = sending.parts;
  const { provider } = target;
  // What is not sent takes up no room.
  if (attempt.signal.aborted) turn?.failed(toGatewayError(attempt.signal.reason));
  attempt.throwIfAborted();
  const { trace } = call;
  const reserving = reserveMoney(sending);
  const charge = reserving instanceof Promise ? await reserving : reserving;
  trace.attempts += 1;
  trace.key = keys.shownName;
  const watched = watchAttempt?.(call, target, trace.key);
  const sentMs = charge?.sentMs ?? clock.nowMs();
  noteOverhead(call, sentMs);
  let response: ProviderResponse | undefined;
  try {
    const outgoing = withHeaders(
      { ...described.request(), onResend: () => trace.attempts += 1 },
      [...watched?.headers ?? [], ...clientsCredentials(call, target)],
    );
    if (trace.bodies !== undefined) keepForwarded(trace.bodies, outgoing);
    const sending = transport(keys.authorize(outgoing), attempt.signal);
    letGoOfBody(call);
    response = await sending;
    turn?.answered(response.status, response.headers);
    if (charge !== undefined) {
      charge.status = response.status;
      // Only the first calls of a process find them on their way; streams are priced at their end.
      const { loading } = charge.prices;
      if (loading !== undefined && (!call.wantsStream || call.tellsCost === true)) await loading;
    }
    const answering = described.answer(response, attempt, sentMs);
    const reply = answering instanceof Promise ? await answering : answering;
    watched?.answered(reply.outcome);
    charge?.answered(isStreamed(reply.answer.body), reply.outcome);
    noteRequestId(call, response, redactor);
    return reply;
  } catch (thrown) {
    response?.body.cancel();
    const error = explainRefusedKey(toGatewayError(thrown), provider);
    turn?.failed(error);
    const reason = toGatewayError(attempt.signal.reason ?? error);
    watched?.failed(reason);
    charge?.failed(reason);
    // What was given up for another attempt, or by its client, did not fail.
    if (isFailure(reason)) {
      trace.lastFailure = describeFailure(provider, reason);
      noteRequestId(call, response, redactor);
    }
    throw error;
  }
}

/** What it may cost, where money is counted. A request that may not be paid for is not sent. */
function reserveMoney(
  { parts, call, target, described, attempt, keys, turn }: Sending,
): AttemptCharge | Promise<AttemptCharge> | undefined {
  const { spending, clock } = parts;
  if (spending === undefined) return undefined;
  const key = keys.shownName;
  const { usageBefore } = described;
  const charging = reserveCharge({ spending, call, target, attempt, key, clock, usageBefore });
  if (!(charging instanceof Promise)) return charging;
  return charging.catch((thrown) => {
    const error = toGatewayError(thrown);
    turn?.failed(error);
    throw error;
  });
}

/** Unless its answer says things of the request again. */
function letGoOfBody({ body, formats: { answer } }: Call): void {
  if (answer.fitWhole === undefined && answer.echoesRequest !== true) body.letGo();
}

function keepForwarded(bodies: BodyKeeper, { body }: ProviderRequest): void {
  if (body instanceof Uint8Array) bodies.forwarded(body);
}

function isFailure({ kind }: GatewayError): boolean {
  return kind.startsWith("upstream_");
}

function noteRequestId(
  { trace }: Call,
  response: ProviderResponse | undefined,
  { forHeader }: Redactor,
): void {
  const id = response && readProviderRequestId(response.headers, forHeader);
  if (id !== undefined) trace.upstreamRequestId = id;
}

/** Only the first request counts: what comes later has waited for others. */
function noteOverhead({ arrivedMs, readMs = arrivedMs, trace }: Call, sentMs: number): void {
  trace.overheadMs ??= sentMs - readMs - (trace.queuedMs ?? 0) - (trace.pacedMs ?? 0);
}

function withHeaders(request: ProviderRequest, added: HeaderList = []): ProviderRequest {
  return added.length === 0 ? request : { ...request, headers: [...request.headers, ...added] };
}
