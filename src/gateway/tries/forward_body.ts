/**
 * What is sent upstream for a call: the client's own bytes wherever that is possible.
 *
 * @module
 */

import type { Call } from "../../core/call.ts";
import { isJsonObject, type JsonObject } from "../../core/json.ts";
import { patchToMatch } from "../../bytes/patch.ts";
import type { Target, Upstream } from "../../core/provider.ts";

export interface ForwardedBody {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The upstream was asked for usage in words that the client did not use (T29). */
  readonly hasUsageInjected: boolean;
  /** What of the request the upstream does not take. */
  readonly warnings: readonly string[];
}

/**
 * The body for the upstream.
 *
 * Same dialect: the client's bytes, changed only where the model goes by another name upstream, usage has
 * to be asked for, or the upstream needs something else. Other dialect: translated through the neutral
 * request.
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
  const wanted = hasUsageInjected ? withUsage(adapted) : adapted;
  const bytes = wanted === call.body ? call.bytes : patchToMatch(call.bytes, call.body, wanted);
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

function withUsage(body: JsonObject): JsonObject {
  const options = isJsonObject(body.stream_options) ? body.stream_options : {};
  return { ...body, stream_options: { ...options, include_usage: true } };
}

function encodeJson(body: JsonObject): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(body));
}
