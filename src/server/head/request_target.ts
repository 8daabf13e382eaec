/**
 * What a request is for: its path and query, and the authority.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9112#name-request-target}
 * @module
 */

import { invalidHost, invalidPath, malformedRequest } from "../refusals.ts";

export interface RequestTarget {
  /** Path and query, or `*`. */
  readonly target: string;
  /** Of an absolute target. */
  readonly authority: string | undefined;
}

/**
 * No fragment, no backslash (some readers take it for a slash), no space; what else a URL should have
 * escaped is harmless, and clients do send it.
 */
const VISIBLE = /^[!-"$-;=?-[\]^_a-~]+$/;
const ABSOLUTE = /^https?:\/\/([^/?]*)(.*)$/i;
const OTHER_SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i;
/** A name or an address, and a port. */
const HOST = /^(?:[\w.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?$/;

/** Throws `GatewayError` for a target that two readers could understand differently. */
export function parseTarget(method: string, target: string): RequestTarget {
  if (!VISIBLE.test(target)) {
    throw invalidPath();
  }
  if (target.startsWith("/")) return { target, authority: undefined };
  if (target === "*" && method === "OPTIONS") return { target, authority: undefined };
  const absolute = ABSOLUTE.exec(target);
  if (absolute === null) {
    throw OTHER_SCHEME.test(target) ? invalidHost() : malformedRequest("its target is no path");
  }
  const [, authority = "", rest = ""] = absolute;
  checkHost(authority);
  if (method === "OPTIONS" && rest === "") return { target: "*", authority };
  return { target: rest.startsWith("/") ? rest : `/${rest}`, authority };
}

/** Throws `GatewayError` for what is no host: one with a path or a user in it could choose the path. */
export function checkHost(host: string): void {
  if (!HOST.test(host)) throw invalidHost();
}
