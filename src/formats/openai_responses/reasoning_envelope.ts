/**
 * Reasoning items, whose `encrypted_content` clients send back without reading it.
 *
 * What a provider of another format has signed travels in an envelope of Weir's, with who made it. What is no
 * such envelope is the provider's own.
 *
 * @module
 */

import type { Part, ReasoningPart, Seal, SealedPart } from "../../core/chat/chat.ts";
import type { Envelopes } from "../../core/envelope.ts";
import { ENVELOPE_PREFIX } from "../../core/envelope.ts";
import type { ServedBy } from "../../core/format.ts";
import { type JsonObject, parseJsonObject } from "../../core/text/json.ts";
import { NAME } from "./name.ts";

/** What is written of a reasoning. */
export interface SealedReasoning {
  readonly text: string;
  readonly seal: Seal | undefined;
  /** Id of the call that the seal belongs to, where it is no reasoning's. */
  readonly of?: string;
}

/** `undefined` where there is nothing to be kept. */
export function encryptReasoning(
  { text, seal, of }: SealedReasoning,
  envelopes: Envelopes | undefined,
  servedBy: ServedBy | undefined,
): string | undefined {
  if (seal?.issuer === NAME) return seal.value;
  if (envelopes === undefined || (text === "" && seal === undefined)) return undefined;
  const content: JsonObject = {
    text,
    ...(seal !== undefined && { seal: seal.value }),
    ...(of !== undefined && { of }),
  };
  return envelopes.seal(JSON.stringify(content), {
    ...servedBy,
    format: seal?.issuer ?? "",
  });
}

/** The reasoning that a client sends back. */
export function decryptReasoning(
  summary: string,
  encrypted: string | undefined,
  id: string | undefined,
  envelopes: Envelopes | undefined,
): Part | undefined {
  const named = id === undefined ? {} : { id };
  if (encrypted === undefined || encrypted === "") {
    return summary === "" ? undefined : { ...named, type: "reasoning", text: summary };
  }
  if (!encrypted.startsWith(ENVELOPE_PREFIX)) {
    return reasoningPart(named, summary, { value: encrypted, issuer: NAME });
  }
  const opened = envelopes?.open(encrypted);
  const content = opened === undefined ? undefined : parseJsonObject(opened.text);
  if (opened === undefined || content === undefined) {
    // Nobody can read it here: it is left out wherever it goes.
    return reasoningPart(named, summary, { value: encrypted, issuer: "unknown" });
  }
  const { text, seal, of } = content;
  const whole = typeof text === "string" && text !== "" ? text : summary;
  if (typeof seal !== "string") {
    return whole === "" ? undefined : { ...named, type: "reasoning", text: whole };
  }
  const { format, provider, model } = opened.issuer;
  return reasoningPart(typeof of === "string" ? { id: of } : named, whole, {
    value: seal,
    issuer: format,
    ...(provider !== undefined && { provider }),
    ...(model !== undefined && { model }),
  });
}

function reasoningPart(
  named: { readonly id?: string },
  text: string,
  seal: Seal,
): ReasoningPart | SealedPart {
  return text === ""
    ? { ...named, type: "sealed", seal }
    : { ...named, type: "reasoning", text, seal };
}
