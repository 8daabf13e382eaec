/**
 * How a part of an answer begins as a block of Anthropic's.
 *
 * Clients send a block back as they got it, so seals of others are put into envelopes; their citations have no
 * place, because the API checks what it is given. Reasoning without a seal is written with an empty signature,
 * which clients keep.
 *
 * @module
 */

import type { Citation, Part, Seal } from "../../../core/chat/chat.ts";
import { GatewayError } from "../../../core/gateway_error.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import { NAME } from "../name.ts";
import type { WrapSeal } from "../sealing.ts";
import { allowedToolId, makeToolId } from "../tool_call.ts";

/** A block as it begins, before any of its deltas. */
export interface NewBlock {
  /** What `content_block_start` holds. */
  readonly block: JsonObject;
  /** What grows. */
  readonly delta: "text" | "thinking" | "input" | "none";
  /** What is known of it already. */
  readonly text: string;
  readonly signature: string;
  readonly citations: readonly JsonValue[];
  /** The input is a text, and becomes the one field of an object. */
  readonly isCustom: boolean;
  /** The signature that a seal becomes; `undefined` where it has no place. */
  signatureOf(seal: Seal): string | undefined;
  takesCitation(citation: Citation): boolean;
}

const NOTHING_KNOWN = {
  text: "",
  signature: "",
  citations: [],
  isCustom: false,
  signatureOf: () => undefined,
  takesCitation: () => false,
} as const;

/** `undefined` for a part that the format has no word for. */
export function beginBlock(
  part: Part,
  answerId: string,
  number: number,
  wrap: WrapSeal,
): NewBlock | undefined {
  switch (part.type) {
    case "text":
    case "refusal": {
      const citations = part.type === "text" ? part.citations ?? [] : [];
      return {
        ...NOTHING_KNOWN,
        block: { type: "text", text: "" },
        delta: "text",
        text: part.text,
        citations: citations.filter(isOurs).map(({ native }) => native.value),
        takesCitation: isOurs,
      };
    }
    case "reasoning":
      return {
        ...NOTHING_KNOWN,
        block: { type: "thinking", thinking: "", signature: "" },
        delta: "thinking",
        text: part.text,
        signature: part.seal === undefined ? "" : signatureOf(part.seal, wrap) ?? "",
        signatureOf: (seal) => signatureOf(seal, wrap),
      };
    case "sealed":
      return part.seal.issuer === NAME ? redacted(part.seal.value) : undefined;
    case "tool_call": {
      const { callId, name, kind, input } = part;
      if (name === "") throw namelessCall();
      const id = toolIdOf(callId, answerId, number);
      return {
        ...NOTHING_KNOWN,
        block: { type: "tool_use", id, name, input: {} },
        delta: "input",
        text: input,
        isCustom: kind === "custom",
      };
    }
    case "native":
      if (part.format !== NAME || !isJsonObject(part.value)) return undefined;
      return { ...NOTHING_KNOWN, block: part.value, delta: "none" };
    case "media": // An answer of Anthropic's holds none.
    case "tool_result":
      return undefined;
  }
}

/** What a call is sealed with, as the block before it; `undefined` where there is nothing of others. */
export function sealBlock(
  part: Part,
  answerId: string,
  number: number,
  wrap: WrapSeal,
): NewBlock | undefined {
  if (part.type !== "tool_call" || part.seal === undefined) return undefined;
  const data = wrap(part.seal, toolIdOf(part.callId, answerId, number));
  return data === undefined ? undefined : redacted(data);
}

function redacted(data: string): NewBlock {
  return { ...NOTHING_KNOWN, block: { type: "redacted_thinking", data }, delta: "none" };
}

function toolIdOf(callId: string, answerId: string, number: number): string {
  return callId === "" ? makeToolId(answerId, number) : allowedToolId(callId);
}

function signatureOf(seal: Seal, wrap: WrapSeal): string | undefined {
  return seal.issuer === NAME ? seal.value : wrap(seal);
}

function isOurs({ native }: Citation): boolean {
  return native.format === NAME;
}

/** A client could neither run it nor answer it. */
function namelessCall(): GatewayError {
  return new GatewayError(
    "upstream_invalid_response",
    "The provider called a tool without naming it",
  );
}
