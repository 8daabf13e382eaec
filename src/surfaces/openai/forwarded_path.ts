/** Judges paths that are to be forwarded: what two readers could understand differently is refused. */

import { GatewayError } from "../../core/gateway_error.ts";
import { hasOtherCredentials } from "../../core/text/query_credentials.ts";

/** Every escape that hides another escape, so that it is judged by what it would become in the end. */
const NESTED_ESCAPE = /%(25)+(?=[0-9a-f]{2})/gi;
const SEPARATOR = /\/|\\|%2f|%5c/i;
/** Also with parameters, which some servers take off before they walk the path. */
const DOT_SEGMENT = /^\.{1,2}(;|$)/;

/**
 * Throws `invalid_request` for a path, or a path with its query, that may lead out of the upstream's API
 * or that no client sends.
 *
 * An escaped slash is part of a name and stays escaped, but what it would divide must not be dots.
 */
export function checkForwardedPath(path: string, query: string): void {
  if (!/^[\x21-\x7e]*$/.test(path + query)) {
    throw invalidPath("has characters that are no part of an address");
  }
  if (/[\\#]/.test(path)) throw invalidPath("has a backslash or a fragment");
  if (/%(?![0-9a-f]{2})/i.test(path)) throw invalidPath("has an escape that is none");
  const meant = path.replace(NESTED_ESCAPE, "%").replace(/%2e/gi, ".").replace(/%3b/gi, ";");
  if (/%([01][0-9a-f]|7f)/i.test(meant)) throw invalidPath("has an escaped control character");
  if (meant.split(SEPARATOR).some((segment) => DOT_SEGMENT.test(segment))) {
    throw invalidPath("has a dot segment; write it without");
  }
  if (hasOtherCredentials(query)) {
    throw new GatewayError(
      "invalid_request",
      "The query has credentials, which would be forwarded; send them as Authorization: Bearer",
      { code: "credentials_in_query" },
    );
  }
  if (path.includes("//")) throw invalidPath("has an empty segment");
}

function invalidPath(what: string): GatewayError {
  return new GatewayError("invalid_request", `The path ${what}`, { code: "invalid_path" });
}
