/** JSON answers that a client may keep and ask about: `ETag`, `If-None-Match` and 304 (RFC 9110). */

import { AnswerHeaders } from "../../../core/http/answer_headers.ts";
import type { HttpAnswer, HttpRequest } from "../../../core/http/http.ts";

export interface TaggedBody {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The same for the same bytes, whoever serves them; weak, because they may be compressed on the way. */
  readonly etag: string;
}

const TAG_BYTES = 12;

export async function tagBody(json: string): Promise<TaggedBody> {
  const bytes = new TextEncoder().encode(json);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes), 0, TAG_BYTES);
  const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return { bytes, etag: `W/"${hex}"` };
}

/** The body, or 304 where the client has it. It is to ask each time: prices change. */
export function conditionalAnswer(request: HttpRequest, { bytes, etag }: TaggedBody): HttpAnswer {
  const headers = new AnswerHeaders([
    ["etag", etag],
    ["cache-control", "no-cache"],
    ["vary", "Accept-Encoding"],
  ]);
  if (matches(request.headers.get("if-none-match"), etag)) {
    return { status: 304, headers, body: null };
  }
  headers.append("content-type", "application/json");
  return { status: 200, headers, body: bytes };
}

/** The weak comparison: what is in quotes decides. */
function matches(condition: string | null, etag: string): boolean {
  if (condition === null) return false;
  if (condition.trim() === "*") return true;
  const tags = condition.match(/"[^"]*"/g) ?? [];
  return tags.some((tag) => etag.endsWith(tag));
}
