/**
 * One client request and its answer, as the layers between surface and upstream see them.
 *
 * @module
 */

import type { ClientFormats, HandedFormat, KeptAnswer } from "./format.ts";
import type { GatewayError } from "./gateway_error.ts";
import type { GuardFinding, OpenEventGuard } from "./guard.ts";
import type { HttpAnswer, WebSocketUpgrade } from "./http/http.ts";
import type { AttemptRecord, BodyKeeper, Cost } from "./ledger/call_record.ts";
import type { JsonObject } from "./text/json.ts";
import type { Outcome } from "./outcome.ts";
import type { ParsedBody } from "./http/parsed_body.ts";
import type { Principal } from "./principal.ts";
import type { Signal } from "./http/signal.ts";
import type { HeaderList, StreamedBody, WebSocketWish } from "./provider/transport.ts";
import type { Operation, Provider, Target } from "./provider/provider.ts";

/** What became known of a call on its way, for the log and for headers of the answer; filled in as it goes. */
export interface CallTrace {
  upstream: string | undefined;
  /** Requests sent upstream, those that a stale connection made necessary included. */
  attempts: number;
  /** Name of the key that the last request carried, where its upstream has several. */
  key?: string | undefined;
  /** The upstream's own name for the last request that it answered. */
  upstreamRequestId?: string;
  /** What the last request that came to nothing failed for, and where. */
  lastFailure?: string;
  /** Waited for a slot. */
  queuedMs?: number;
  /** Waited for a turn at a target, by what its provider says of its limits. */
  pacedMs?: number;
  /**
   * From when the request had arrived whole to when the first request for it was handed to the transport,
   * but for the wait for a slot.
   */
  overheadMs?: number;
  /** Of its trace, where traces are on. */
  traceId?: string;
  /** What of the request the upstream does not take, or why it may be the wrong one, a sentence each. */
  warnings: readonly string[];
  /** Headers of the answer that policies of the call add, such as the state of a limit. */
  headers?: readonly (readonly [name: string, value: string])[];
  /** The first requests to providers that are over, `MAX_ATTEMPTS_KEPT` of them. */
  tries?: readonly AttemptRecord[];
  /** What all of them cost; absent where there was none. */
  cost?: Cost;
  /** Set while the prices of some are still being loaded. */
  pricing?: Promise<void>;
  /** What the ledger sums the call up by besides, where the request or its key says something. */
  tags?: Readonly<Record<string, string>>;
  /** Whether its answer was one that had been kept, where one was looked for. */
  cache?: "hit" | "miss";
  /** What an answer that had been kept has saved; dollars are `null` where nobody knows. */
  saved?: {
    readonly usd: number | null;
    readonly inputTokens: number;
    readonly outputTokens: number;
  };
  /** What guards have found in it, so far. */
  guards?: readonly GuardFinding[];
  /** Told when its stream has its first content, where somebody watches. */
  onFirstContent?: () => void;
  /** Takes its bodies, where they are kept. */
  bodies?: BodyKeeper;
  /** Targets that failed before another was tried, as `upstream/model status code`. */
  failedTargets?: readonly string[];
}

/** What becomes of answers that may be given again; `dropped` are those that gave way to others. */
export type CacheResult = "hit" | "miss" | "kept" | "dropped";

/** What only a format's own API knows the meaning of. */
export interface NativeParts {
  readonly headers: HeaderList;
  /** As it was sent, with its question mark and without credentials; empty where there is none. */
  readonly query: string;
}

/** A body that is handed through: held whole where it is small, else its beginning and the rest as it comes. */
export interface HandedBody {
  /** A part that cannot be had again has begun to leave, so that nothing more can be tried. */
  readonly isGone: boolean;
  /** What is sent to a target that has the model under this name; `undefined` where there is no body. */
  open(model: string): Uint8Array<ArrayBuffer> | StreamedBody | undefined;
}

/** A client that asks for a WebSocket of a provider. */
export interface HandedSocket {
  readonly wish: WebSocketWish;
  /** Makes one of the client's connection. Throws `GatewayError` where it cannot have one. */
  readonly accept: (protocol: string | undefined) => WebSocketUpgrade;
  /** Told of the two that have been put together, until their end. */
  readonly opened: (relay: StoppableRelay, ended: Promise<unknown>) => void;
}

export interface StoppableRelay {
  /** Ends as soon as nothing is being answered. */
  stop(): void;
}

