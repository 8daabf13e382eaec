/** A call as one target is to be sent it, translated once for all tries. */

import type { FormatName } from "../../core/chat.ts";
import type { WatchAttempt } from "../../core/provider/attempt_watch.ts";
import type { Call, HandThrough, Reply } from "../../core/call.ts";
import type { Clock } from "../../core/clock.ts";
import { GatewayError, toGatewayError } from "../../core/gateway_error.ts";
import type { Redactor } from "../../core/text/redactor.ts";
import type {
  HeaderList,
  ProviderRequest,
  ProviderResponse,
  Transport,
} from "../../core/provider/transport.ts";
import type { Turn } from "../../core/provider/pacing.ts";
import type { Target } from "../../core/provider/provider.ts";
import { describeFailure } from "../../core/provider/provider_watch.ts";
import { answerHanded } from "../hand_through/answer_handed.ts";
import { answerSocket } from "../hand_through/answer_socket.ts";
import { handedRequest } from "../hand_through/handed_request.ts";
import { answer } from "../relay/answer.ts";
import type { Attempt } from "./attempt.ts";
import { chooseFormat } from "./choose_format.ts";
import { forwardBody } from "./forward_body.ts";
import { type FailedCall, INVALID_CALL } from "../emulated_tools/emulated_tools.ts";
import type { RelayOptions } from "../options.ts";
import { explainRefusedKey } from "./refused_key.ts";
import { isSealRefused } from "./seals.ts";
import { isUnknownAddress, type UnspokenFormats } from "./unspoken_formats.ts";
import { readProviderRequestId } from "../relay/provider_request_id.ts";

export interface PreparedTarget {
  readonly target: Target;
  readonly warnings: readonly string[];
  /** Sends it once. Throws `GatewayError` for every failure before any output. */
  readonly send: (attempt: Attempt, turn: Turn | undefined) => Promise<Reply>;
}

export interface SendParts {
  readonly transport: Transport;
  readonly relay: RelayOptions;
  readonly redactor: Redactor;
  /** Told of every request; `undefined` where nobody listens. */
  readonly watchAttempt: WatchAttempt | undefined;
  readonly clock: Clock;
  readonly unspoken: UnspokenFormats;
}

/** A call in the words of one target. */
interface DescribedCall {
  /** Made anew for each try. */
  readonly request: () => ProviderRequest;
  readonly warnings: readonly string[];
  readonly answer: (
    response: ProviderResponse,
    attempt: Attempt,
    sentMs: number,
  ) => Promise<Reply>;
  /** As it may be taken after it was refused in this way; `undefined` where there is no other. */
  readonly otherwise?: (error: GatewayError) => DescribedCall | undefined;
  /** The target has this address. */
  readonly known?: () => void;
  readonly isUnsealed?: boolean;
}

/** What is known of how the target is to be asked. */
interface HowToAsk {
  /** Formats whose addresses it does not have. */
  readonly denied: readonly FormatName[];
  /** What is left out of what is sealed of earlier reasoning. */
  readonly unseal: "foreign" | "all";
  /** A tool call of the model that was none, which it is asked for again. */
  readonly failedCall?: FailedCall | undefined;
}

const AT_FIRST: HowToAsk = { denied: [], unseal: "foreign" };

/** Throws `not_found` or `invalid_request` where the target does not take such a call. */
export function prepareTarget(parts: SendParts, call: Call, target: Target): PreparedTarget {
  const { transport, redactor, watchAttempt, clock } = parts;
  const { provider } = target;
  const refusal = call.refusalOf?.(target);
  if (refusal !== undefined) throw refusal;
  let described = call.handThrough === undefined
    ? describeCall(parts, call, target)
    : describeHanded(parts, call, call.handThrough, target);
  const sendOnce = async (attempt: Attempt, turn: Turn | undefined): Promise<Reply> => {
    attempt.throwIfAborted();
    const { trace } = call;
    trace.attempts += 1;
    const watched = watchAttempt?.(call, target);
    const sentMs = clock.nowMs();
    noteOverhead(call, sentMs);
    let response: ProviderResponse | undefined;
    try {
      const outgoing = withHeaders(
        { ...described.request(), onResend: () => trace.attempts += 1 },
        watched?.headers,
      );
      response = await transport(outgoing, attempt.signal);
      turn?.answered(response.status, response.headers);
      const reply = await described.answer(response, attempt, sentMs);
      watched?.answered(reply.outcome);
      noteRequestId(call, response, redactor);
      return reply;
    } catch (thrown) {
      response?.body.cancel();
      const error = explainRefusedKey(toGatewayError(thrown), provider);
      turn?.failed(error);
      const reason = toGatewayError(attempt.signal.reason ?? error);
      watched?.failed(reason);
      // What was given up for another attempt, or by its client, did not fail.
      if (isFailure(reason)) {
        trace.lastFailure = describeFailure(provider, reason);
        noteRequestId(call, response, redactor);
      }
      throw error;
    }
  };
  const send: PreparedTarget["send"] = async (attempt, turn) => {
    let firstError: GatewayError | undefined;
    while (true) {
      try {
        const reply = await sendOnce(attempt, turn);
        described.known?.();
        return reply;
      } catch (thrown) {
        const error = toGatewayError(thrown);
        const isUnknown = isUnknownAddress(error);
        if (error.kind === "upstream_error" && !isUnknown) described.known?.();
        const other = described.otherwise?.(error);
        if (other === undefined) throw isUnknown ? firstError ?? error : error;
        firstError ??= error;
        described = other;
      }
    }
  };
  return {
    target,
    get warnings() {
      return [...target.warnings ?? [], ...described.warnings];
    },
    send,
  };
}

