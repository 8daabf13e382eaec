/**
 * What is signed or sealed of earlier reasoning, and for whom.
 *
 * Nobody but its issuer can check it, and most refuse the whole request for it. So what another provider or
 * another model has made is left out before a request is sent; what a provider refuses all the same, for it may
 * be another account's, is left out once.
 *
 * @module
 */

import type { ChatRequest, Part, Seal } from "../../core/chat.ts";
import type { ServedBy } from "../../core/format.ts";
import type { GatewayError } from "../../core/gateway_error.ts";

/** Codes and words of those who cannot check what they are given (T87). */
const REFUSED =
  /invalid_encrypted_content|encrypted content .*could not be (?:verified|decrypted)|could not be verified|invalid `?signature|bound to a different conversation/i;

/** Whether a provider has refused a request for what is sealed in it. */
export function isSealRefused({ kind, status, code, message }: GatewayError): boolean {
  return kind === "upstream_error" && status === 400 && REFUSED.test(`${code} ${message}`);
}

/** A request without what its target cannot check. */
export interface UnsealedRequest {
  readonly request: ChatRequest;
  readonly warnings: readonly string[];
}

/**
 * Takes out the seals of others, or all.
 *
 * A reasoning keeps its text, which its format may have a place for. The same request where nothing is taken out.
 */
export function withoutSeals(
  request: ChatRequest,
  to: ServedBy,
  which: "foreign" | "all",
): UnsealedRequest {
  const warnings = new Set<string>();
  const isTaken = (seal: Seal | undefined): seal is Seal =>
    seal !== undefined && (which === "all" || isForeign(seal, to));
  const messages = request.messages.map((message) => {
    if (!message.parts.some((part) => isTaken(sealOf(part)))) return message;
    const parts = message.parts.flatMap((part): readonly Part[] => {
      const seal = sealOf(part);
      if (!isTaken(seal)) return [part];
      warnings.add(warningOf(seal));
      if (part.type !== "reasoning") return [];
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

function sealOf(part: Part): Seal | undefined {
  return part.type === "reasoning" || part.type === "sealed" ? part.seal : undefined;
}

function isForeign({ provider, model }: Seal, to: ServedBy): boolean {
  return provider !== undefined && (provider !== to.provider || model !== to.model);
}

function warningOf({ provider, model, issuer }: Seal): string {
  const who = provider === undefined ? issuer : `${provider}/${model ?? ""}`;
  return `What ${who} has sealed of earlier reasoning is left out: nobody else can check it`;
}
