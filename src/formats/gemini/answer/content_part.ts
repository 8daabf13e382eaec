/**
 * The parts of an answer, written.
 *
 * A signature of another issuer has no place: clients send a part back as they got it, and the API checks it.
 *
 * @module
 */

import type { Part, Seal } from "../../../core/chat/chat.ts";
import { GatewayError } from "../../../core/gateway_error.ts";
import { isJsonObject, type JsonObject } from "../../../core/text/json.ts";
import { inputObject } from "../../anthropic_messages/tool_call.ts";
import { NAME } from "../name.ts";

/** A part while it grows. */
export interface PartDraft {
  readonly part: Part;
  /** Its text or input so far. */
  text: string;
  seal: Seal | undefined;
}

export function draftOf(part: Part): PartDraft {
  return { part, text: beginningOf(part), seal: "seal" in part ? part.seal : undefined };
}

/** `undefined` for a part that the format has no word for, or that says nothing. */
export function encodePart({ part, text, seal }: PartDraft): JsonObject | undefined {
  const signature = signatureOf(seal);
  switch (part.type) {
    case "text":
    case "refusal":
      return text === "" && seal === undefined ? undefined : { text, ...signature };
    case "reasoning":
      return text === "" && seal === undefined ? undefined : { text, thought: true, ...signature };
    case "sealed":
      return part.seal.issuer === NAME ? { text: "", ...signature } : undefined;
    case "tool_call": {
      const { callId, name, kind } = part;
      if (name === "") throw namelessCall();
      const args = inputObject(text, kind);
      return {
        functionCall: { ...(callId !== "" && { id: callId }), name, args },
        ...signature,
      };
    }
    case "media": {
      const { source, name } = part;
      const displayName = name === undefined ? {} : { displayName: name };
      if (source.type === "inline") {
        const { mediaType: mimeType, data } = source;
        return { inlineData: { mimeType, data, ...displayName } };
      }
      return source.type === "url"
        ? { fileData: { fileUri: source.url, ...displayName } }
        : undefined;
    }
    case "native":
      return part.format === NAME && isJsonObject(part.value)
        ? { ...part.value, ...signature }
        : undefined;
    case "tool_result":
      return undefined;
  }
}

/** The member that holds a seal which may be given to clients of the format. */
export function signatureOf(seal: Seal | undefined): JsonObject {
  return seal?.issuer === NAME ? { thoughtSignature: seal.value } : {};
}

function beginningOf(part: Part): string {
  switch (part.type) {
    case "text":
    case "refusal":
    case "reasoning":
      return part.text;
    case "tool_call":
      return part.input;
    default:
      return "";
  }
}

/** A client could neither run it nor answer it. */
function namelessCall(): GatewayError {
  return new GatewayError(
    "upstream_invalid_response",
    "The provider called a tool without naming it",
  );
}
