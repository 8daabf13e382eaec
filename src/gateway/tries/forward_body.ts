/**
 * What is sent upstream for a call: the client's own bytes wherever that is possible.
 *
 * @module
 */

import type { Call } from "../../core/call.ts";
import type { ProviderFormat, RequestFacts } from "../../core/format.ts";
import type { JsonObject } from "../../core/text/json.ts";
import { patchToMatch } from "../../bytes/json/patch.ts";
import { withoutSeals } from "./seals.ts";
import type { Provider, Target } from "../../core/provider/provider.ts";

/** Whether upstreams are asked for the usage of every stream, or only where the client asks. */
export type StreamUsage = "always" | "asked";

export interface ForwardedBody {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What the request says of itself. */
  readonly facts: RequestFacts;
  /** The upstream was asked for usage in words that the client did not use (T29). */
  readonly hasUsageInjected: boolean;
  /** What of the request the upstream does not take. */
  readonly warnings: readonly string[];
  /** Something that was sealed of earlier reasoning was left out. */
  readonly isUnsealed: boolean;
}

/**
 * The body for the upstream, in `format`, which is one of its own.
 *
 * Same format: the client's bytes, changed only where the model goes by another name upstream, usage has
 * to be asked for, or the upstream needs something else. Other format: translated through the neutral
 * request.
 */
export function forwardBody(
  call: Call,
  target: Target,
  format: ProviderFormat,
  streamUsage: StreamUsage,
  unseal: "foreign" | "all" = "foreign",
): ForwardedBody {
  const { formats: { request }, operation, body } = call;
  const { provider, model } = target;
  const facts = request.facts(body);
  if (request.name !== format.name) {
    return translate(call, target, format, facts, streamUsage, unseal);
  }
  const unsealed = request.withoutSeals?.(body, unseal) ?? { body, warnings: [] };
  const renamed = model === call.model ? unsealed.body : { ...unsealed.body, model };
  const adapted = provider.adapt(operation, renamed, format, call.native?.headers);
  const wanted = withUsage(call, provider, format, facts, streamUsage, adapted);
  const bytes = wanted === body ? call.bytes : patchToMatch(call.bytes, body, wanted);
  return {
    bytes,
    facts,
    hasUsageInjected: wanted !== adapted,
    warnings: [
      ...unsealed.warnings,
      ...provider.leftOut?.(renamed, format, call.native?.headers ?? []) ?? [],
    ],
    isUnsealed: unsealed.body !== body,
  };
}

function translate(
  call: Call,
  { provider, model }: Target,
  format: ProviderFormat,
  facts: RequestFacts,
  streamUsage: StreamUsage,
  unseal: "foreign" | "all",
): ForwardedBody {
  const decoded = { ...call.formats.request.decode(call.body), model };
  const { request, warnings } = withoutSeals(decoded, { provider: provider.name, model }, unseal);
  const encoded = format.encodeRequest(request);
  const adapted = provider.adapt(call.operation, encoded.body, format);
  const wanted = withUsage(call, provider, format, facts, streamUsage, adapted);
  return {
    bytes: new TextEncoder().encode(JSON.stringify(wanted)),
    facts,
    hasUsageInjected: wanted !== adapted,
    warnings: [
      ...warnings,
      ...encoded.warnings,
      ...provider.leftOut?.(encoded.body, format, []) ?? [],
      ...provider.warnings(request, format),
    ],
    isUnsealed: request !== decoded,
  };
}

/** The body, asking for the usage of its stream where that is wanted and can be asked. */
function withUsage(
  { wantsStream }: Call,
  { acceptsStreamUsage }: Provider,
  format: ProviderFormat,
  { includeUsage }: RequestFacts,
  streamUsage: StreamUsage,
  body: JsonObject,
): JsonObject {
  if (!wantsStream || !acceptsStreamUsage) return body;
  if (streamUsage === "asked" && includeUsage !== true) return body;
  return format.askForUsage?.(body) ?? body;
}
