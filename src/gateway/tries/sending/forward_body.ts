/**
 * What is sent upstream for a call: the client's own bytes wherever that is possible.
 *
 * @module
 */

import type { Call } from "../../../core/call.ts";
import type { ChatRequest, Message } from "../../../core/chat.ts";
import type { ProviderFormat, RequestFacts } from "../../../core/format.ts";
import type { JsonObject } from "../../../core/text/json.ts";
import { patchToMatch } from "../../../bytes/json/patch.ts";
import type { EmulatedTools, FailedCall } from "../../emulated_tools/emulated_tools.ts";
import { type EmulatedRequest, emulateRequest } from "../../emulated_tools/emulate_request.ts";
import { type BoundedBody, raiseOutputBound } from "./output_floor.ts";
import { withoutSeals } from "./seals.ts";
import type { Provider, Target } from "../../../core/provider/provider.ts";

/** Whether upstreams are asked for the usage of every stream, or only where the client asks. */
export type StreamUsage = "always" | "asked";

/** Not of its prompt, which may be long and need not live until there is an answer. */
export type AnswerWishes = Pick<RequestFacts, "choices" | "includeUsage">;

export interface ForwardedBody {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What the request says of its answer. */
  readonly facts: AnswerWishes;
  /** The upstream was asked for usage in words that the client did not use (T29). */
  readonly hasUsageInjected: boolean;
  /** What of the request the upstream does not take. */
  readonly warnings: readonly string[];
  /** Something that was sealed of earlier reasoning was left out. */
  readonly isUnsealed: boolean;
  /** How calls of tools are read from its answer, where that is done here. */
  readonly emulated?: EmulatedTools;
}

/** What is known of a target beyond its call, from asking it before. */
export interface ForwardOptions {
  readonly streamUsage: StreamUsage;
  /** What is left out of what is sealed of earlier reasoning. */
  readonly unseal: "foreign" | "all";
  /** A tool call of the model that was none, which it is asked for again. */
  readonly failedCall?: FailedCall | undefined;
  readonly noteFailedCall: (failed: FailedCall) => void;
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
  options: ForwardOptions,
): ForwardedBody {
  const { streamUsage, unseal } = options;
  const { formats: { request }, operation, body: { json: body } } = call;
  const { provider, model } = target;
  const { choices, includeUsage } = request.facts(body);
  const facts = { choices, includeUsage };
  const bounded = raiseOutputBound(call, target);
  if (request.name !== format.name) {
    if (operation === "count_tokens") return translateCount(call, target, format, facts);
    if (operation === "embeddings") return translateEmbeddings(call, target, format, facts);
    const decoded = decodeFor(call, bounded.body, target);
    const emulated = emulate(call, target, decoded, options) ?? { request: decoded };
    return translate(call, target, format, facts, options, { ...emulated, bounded });
  }
  // Bytes pass even here, where there is nothing to be emulated.
  const emulated = isEmulating(call, target)
    ? emulate(call, target, decodeFor(call, bounded.body, target), options)
    : undefined;
  if (emulated !== undefined) {
    return translate(call, target, format, facts, options, { ...emulated, bounded });
  }
  const servedBy = { provider: provider.name, model };
  const unsealed = request.withoutSeals?.(bounded.body, unseal, servedBy) ??
    { body: bounded.body, warnings: [] };
  const renamed = model === call.model
    ? unsealed.body
    : request.renamed?.(unsealed.body, model) ?? { ...unsealed.body, model };
  const adapted = provider.adapt(operation, renamed, format, call.native?.headers);
  const wanted = withUsage(call, provider, format, facts, streamUsage, adapted);
  const bytes = wanted === body ? call.bytes : patchToMatch(call.bytes, body, wanted);
  return {
    bytes,
    facts,
    hasUsageInjected: wanted !== adapted,
    warnings: [
      ...bounded.warnings,
      ...unsealed.warnings,
      ...provider.leftOut?.(renamed, format, call.native?.headers ?? []) ?? [],
    ],
    isUnsealed: unsealed.body !== bounded.body,
  };
}

