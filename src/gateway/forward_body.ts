/**
 * What is sent upstream for a call: the client's own bytes wherever that is possible.
 *
 * @module
 */

import type { Call } from "../core/call.ts";
import { isJsonObject, type JsonObject } from "../core/json.ts";
import type { Target, Upstream } from "../core/upstream.ts";
import { joinBytes } from "./read_body.ts";

export interface ForwardedBody {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The upstream was asked for usage in words that the client did not use (T29). */
  readonly hasUsageInjected: boolean;
  /** What of the request the upstream does not take. */
  readonly warnings: readonly string[];
}

const USAGE_MEMBER = new TextEncoder().encode(`{"stream_options":{"include_usage":true},`);
const OPENING_BRACE = 0x7b;

/**
 * The body for the upstream.
 *
 * Same dialect: the client's bytes, unless the model goes by another name upstream, usage has to be
 * asked for, or the upstream needs something else changed. Other dialect: translated through the
 * neutral request.
 */
export function forwardBody(
  call: Call,
  { upstream, model }: Target,
  streamUsage: "always" | "asked",
): ForwardedBody {
  if ((call.dialect.requestsAs ?? call.dialect.name) !== upstream.dialect.name) {
    const request = { ...call.dialect.decodeRequest(call.body), model };
    const body = upstream.adapt(call.operation, upstream.dialect.encodeRequest(request));
    const warnings = upstream.warnings(request);
    return { bytes: encodeJson(body), hasUsageInjected: false, warnings };
  }
  const hasUsageInjected = needsUsage(call, upstream, streamUsage);
  const renamed = model === call.model ? call.body : { ...call.body, model };
  const adapted = upstream.adapt(call.operation, renamed);
  const isUnchanged = adapted === call.body;
  if (!hasUsageInjected) {
    const bytes = isUnchanged ? call.bytes : encodeJson(adapted);
    return { bytes, hasUsageInjected, warnings: [] };
  }
  const bytes = isUnchanged && call.body.stream_options === undefined
    ? putInFront(call.bytes)
    : encodeJson(withUsage(adapted));
  return { bytes, hasUsageInjected, warnings: [] };
}

/**
 * An explicit `false` is the client's decision and is kept (T31); whoever asked in another API's words
 * is asked for in those that the upstream knows.
 */
function needsUsage(call: Call, upstream: Upstream, streamUsage: "always" | "asked"): boolean {
  const { includeUsage, tellsIncludeUsage } = call.dialect.answerWishes(call.body);
  return call.wantsStream && upstream.acceptsStreamUsage && !tellsIncludeUsage &&
    (streamUsage === "always" || includeUsage === true);
}

/** A member put in front leaves every other byte as it came: large integers, key order, escapes. */
function putInFront(body: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const rest = body.subarray(body.indexOf(OPENING_BRACE) + 1);
  return joinBytes([USAGE_MEMBER, rest], USAGE_MEMBER.length + rest.length);
}

function withUsage(body: JsonObject): JsonObject {
  const options = isJsonObject(body.stream_options) ? body.stream_options : {};
  return { ...body, stream_options: { ...options, include_usage: true } };
}

function encodeJson(body: JsonObject): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(body));
}
