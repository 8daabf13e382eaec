/**
 * What goes wrong between Weir and an upstream, in the words of `GatewayError`.
 *
 * No message names an address: it may be private, and a key can be part of it.
 *
 * @module
 */

import type { Signal } from "../core/http/signal.ts";
import { clientGone, GatewayError } from "../core/gateway_error.ts";

/** A failure to connect, by what the runtime says of it. */
interface ConnectFailure {
  readonly pattern: RegExp;
  /** What it means, for the one called the upstream here. */
  readonly message: string;
  /** It stays until somebody changes a setting or mends the other side: no repetition helps. */
  readonly isLasting: boolean;
}

const UNRESOLVED = "The upstream's name could not be resolved";

/** The first that fits. */
const CONNECT_FAILURES: readonly ConnectFailure[] = [
  { pattern: /refused/i, message: "The upstream refused the connection", isLasting: false },
  // The name's servers did not answer, so nobody knows whether there is such a name.
  {
    pattern: /temporary failure in name resolution|try again|EAI_AGAIN/i,
    message: UNRESOLVED,
    isLasting: false,
  },
  {
    pattern: /lookup address|getaddrinfo|dns error|not resolve|no address/i,
    message: UNRESOLVED,
    isLasting: true,
  },
  {
    pattern: /expired/i,
    message: "The upstream's TLS certificate is not valid: it has expired",
    isLasting: true,
  },
  {
    pattern: /NotValidForName|not valid for (any )?name/i,
    message: "The upstream's TLS certificate is not valid: it was issued for another name",
    isLasting: true,
  },
  {
    pattern: /UnknownIssuer/i,
    message: "The upstream's TLS certificate is not valid: its issuer is not trusted",
    isLasting: true,
  },
  {
    pattern: /certificate/i,
    message: "The upstream's TLS certificate is not valid",
    isLasting: true,
  },
  {
    pattern: /InvalidContentType|corrupt message|received fatal alert/i,
    message: "The upstream did not complete the TLS handshake",
    isLasting: true,
  },
  // The connection broke within it, as it does where a server is being started.
  {
    pattern: /tls|handshake|end of file/i,
    message: "The upstream did not complete the TLS handshake",
    isLasting: false,
  },
  { pattern: /unreachable/i, message: "There is no route to the upstream", isLasting: false },
];

/** The answer breaks HTTP or a bound; `detail` completes "The upstream's answer is not usable:". */
export function invalidResponse(detail: string, cause?: unknown): GatewayError {
  return new GatewayError(
    "upstream_invalid_response",
    `The upstream's answer is not usable: ${detail}`,
    { cause },
  );
}

/** The body is packed in a way that this transport does not undo. */
export function unknownContentEncoding(): GatewayError {
  return invalidResponse("it has a content encoding that was not asked for");
}

/** The body is not packed as its content encoding says. */
export function corruptBody(cause: unknown): GatewayError {
  return invalidResponse("its body is not in the content encoding it states", cause);
}

/** No connection to the upstream, or the proxy before it; the reason is read from what was thrown. */
export function connectFailure(thrown: unknown, peer = "upstream"): GatewayError {
  const text = textOf(thrown);
  const known = CONNECT_FAILURES.find(({ pattern }) => pattern.test(text));
  const message = known?.message ?? "The upstream cannot be reached";
  return new GatewayError("upstream_unreachable", message.replace("upstream", peer), {
    cause: withoutAddress(text),
    ...(known?.isLasting === true && { shouldRetry: false }),
  });
}

/** The connection went away before the answer's head was whole. */
export function closedBeforeHeaders(thrown?: unknown): GatewayError {
  return new GatewayError(
    "upstream_truncated",
    "The upstream closed the connection before it answered",
    { cause: thrown === undefined ? undefined : withoutAddress(textOf(thrown)) },
  );
}

/** The connection went away before the answer's body was whole. */
export function closedWithinBody(thrown?: unknown): GatewayError {
  return new GatewayError(
    "upstream_truncated",
    "The upstream closed the connection before its answer was complete",
    { cause: thrown === undefined ? undefined : withoutAddress(textOf(thrown)) },
  );
}

/** The upstream was silent for too long. */
export function timedOut(what: string, timeoutMs: number): GatewayError {
  return new GatewayError("upstream_timeout", `The upstream ${what} within ${timeoutMs} ms`);
}

/** Why a call was aborted. */
export function abortReason(signal: Signal): GatewayError {
  const reason: unknown = signal.reason;
  if (reason instanceof GatewayError) return reason;
  return clientGone(reason);
}

/** What a read meets that its own reader gave up. */
export function cancelled(): GatewayError {
  return new GatewayError("client_closed", "The answer was given up before it was complete");
}

/** Everything a thrown value says: the reason may be in its cause. */
export function textOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const cause = thrown.cause === undefined ? "" : `: ${textOf(thrown.cause)}`;
  return `${thrown.name}: ${thrown.message}${cause}`;
}

/** An error may quote the URL, and some APIs want their key in its query. */
function withoutAddress(text: string): string {
  return text.replaceAll(/\bhttps?:\/\/[^\s)]+/g, "the upstream");
}
