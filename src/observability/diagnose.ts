/** What an upstream's answer, or the lack of one, says of how it is configured. */

import type { GatewayError } from "../core/gateway_error.ts";
import type { HeaderReader } from "../core/provider/transport.ts";
import type { Provider } from "../core/provider/provider.ts";

/** Where the operator has written, or would write, what may be wrong. */
export interface Settings {
  readonly baseUrl: string;
  readonly apiKey: string;
}

/** An answer, read whole. */
export interface Answer {
  readonly status: number;
  readonly headers: HeaderReader;
  readonly text: string;
}

/** What each failure to connect calls for; the first that fits the message. */
const ADVICE: readonly (readonly [pattern: RegExp, advice: (settings: Settings) => string])[] = [
  [/proxy/, () => "check HTTPS_PROXY"],
  [
    /could not be resolved/,
    ({ baseUrl }) => `check the host's name in ${baseUrl}, and that this machine has DNS`,
  ],
  [
    /refused/,
    ({ baseUrl }) => `nothing listens there: start it, or check host and port in ${baseUrl}`,
  ],
  [
    /certificate/,
    ({ baseUrl }) => `check the host in ${baseUrl}, or have its certificate mended or trusted`,
  ],
  [/TLS/, ({ baseUrl }) => `it may speak plain HTTP: try http:// in ${baseUrl}`],
  [/closed the connection/, ({ baseUrl }) => `it may want TLS: try https:// in ${baseUrl}`],
  [
    /within/,
    ({ baseUrl }) => `check host and port in ${baseUrl}, and whether a firewall is between`,
  ],
];

/** No answer came at all. */
export function diagnoseFailure(error: GatewayError, settings: Settings): string {
  // Its message is for clients and its cause for operators.
  if (error.code === "upstream_address_refused") return String(error.cause);
  if (error.kind === "upstream_auth_failed") {
    const reason = error.cause instanceof Error ? error.cause.message : error.message;
    return `There are no credentials for it: ${reason}; check ${settings.apiKey}`;
  }
  return `${error.message}; ${adviceOn(error, settings)}`;
}

function adviceOn({ message }: GatewayError, settings: Settings): string {
  const advice = ADVICE.find(([pattern]) => pattern.test(message))?.[1] ??
    (({ baseUrl }) => `check ${baseUrl}, and the network`);
  return advice(settings);
}

/**
 * What to do about a request that came to nothing, where that follows from the failure alone. A provider
 * that took the request and failed, or took too long, may have any reason.
 */
export function adviseOnFailure(
  error: GatewayError,
  provider: Provider,
  settings: Settings,
): string | undefined {
  const { kind, code, status, message, cause } = error;
  if (code === "upstream_address_refused") return String(cause);
  if (kind === "upstream_unreachable" || /could not be connected/.test(message)) {
    return adviceOn(error, settings);
  }
  if (kind !== "upstream_error" || ![401, 402, 403, 429].includes(status)) return undefined;
  return diagnoseAnswer({ status, headers: new Headers(), text: "" }, provider, settings);
}

/** One sentence on an answer; `undefined` for one that is as it should be. */
export function diagnoseAnswer(
  { status, headers, text }: Answer,
  { target, isMetered }: Provider,
  { baseUrl, apiKey }: Settings,
): string | undefined {
  if (status === 401 || status === 403) {
    return isMetered
      ? `The key is not accepted (${status}); check ${apiKey}`
      : `A key is wanted and none is set (${status}); set ${apiKey}`;
  }
  if (status >= 300 && status < 400) {
    const location = headers.get("location") ?? "another address";
    return `${target} redirects to ${location}; write the address of the API itself in ${baseUrl}`;
  }
  if (/\bhtml\b/.test(headers.get("content-type") ?? "") || /^\s*<(!doctype|html)/i.test(text)) {
    return `${target} answers with a web page (${status}), so it is not an API; check ${baseUrl}`;
  }
  if (status === 404 || status === 405) {
    return /\/v\d+/.test(target)
      ? `There is no list of models below ${target} (${status}); check the path in ${baseUrl}`
      : `There is no list of models below ${target} (${status}); the address probably lacks /v1 at its end: check ${baseUrl}`;
  }
  if (status === 402 || status === 429) {
    return `The account's limit or credit is used up (${status}); wait, or look at the account`;
  }
  return status === 200
    ? undefined
    : `${target} answers with status ${status}; look at its own log or status page`;
}
