/**
 * What every answer carries whatever it is, in one pass.
 *
 * @module
 */

import type { AnswerHeaders } from "../core/http/answer_headers.ts";
import type { HttpRequest } from "../core/http/http.ts";
import type { Cors, CorsOptions } from "./cors.ts";

/**
 * For a browser that shows an answer instead of handing it to a script: it takes the type for what it
 * says, runs and frames nothing, and tells nobody of the address. `strict-transport-security` belongs to
 * whoever speaks TLS, which is a proxy in front.
 */
const SECURITY_HEADERS: readonly (readonly [name: string, value: string])[] = [
  ["x-content-type-options", "nosniff"],
  ["x-frame-options", "DENY"],
  ["referrer-policy", "no-referrer"],
  ["content-security-policy", "default-src 'none'; frame-ancestors 'none'"],
];

/** Adds them to the headers of an answer. */
export type CompleteHeaders = (headers: AnswerHeaders, request: HttpRequest) => void;

export function createCompleteHeaders({ origins }: CorsOptions, cors: Cors): CompleteHeaders {
  return (headers, request) => {
    for (const [name, value] of SECURITY_HEADERS) headers.set(name, value);
    // What pages may fetch they may also show: an image, a piece of audio.
    const isShown = origins.length > 0 || cors.isOpenToAll();
    headers.set("cross-origin-resource-policy", isShown ? "cross-origin" : "same-origin");
    cors.addHeaders(headers, request);
  };
}
