/** Makes a call of a request: what every call has of its client, and what its surface has read of it. */

import type { HeaderReader } from "../../core/provider/transport.ts";
import type { Call } from "../../core/call.ts";
import type { HttpRequest } from "../../core/http/http.ts";
import type { Writable } from "../../core/writable.ts";
import { rawPath } from "./raw_path.ts";
import { crossingHeaders } from "./crossing_headers.ts";
import type { RequestContext } from "./request_context.ts";

/** What a surface reads of a request. */
export type ReadRequest = Omit<
  Call,
  "id" | "principal" | "account" | "headers" | "session" | "signal" | "arrivedMs" | "trace"
>;

/** Headers of a client that cross to every upstream. Its credentials and its browser's stay here. */
export const CROSSING_HEADERS: readonly string[] = [
  "idempotency-key",
  "via",
  "x-client-request-id",
];
/** The same of OpenAI's clients. */
export const OPENAI_HEADERS: readonly string[] = [
  "idempotency-key",
  "openai-beta",
  "via",
  "x-client-request-id",
];

/** What asks on a socket has no address of its own. */
export type AskedRequest =
  & Pick<HttpRequest, "headers" | "signal">
  & Partial<Pick<HttpRequest, "target">>;

/** OpenRouter's clients are told of the cost by their provider. */
const TELLING_BASE = "/api/v1/";

/** @param crossing Names of the headers that cross to whatever upstream is asked. */
export function callOfRequest(
  { headers, signal, target = "" }: AskedRequest,
  { id, principal, account, arrivedMs, tags }: RequestContext,
  read: ReadRequest,
  crossing: readonly string[] = CROSSING_HEADERS,
): Call {
  const call: Writable<Call> = {
    ...read,
    id,
    principal,
    account,
    headers: crossingHeaders(headers, crossing),
    session: sessionOf(headers),
    signal,
    arrivedMs,
    trace: { upstream: undefined, attempts: 0, warnings: [] },
  };
  const cacheWish = headers.get("x-weir-cache");
  if (cacheWish !== null) call.cacheWish = cacheWish;
  if (rawPath(target).startsWith(TELLING_BASE)) call.tellsCost = true;
  if (tags !== undefined) call.trace.tags = tags;
  return call;
}

/** The one that says what it is for comes first; after it those of Claude Code, Codex, opencode and Qwen Code. */
const SESSION_HEADERS: readonly string[] = [
  "x-session-affinity",
  "x-claude-code-session-id",
  "session-id",
  "session_id",
  "x-qwen-code-session-id",
];

/** The session that a request belongs to, as agents name it in a header; `undefined` where it names none. */
function sessionOf(headers: HeaderReader): string | undefined {
  for (const name of SESSION_HEADERS) {
    const value = headers.get(name);
    if (value !== null && value !== "") return value;
  }
  return undefined;
}
