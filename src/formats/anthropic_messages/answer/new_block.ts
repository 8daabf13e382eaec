/**
 * How a part of an answer begins as a block of Anthropic's.
 *
 * Seals and citations of other issuers have no place: clients send a block back as they got it, and the API
 * checks what it is given. Reasoning without a seal is written with an empty signature, which clients keep.
 *
 * @module
 */

import type { Citation, Part, Seal } from "../../../core/chat.ts";
import { GatewayError } from "../../../core/gateway_error.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import { NAME } from "../name.ts";
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
  takesSeal(seal: Seal): boolean;
  takesCitation(citation: Citation): boolean;
}

const NOTHING_KNOWN = {
  text: "",
  signature: "",
  citations: [],
  isCustom: false,
  takesSeal: () => false,
  takesCitation: () => false,
} as const;

/** `undefined` for a part that the format has no word for. */
export function beginBlock(part: Part, answerId: string, number: number): NewBlock | undefined {
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
        signature: part.seal?.issuer === NAME ? part.seal.value : "",
        takesSeal: ({ issuer }) => issuer === NAME,
      };
    case "sealed":
      if (part.seal.issuer !== NAME) return undefined;
      return {
        ...NOTHING_KNOWN,
        block: { type: "redacted_thinking", data: part.seal.value },
        delta: "none",
      };
    case "tool_call": {
      const { callId, name, kind, input } = part;
      if (name === "") throw namelessCall();
      const id = callId === "" ? makeToolId(answerId, number) : allowedToolId(callId);
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
