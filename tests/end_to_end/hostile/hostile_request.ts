/**
 * Requests that try to make a gateway call another host, lose its headers, mix up two requests or tell a
 * key, byte for byte.
 *
 * @module
 */

/** What an attacker may know: a key of Weir's, and an address that must never be called. */
export interface Attack {
  /** The client's own key. */
  readonly key: string;
  /** Host and port of somebody else. */
  readonly evil: string;
  /** What Weir calls itself in `Via`. */
  readonly pseudonym: string;
}

/** What is sent. */
export interface NamedRequest {
  readonly name: string;
  readonly request: (attack: Attack) => string;
}

/** What is sent, and what becomes of it. */
export interface HostileRequest extends NamedRequest {
  /** Every status of the answer, in order; 0 where the connection is closed without one. */
  readonly statuses: readonly number[];
  /** Where more than one end is right: what else the first status may be. */
  readonly orElse?: readonly number[];
  /** The error's code. */
  readonly code?: string;
  /** What the upstream is asked, in order; nothing where absent. */
  readonly forwarded?: readonly string[];
}

/** The prefix below which everything is forwarded. */
export const BASE = "/api/v1";

/** The head of a request that closes its connection and is let in, unless `headers` say otherwise. */
export function head(
  method: string,
  target: string,
  key: string,
  headers: readonly string[],
): string {
  return [
    `${method} ${target} HTTP/1.1`,
    ...(headers.some((header) => /^host\b/i.test(header)) ? [] : ["host: weir"]),
    ...(headers.some((header) => /^authorization/i.test(header))
      ? []
      : [`authorization: Bearer ${key}`]),
    ...(headers.some((header) => /^connection/i.test(header)) ? [] : ["connection: close"]),
    ...headers,
    "\r\n",
  ].join("\r\n");
}

/** A part of a request, which may depend on the attack. */
export type Text = string | ((attack: Attack) => string);

function textOf(text: Text, attack: Attack): string {
  return typeof text === "string" ? text : text(attack);
}

/** A GET of a path below the prefix, or of a whole target that does not begin with a slash. */
export function get(name: string, target: Text, ...headers: readonly Text[]): NamedRequest {
  return {
    name,
    request: (attack: Attack) =>
      head(
        "GET",
        textOf(target, attack),
        attack.key,
        headers.map((header) => textOf(header, attack)),
      ),
  };
}

/** A POST whose framing is the attack. */
export function post(name: string, body: string, ...headers: readonly string[]): NamedRequest {
  const request = ({ key }: Attack) => head("POST", `${BASE}/things`, key, headers) + body;
  return { name, request };
}

/** What becomes of a request. */
export const refused = { statuses: [400] };
export const badPath = { ...refused, code: "invalid_path" };
export const unknown = { statuses: [404], code: "unknown_url" };
export const passed = { statuses: [200], forwarded: ["GET /v1/things"] };
export const posted = { statuses: [200], forwarded: ["POST /v1/things"] };
export const wrongMethod = { statuses: [405], code: "method_not_allowed" };
/** Malformed within the body: the server closes the connection, or says so where it still can. */
export const broken = { statuses: [0], orElse: [400, 499] };
/** A request hidden in another; it is not let in. */
export const SMUGGLED = `GET ${BASE}/smuggled HTTP/1.1\r\nhost: weir\r\n\r\n`;
