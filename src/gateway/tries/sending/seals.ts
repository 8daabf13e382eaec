/**
 * What is signed or sealed of earlier reasoning, and for whom.
 *
 * Nobody but its issuer can check it, and most refuse the whole request for it. So what another provider or
 * another model has made is left out before a request is sent; what a provider refuses all the same, for it may
 * be another account's, is left out once.
 *
 * @module
 */

import type {
  ChatRequest,
  FormatName,
  Part,
  ReasoningPart,
  Seal,
  TextPart,
  ToolCallPart,
} from "../../../core/chat/chat.ts";
import type { ServedBy } from "../../../core/format.ts";
import type { GatewayError } from "../../../core/gateway_error.ts";

/** Codes and words of those who cannot check what they are given (T87), or know no place for it. */
const REFUSED =
  /extra_content|invalid_encrypted_content|encrypted content .*could not be (?:verified|decrypted)|could not be verified|invalid `?signature|bound to a different conversation/i;

/** Whether a provider has refused a request for what is sealed in it. */
export function isSealRefused({ kind, status, code, message }: GatewayError): boolean {
  return kind === "upstream_error" && status === 400 && REFUSED.test(`${code} ${message}`);
}

/** Whom a request is sent to, and in which format. */
export interface SealReader extends ServedBy {
  readonly format: FormatName;
}

/** A request without what its target cannot check. */
export interface UnsealedRequest {
  readonly request: ChatRequest;
  readonly warnings: readonly string[];
}

/**
 * Takes out the seals of others, or all.
 *
 * A reasoning keeps its text, which its format may have a place for, and so do texts and calls. The same request where nothing is taken out.
 */
export function withoutSeals(
  request: ChatRequest,
  to: SealReader,
  which: "foreign" | "all",
): UnsealedRequest {
  const warnings = new Set<string>();
  const messages = request.messages.map((message) => {
    if (!message.parts.some((part) => takenSeal(part, to, which) !== undefined)) return message;
    const parts = message.parts.flatMap((part): readonly Part[] => {
      const seal = takenSeal(part, to, which);
      if (seal === undefined) return [part];
      warnings.add(warningOf(seal));
      if (!hasMoreThanSeal(part)) return [];
      const { seal: _, ...rest } = part;
      return [rest];
    });
    return { ...message, parts };
  });
  if (warnings.size === 0) return { request, warnings: [] };
  return {
    request: { ...request, messages: messages.filter(({ parts }) => parts.length > 0) },
    warnings: [...warnings],
  };
}

/** The seal of a part that its target is not to be sent. */
function takenSeal(part: Part, to: SealReader, which: "foreign" | "all"): Seal | undefined {
  const isSealed = hasMoreThanSeal(part) || part.type === "sealed";
  const seal = isSealed ? part.seal : undefined;
  if (seal === undefined) return undefined;
  // What a text or a call is sealed with has a place in the words of its issuer alone.
  const isPlaceless = (part.type === "text" || part.type === "tool_call") &&
    seal.issuer !== to.format;
  return which === "all" || isPlaceless || isForeign(seal, to) ? seal : undefined;
}

function hasMoreThanSeal(part: Part): part is TextPart | ReasoningPart | ToolCallPart {
  return part.type === "reasoning" || part.type === "text" || part.type === "tool_call";
}

function isForeign({ provider, model }: Seal, to: ServedBy): boolean {
  return provider !== undefined && (provider !== to.provider || model !== to.model);
}

function warningOf({ provider, model, issuer }: Seal): string {
  const who = provider === undefined ? issuer : `${provider}/${model ?? ""}`;
  return `What ${who} has sealed of earlier reasoning is left out: nobody else can check it`;
}
