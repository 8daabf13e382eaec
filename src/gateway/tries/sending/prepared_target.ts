/** A call as one target is to be sent it, translated once for all tries. */

import type { FormatName } from "../../../core/chat/chat.ts";
import type { Call, HandThrough, Reply } from "../../../core/call.ts";
import { GatewayError, toGatewayError } from "../../../core/gateway_error.ts";
import type { Turn } from "../../../core/provider/pacing.ts";
import type { Target } from "../../../core/provider/provider.ts";
import { answerHanded } from "../../hand_through/answer_handed.ts";
import { answerSocket } from "../../hand_through/answer_socket.ts";
import { handedRequest } from "../../hand_through/handed_request.ts";
import { answer } from "../../relay/answer.ts";
import type { Attempt } from "../attempt.ts";
import { clientsCredentials, redactorWithout } from "../keys/clients_credentials.ts";
import { chooseFormat } from "./choose_format.ts";
import { forwardBody } from "./forward_body.ts";
import { type FailedCall, INVALID_CALL } from "../../emulated_tools/emulated_tools.ts";
import type { RelayOptions } from "../../options.ts";
import type { KeyTries } from "../keys/key_tries.ts";
import { sendOnce } from "./send_once.ts";
import { isSealRefused } from "./seals.ts";
import { takeNextKeysTurn, type TurnParts } from "../take_turn.ts";
import { isUnknownAddress } from "./unspoken_formats.ts";
import type { DescribedCall, SendParts } from "./described_call.ts";

export interface PreparedTarget {
  readonly target: Target;
  /**
   * As it was last described. No accessor: one in a literal has a hidden class of its own, made in the old
   * generation, where it keeps the call with its body until the whole heap is collected.
   */
  readonly warnings: () => readonly string[];
  /** Sends it once. Throws `GatewayError` for every failure before any output. */
  readonly send: (attempt: Attempt, keys: KeyTries, turn: Turn | undefined) => Promise<Reply>;
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
export function prepareTarget(
  given: SendParts & TurnParts,
  call: Call,
  target: Target,
): PreparedTarget {
  const own = clientsCredentials(call, target);
  const parts = own.length === 0
    ? given
    : { ...given, redactor: redactorWithout(given.redactor, own) };
  const refusal = call.refusalOf?.(target);
  if (refusal !== undefined) throw refusal;
  let described = call.handThrough === undefined
    ? describeCall(parts, call, target)
    : describeHanded(parts, call, call.handThrough, target);
  const send: PreparedTarget["send"] = async (attempt, keys, firstTurn) => {
    let firstError: GatewayError | undefined;
    let turn = firstTurn;
    while (true) {
      try {
        const reply = await sendOnce({ parts, call, target, described, attempt, keys, turn });
        keys.answered();
        described.known?.();
        return reply;
      } catch (thrown) {
        const error = toGatewayError(thrown);
        if (keys.failed(error) && call.handThrough?.body.isGone !== true) {
          const next = takeNextKeysTurn(given, call, target, keys);
          if (next === "held") throw error;
          turn = next;
          continue;
        }
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
    warnings: () => [...target.warnings ?? [], ...described.warnings],
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
  const { redactor, clock, unspoken } = parts;
  const { provider } = target;
  const options = relayOptionsOf(parts, target);
  const { denied, unseal } = how;
  const formats = provider.formatsOf?.(target.model) ?? provider.formats;
  const { request: own, answer: told } = call.formats;
  // Of a count that its clients have no words for nothing could be made.
  const isLost = (name: FormatName) =>
    call.operation === "count_tokens" && told.encodeCount === undefined && name !== own.name;
  const choose = (without: (name: FormatName) => boolean) =>
    chooseFormat(formats, call.operation, own.name, (name) => isLost(name) || without(name));
  const unfit = provider.unfitFormats?.(call.body.json) ?? [];
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
  const prices = parts.spending?.prices;
  const sent = { call, target, format, forwarded, clock, redactor, options, prices };
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
    usageBefore: how.failedCall?.usage,
    known: () => denied.forEach((name) => unspoken.note(provider, name)),
  };
}

function relayOptionsOf({ relay }: SendParts, { provider: { relayTimes } }: Target): RelayOptions {
  return relayTimes === undefined ? relay : { ...relay, ...relayTimes };
}

/** As it came. */
function describeHanded(
  parts: SendParts,
  call: Call,
  handed: HandThrough,
  target: Target,
): DescribedCall {
  const { redactor, clock } = parts;
  const options = relayOptionsOf(parts, target);
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
    answer: (response, attempt) => {
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
