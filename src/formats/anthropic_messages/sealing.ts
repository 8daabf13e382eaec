/**
 * What others have signed, for clients that keep blocks of thinking without reading them.
 *
 * It travels in an envelope of Weir's, as the signature of its thinking, or in a block of its own before the
 * call that it belongs to. What is no such envelope is Anthropic's.
 *
 * @module
 */

import type { Seal } from "../../core/chat/chat.ts";
import { ENVELOPE_PREFIX, type Envelopes } from "../../core/envelope.ts";
import type { ServedBy } from "../../core/format.ts";
import { parseJsonObject } from "../../core/text/json.ts";
import { NAME } from "./name.ts";

/** What seals of others are put into for the client; `undefined` where it is not to keep them. */
export type WrapSeal = (seal: Seal, of?: string) => string | undefined;

export interface OpenedSeal {
  readonly seal: Seal;
  /** Id of the call that it belongs to, where it is no thinking's. */
  readonly of?: string;
}

export function sealWrapper(
  envelopes: Envelopes | undefined,
  servedBy: ServedBy | undefined,
): WrapSeal {
  return ({ value, issuer }, of) =>
    envelopes?.seal(JSON.stringify({ seal: value, of }), { ...servedBy, format: issuer });
}

/** What a signature, or the data of redacted thinking, is. */
export function openSeal(value: string, envelopes: Envelopes | undefined): OpenedSeal {
  if (!isEnvelope(value)) return { seal: { value, issuer: NAME } };
  const opened = envelopes?.open(value);
  const { seal, of } = opened === undefined ? {} : parseJsonObject(opened.text) ?? {};
  // Nobody can read it here: it is left out wherever it goes.
  if (opened === undefined || typeof seal !== "string") {
    return { seal: { value, issuer: "unknown" } };
  }
  const { format: issuer, ...maker } = opened.issuer;
  return {
    seal: { value: seal, issuer, ...maker },
    ...(typeof of === "string" && { of }),
  };
}

export function isEnvelope(value: unknown): boolean {
  return typeof value === "string" && value.startsWith(ENVELOPE_PREFIX);
}