/** In the format that the target is asked in: the best that it has, and that it has not denied. */
function describeCall(
  parts: SendParts,
  call: Call,
  target: Target,
  how: HowToAsk = AT_FIRST,
): DescribedCall {
  const { relay: options, redactor, clock, unspoken } = parts;
  const { provider } = target;
  const { denied, unseal } = how;
  const formats = provider.formatsOf?.(target.model) ?? provider.formats;
  const { request: own, answer: told } = call.formats;
  // Of a count that its clients have no words for nothing could be made.
  const isLost = (name: FormatName) =>
    call.operation === "count_tokens" && told.encodeCount === undefined && name !== own.name;
  const choose = (without: (name: FormatName) => boolean) =>
    chooseFormat(formats, call.operation, own.name, (name) => isLost(name) || without(name));
  const unfit = provider.unfitFormats?.(call.body) ?? [];
  const isDenied = (name: FormatName) => denied.includes(name) || unfit.includes(name);
  const format = choose((name) => isDenied(name) || unspoken.has(provider, name)) ??
    choose(isDenied);
  if (format === undefined) throw unsupported(call, target);
  let failedCall: FailedCall | undefined;
  const forwarded = forwardBody(call, target, format, {
    ...how,
    streamUsage: options.streamUsage,
    noteFailedCall: (failed) => failedCall = failed,
  });
  const native = format.name === call.formats.request.name ? call.native : undefined;
  const request = provider.prepare({
    id: call.id,
    operation: call.operation,
    model: target.model,
    wantsStream: call.wantsStream,
    format,
    headers: native === undefined ? call.headers : [...call.headers, ...native.headers],
    query: native?.query,
    body: forwarded.bytes,
  });
  const sent = { call, target, format, forwarded, clock, redactor, options };
  return {
    request: () => request,
    warnings: forwarded.warnings,
    answer: (framed, attempt, sentMs) => {
      const response = format.unwrap?.(framed, options) ?? framed;
      return answer({ ...sent, response, attempt, sentMs });
    },
    otherwise: (error) => {
      if (isUnknownAddress(error)) {
        const all = [...denied, format.name];
        const other = choose((name) => all.includes(name) || unfit.includes(name));
        return other && describeCall(parts, call, target, { ...how, denied: all });
      }
      if (failedCall !== undefined && error.code === INVALID_CALL) {
        return describeCall(parts, call, target, { ...how, failedCall });
      }
      if (unseal === "all" || !isSealRefused(error)) return undefined;
      const unsealed = describeCall(parts, call, target, { ...how, unseal: "all" });
      return unsealed.isUnsealed === true ? unsealed : undefined;
    },
    isUnsealed: forwarded.isUnsealed,
    known: () => denied.forEach((name) => unspoken.note(provider, name)),
  };
}

/** As it came. */
function describeHanded(
  { relay: options, redactor, clock }: SendParts,
  call: Call,
  handed: HandThrough,
  target: Target,
): DescribedCall {
  const described = handedRequest(call, handed, target);
  const { body } = handed;
  const { socket } = handed;
  return {
    request: () => {
      if (socket !== undefined) return { ...described, webSocket: socket.wish };
      const opened = body.open(target.model);
      return { ...described, ...(opened !== undefined && { body: opened }) };
    },
    warnings: handed.warnings,
    // deno-lint-ignore require-await -- What it throws is to be a rejection.
    answer: async (response, attempt) => {
      if (socket !== undefined && response.webSocket !== undefined) {
        return answerSocket(handed, socket, response, response.webSocket, attempt);
      }
      return answerHanded({
        call,
        handed,
        target,
        url: described.url,
        response,
        attempt,
        clock,
        redactor,
        options,
      });
    },
  };
}

/** Code of a call that a target has no format for. */
const UNSUPPORTED = "unsupported_operation";

function unsupported({ operation }: Call, { provider: { name } }: Target): GatewayError {
  const message = operation === "count_tokens"
    ? `The upstream "${name}" cannot count tokens; estimate them instead`
    : operation === "compact"
    ? `The upstream "${name}" cannot compact a conversation; ask for a summary of it instead`
    : `The upstream "${name}" has no ${operation}; choose a model of another one`;
  return new GatewayError("not_found", message, { code: UNSUPPORTED, param: "model" });
}

/** Whether a target failed for not having the operation at all. */
export function isUnsupported(error: GatewayError): boolean {
  return error.code === UNSUPPORTED || isUnknownAddress(error);
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