/** A request that goes to its provider as it came, but for its address, its headers and the name of its model. */
export interface HandThrough {
  readonly method: string;
  /** As the client asked for it, without the query. */
  readonly path: string;
  /** Path below the API's base, beginning with a slash, and the query; checked and encoded. */
  readonly pathAndQuery: string;
  /** The path lies at the provider's origin, beside its API instead of below it. */
  readonly isAtOrigin: boolean;
  /** Path below which the client finds the API, for addresses in the answer. */
  readonly clientBase: string;
  readonly body: HandedBody;
  /** Who takes what names no model, or one that no list has. */
  readonly defaultProvider: Provider;
  /** What is asked for is known to be the caller's, whatever models its key may call. */
  readonly isCallersOwn?: boolean;
  /** Why that may be the wrong one, a sentence each. */
  readonly warnings: readonly string[];
  readonly answer: HandedFormat;
  /** Where a WebSocket is asked for. */
  readonly socket?: HandedSocket;
}

/** An answer of Weir's to what no target can answer, and that it is one. */
export interface OwnAnswer {
  readonly body: JsonObject;
  readonly headers: HeaderList;
  readonly warning: string;
}

/** One request to a model, read just far enough to be admitted and routed. */
export interface Call {
  readonly id: string;
  readonly operation: Operation;
  readonly principal: Principal;
  /** Whose limits it counts against: one name for each key, and for each address without one. */
  readonly account: string;
  /** Name of the surface it came through, for the log. */
  readonly surface: string;
  /** What the client speaks. */
  readonly formats: ClientFormats;
  /** Empty where a request that is handed through names none. */
  readonly model: string;
  readonly wantsStream: boolean;
  /** Unknown fields and all. */
  readonly body: ParsedBody;
  /** The same as it came, so that it can be forwarded byte for byte. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The client's headers that may cross to the upstream; credentials are never among them. */
  readonly headers: HeaderList;
  /** What crosses beside these to an upstream that speaks the request's own format, and to no other. */
  readonly native?: NativeParts;
  /** What the client's headers name as its session, where they name one. */
  readonly session?: string | undefined;
  /** Of the operation `hand_through`, and of no other; `body` and `bytes` are then for estimates alone. */
  readonly handThrough?: HandThrough;
  /** Aborts when the client leaves before the answer has begun. */
  readonly signal: Signal;
  /** Looks at its answer, of each try anew. */
  readonly guardAnswer?: OpenEventGuard;
  /** What its client says of answers that were kept, as it came. */
  readonly cacheWish?: string;
  /** `Clock.nowMs` at arrival. */
  readonly arrivedMs: number;
  /** `Clock.nowMs` when its body had arrived, where that came after its head. */
  readonly readMs?: number;
  /** Its client looks for what it cost in the usage of its answer. */
  readonly tellsCost?: boolean;
  /** Where the answer is kept, if Weir writes it itself. */
  readonly kept?: KeptAnswer;
  /** Why a target may not serve it, such as what it refers to being another provider's. */
  readonly refusalOf?: (target: Target) => GatewayError | undefined;
  /** What is answered where no target has the operation at all; absent where such a call is refused. */
  readonly ownAnswer?: () => OwnAnswer;
  /** Time allowed for a whole answer, or for the first content of a stream, within the total timeout. */
  readonly timeoutMs?: number;
  readonly trace: CallTrace;
}

/** What is kept of a call until it is over: not its body, which may be large, and a stream long. */
export type FinishedCall =
  & Pick<
    Call,
    "id" | "operation" | "principal" | "surface" | "model" | "wantsStream" | "arrivedMs" | "trace"
  >
  & {
    /** Of what was handed through. */
    readonly method?: string;
    readonly path?: string;
  };

export function finishedCall(call: Call): FinishedCall {
  const { id, operation, principal, surface, model, wantsStream, arrivedMs, trace } = call;
  const finished = { id, operation, principal, surface, model, wantsStream, arrivedMs, trace };
  if (call.handThrough === undefined) return finished;
  const { method, path } = call.handThrough;
  return { ...finished, method, path };
}

/** A call that is over, as it is kept. */
export interface EndedCall {
  readonly call: FinishedCall;
  readonly outcome: Outcome;
  /** Milliseconds since the Unix epoch. */
  readonly endedMs: number;
}

export interface Reply {
  readonly answer: HttpAnswer;
  /** Settles once, when the last byte is written or the call failed; never rejects. */
  readonly outcome: Promise<Outcome>;
}

/** What was taken of a limit for a call, until it is known what the call has cost. */
export interface Reservation {
  /** To be called once, with how the call ended. */
  readonly settle: (outcome: Outcome) => void;
}

/** The trace of a call. */
export interface CallSpan {
  /** Does something as a part of it: its span is the parent of all that happens. */
  readonly run: <T>(action: () => T) => T;
  readonly end: (outcome: Outcome) => void;
}

/** Answers a call. Throws `GatewayError` where no answer has begun. */
export type Exchange = (call: Call) => Promise<Reply>;