/** The request in neutral form, with the target's name for the model and its system prompt where it lacks one. */
function decodeFor(
  { formats, wantsStream }: Call,
  body: JsonObject,
  { provider, model }: Target,
): ChatRequest {
  const request = { ...formats.request.decode(body), model, stream: wantsStream };
  const { systemPrompt } = provider;
  const isTold = request.messages.some(({ role, parts }) =>
    role === "system" && parts.some((part) => part.type === "text" && part.text !== "")
  );
  if (systemPrompt === undefined || isTold) return request;
  const system: Message = { role: "system", parts: [{ type: "text", text: systemPrompt }] };
  return { ...request, messages: [system, ...request.messages] };
}

function isEmulating({ operation }: Call, { provider, emulatesTools }: Target): boolean {
  return operation === "chat" && (emulatesTools ?? provider.emulatesTools) === true;
}

function emulate(
  call: Call,
  target: Target,
  request: ChatRequest,
  { failedCall, noteFailedCall }: ForwardOptions,
): EmulatedRequest | undefined {
  if (!isEmulating(call, target)) return undefined;
  return emulateRequest(request, failedCall, noteFailedCall);
}

function translate(
  call: Call,
  { provider, model }: Target,
  format: ProviderFormat,
  facts: AnswerWishes,
  { streamUsage, unseal }: ForwardOptions,
  read: Pick<EmulatedRequest, "request"> & Partial<EmulatedRequest> & {
    readonly bounded: BoundedBody;
  },
): ForwardedBody {
  const decoded = read.request;
  const { request, warnings } = withoutSeals(
    decoded,
    { provider: provider.name, model, format: format.name },
    unseal,
  );
  const encoded = format.encodeRequest(request);
  const adapted = provider.adapt(call.operation, encoded.body, format);
  const wanted = withUsage(call, provider, format, facts, streamUsage, adapted);
  return {
    bytes: new TextEncoder().encode(JSON.stringify(wanted)),
    facts,
    hasUsageInjected: wanted !== adapted,
    warnings: [
      ...read.bounded.warnings,
      ...read.warnings ?? [],
      ...warnings,
      ...encoded.warnings,
      ...provider.leftOut?.(encoded.body, format, []) ?? [],
      ...provider.warnings(request, format),
    ],
    isUnsealed: request !== decoded,
    ...(read.emulated !== undefined && { emulated: read.emulated }),
  };
}

/** Only formats that have embeddings are chosen for them, and only their clients ask. */
function translateEmbeddings(
  { formats: { request }, operation, body: { json: body } }: Call,
  { provider, model }: Target,
  format: ProviderFormat,
  facts: AnswerWishes,
): ForwardedBody {
  const decoded = request.decodeEmbeddings?.(body);
  const encoded = decoded && format.encodeEmbeddings?.({ ...decoded, model });
  if (encoded === undefined) {
    throw new Error(`No embeddings from ${request.name} to ${format.name}`);
  }
  const adapted = provider.adapt(operation, encoded.body, format);
  return {
    bytes: new TextEncoder().encode(JSON.stringify(adapted)),
    facts,
    hasUsageInjected: false,
    warnings: encoded.warnings,
    isUnsealed: false,
  };
}

/** Only formats that count are chosen for it. What is left out of the prompt is not counted, and said. */
function translateCount(
  { formats: { request }, operation, body: { json: body } }: Call,
  { provider, model }: Target,
  format: ProviderFormat,
  facts: AnswerWishes,
): ForwardedBody {
  const decoded = { ...request.decode(body), model };
  const reader = { provider: provider.name, model, format: format.name };
  const unsealed = withoutSeals(decoded, reader, "all");
  const encoded = format.encodeCountRequest?.(unsealed.request);
  if (encoded === undefined) throw new Error(`No count from ${request.name} to ${format.name}`);
  const adapted = provider.adapt(operation, encoded.body, format);
  return {
    bytes: new TextEncoder().encode(JSON.stringify(adapted)),
    facts,
    hasUsageInjected: false,
    warnings: [...unsealed.warnings, ...encoded.warnings],
    isUnsealed: unsealed.request !== decoded,
  };
}

/** The body, asking for the usage of its stream where that is wanted and can be asked. */
function withUsage(
  { wantsStream }: Call,
  { acceptsStreamUsage }: Provider,
  format: ProviderFormat,
  { includeUsage }: AnswerWishes,
  streamUsage: StreamUsage,
  body: JsonObject,
): JsonObject {
  if (!wantsStream || !acceptsStreamUsage) return body;
  if (streamUsage === "asked" && includeUsage !== true) return body;
  return format.askForUsage?.(body) ?? body;
}
