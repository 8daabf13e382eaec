/** What crosses to the client of the headers of an answer that is forwarded. */

import { AnswerHeaders } from "../../core/http/answer_headers.ts";
import type { Redact } from "../../core/text/redactor.ts";
import type { ProviderResponse } from "../../core/provider/transport.ts";
import { crossingHeaders } from "../relay/provider_answer.ts";

/**
 * About the body, beyond what crosses with every answer. An allow-list, as there: cookies, account
 * data and what speaks for the upstream's own host (`alt-svc`, `strict-transport-security`) stay
 * inside.
 */
const BODY_HEADERS: readonly string[] = [
  "accept-ranges",
  "age",
  "allow",
  "cache-control",
  "content-disposition",
  "content-language",
  "content-md5",
  "content-range",
  "content-type",
  "digest",
  "etag",
  "expires",
  "last-modified",
  "vary",
];

export interface AnsweredRequest {
  /** Where the request went. */
  readonly url: URL;
  /** The part of it below the upstream's base. */
  readonly pathAndQuery: string;
  readonly clientBase: string;
  /** See `Upstream.answerHeaders`. */
  readonly ownHeaders?: RegExp | undefined;
}

/** The headers for the client. */
export function forwardedHeaders(
  { status, headers, lengthBytes }: ProviderResponse,
  request: AnsweredRequest,
  redact: Redact,
): AnswerHeaders {
  const forwarded = new AnswerHeaders(crossingHeaders(headers, redact, request.ownHeaders));
  for (const name of BODY_HEADERS) {
    const value = headers.get(name);
    if (value !== null) forwarded.set(name, redact(value));
  }
  // The server would pack text and JSON, and hold back what the upstream is still writing (T26).
  forwarded.set("cache-control", withNoTransform(forwarded.get("cache-control")));
  const location = headers.get("location");
  const address = location === null ? undefined : clientAddress(location, request);
  if (address !== undefined) forwarded.set("location", redact(address));
  // Of what was packed the length is another one by now, and the transport states none.
  if (lengthBytes !== undefined && status !== 204 && status !== 205) {
    forwarded.set("content-length", String(lengthBytes));
  }
  return forwarded;
}

/** In one line and in lower case, as the server looks for it. */
function withNoTransform(directives: string | null): string {
  if (directives === null) return "no-transform";
  return /\bno-transform\b/.test(directives) ? directives : `${directives}, no-transform`;
}

/**
 * A redirect as the client can follow it: within the upstream's API it leads through Weir, to another
 * host it stays (such as a signed address of a file store), and elsewhere at the upstream it would
 * lead around Weir, and is left out.
 */
function clientAddress(
  location: string,
  { url, pathAndQuery, clientBase }: AnsweredRequest,
): string | undefined {
  if (!URL.canParse(location, url.href)) return undefined;
  const target = new URL(location, url);
  if (target.origin !== url.origin) {
    return /^https?:$/.test(target.protocol) ? target.href : undefined;
  }
  const path = new URL(pathAndQuery, url.origin).pathname;
  const base = url.pathname.slice(0, url.pathname.length - path.length);
  if (!target.pathname.startsWith(`${base}/`)) return undefined;
  return clientBase + target.pathname.slice(base.length) + target.search + target.hash;
}
