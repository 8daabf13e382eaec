/**
 * The one error class of the gateway and the closed set of failures it knows.
 *
 * @module
 */

/** What each kind of failure means to the client, to the fallback logic and to the log. */
export const ERROR_KINDS = {
  invalid_request: { status: 400, type: "invalid_request_error", retryable: false },
  unauthenticated: { status: 401, type: "invalid_request_error", retryable: false },
  /** The key may not do this. */
  forbidden: { status: 403, type: "permission_error", retryable: false },
  not_found: { status: 404, type: "invalid_request_error", retryable: false },
  method_not_allowed: { status: 405, type: "invalid_request_error", retryable: false },
  request_timeout: { status: 408, type: "invalid_request_error", retryable: false },
  body_too_large: { status: 413, type: "invalid_request_error", retryable: false },
  unsupported_media_type: { status: 415, type: "invalid_request_error", retryable: false },
  /** A budget has no room for it. */
  budget_exceeded: { status: 402, type: "insufficient_quota", retryable: false },
  rate_limited: { status: 429, type: "rate_limit_error", retryable: false },
  client_closed: { status: 499, type: "invalid_request_error", retryable: false },
  internal: { status: 500, type: "server_error", retryable: false },
  /** The upstream answered with an error; status, code and body are its own. */
  upstream_error: { status: 502, type: "upstream_error", retryable: true },
  /** The upstream does not accept the key that Weir has for it. */
  upstream_auth_failed: { status: 502, type: "upstream_error", retryable: false },
  /** No connection to the upstream: name, route, TLS or refusal. Nothing was sent. */
  upstream_unreachable: { status: 502, type: "upstream_error", retryable: true },
  /** The upstream's answer breaks its protocol or a bound of ours. */
  upstream_invalid_response: { status: 502, type: "upstream_error", retryable: true },
  /** The upstream's answer ended before it was whole. */
  upstream_truncated: { status: 502, type: "upstream_error", retryable: true },
  upstream_timeout: { status: 504, type: "upstream_error", retryable: true },
  /** As many calls run and wait as may. */
  overloaded: { status: 503, type: "server_error", retryable: false },
  shutting_down: { status: 503, type: "server_error", retryable: true },
} as const satisfies Record<string, { status: number; type: string; retryable: boolean }>;

export type ErrorKind = keyof typeof ERROR_KINDS;

/** Who must do what about a failure that says only what has happened. */
const ACTIONS: Readonly<Partial<Record<ErrorKind, string>>> = {
  upstream_error: "try again, and if it stays so, ask whoever runs this gateway",
  upstream_unreachable: "whoever runs this gateway finds in its log what to set",
  upstream_invalid_response: "try again; whoever runs this gateway finds more in its log",
  upstream_truncated: "send the request again",
  upstream_timeout: "try again, or ask for a shorter answer",
};
/** Weir's own words, and not a provider's, which say what it wants. */
const OWN_WORDS = /^The (upstream|provider)\b/;

/** In place of a format's name: an answer of whatever form, for a client that gets all as it comes. */
export const HANDED_THROUGH = "handed_through";

/** An upstream's error answer, kept so that it can be handed on as it came. */
export interface ProviderAnswer {
  readonly status: number;
  /** Headers that may cross to the client, names in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Name of the error format that the body is in, or `HANDED_THROUGH`. */
  readonly format: string;
  readonly body: Uint8Array<ArrayBuffer>;
}

export interface GatewayErrorOptions {
  /** Status to answer with where it differs from the kind's own, as with an upstream's error. */
  readonly status?: number;
  /** Status that the upstream answered with, where the client gets another. */
  readonly upstreamStatus?: number;
  /** Status that the upstream's words stand for, whatever it answered with. */
  readonly wordsStatus?: number;
  /** The upstream may charge for what failed: see `UpstreamFault`. */
  readonly mayBePaid?: boolean;
  /** Stable machine-readable code; the kind's name by default. */
  readonly code?: string;
  /** OpenAI's `type` where it differs from the kind's own. */
  readonly type?: string;
  /** The request field at fault, as a dotted path. */
  readonly param?: string;
  readonly retryAfterMs?: number;
  /** When the budget begins anew, in milliseconds since the Unix epoch. */
  readonly renewsAtMs?: number;
  /** The upstream's own word on whether to try again (`x-should-retry`). */
  readonly shouldRetry?: boolean;
  /** Methods for the `Allow` header of a 405. */
  readonly allow?: readonly string[];
  readonly answer?: ProviderAnswer;
  readonly cause?: unknown;
}

/**
 * A failed call. Surfaces turn it into a response in the client's format.
 *
 * The message is a sentence for the client: it says what to do and never carries a key, a
 * prompt or an upstream's address.
 */
export class GatewayError extends Error {
  override readonly name = "GatewayError";
  readonly kind: ErrorKind;
  readonly status: number;
  readonly upstreamStatus: number | undefined;
  readonly wordsStatus: number | undefined;
  readonly mayBePaid: boolean;
  readonly type: string;
  readonly code: string;
  readonly param: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly renewsAtMs: number | undefined;
  readonly shouldRetry: boolean | undefined;
  readonly allow: readonly string[] | undefined;
  readonly answer: ProviderAnswer | undefined;

  constructor(kind: ErrorKind, message: string, options: GatewayErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.kind = kind;
    this.status = options.status ?? ERROR_KINDS[kind].status;
    this.upstreamStatus = options.upstreamStatus;
    this.wordsStatus = options.wordsStatus;
    this.mayBePaid = options.mayBePaid ?? false;
    this.type = options.type ?? ERROR_KINDS[kind].type;
    this.code = options.code ?? kind;
    this.param = options.param;
    this.retryAfterMs = options.retryAfterMs;
    this.renewsAtMs = options.renewsAtMs;
    this.shouldRetry = options.shouldRetry;
    this.allow = options.allow;
    this.answer = options.answer;
  }
}

/** What a client is told: the message, and who must do what about it where that does not say so. */
export function toldOf({ kind, message }: Pick<GatewayError, "kind" | "message">): string {
  const action = ACTIONS[kind];
  const isComplete = action === undefined || message.includes(";") || !OWN_WORDS.test(message);
  return isComplete ? message : `${message}; ${action}`;
}

/** Makes a `GatewayError` of anything thrown; what is not one is a bug and becomes `internal`. */
export function toGatewayError(thrown: unknown): GatewayError {
  if (thrown instanceof GatewayError) return thrown;
  return new GatewayError("internal", "Internal error; see the log of this request", {
    cause: thrown,
  });
}

/** The client left before its answer was complete. */
export function clientGone(cause?: unknown): GatewayError {
  return new GatewayError("client_closed", "The client closed the connection", { cause });
}
