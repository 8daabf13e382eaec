/**
 * The parts of an answer as Ollama says them.
 *
 * @module
 */

import type { Part, ToolCallPart } from "../../../core/chat/chat.ts";
import { GatewayError } from "../../../core/gateway_error.ts";
import type { JsonObject } from "../../../core/text/json.ts";
import { inputObject } from "../../anthropic_messages/tool_call.ts";
import { encodeCall } from "../tool_call.ts";
import type { SaidFields } from "./answer_shape.ts";

/** What grows of a part, by the name of its field; `undefined` of a part that comes whole. */
export function growingField(part: Part): "content" | "thinking" | undefined {
  if (part.type === "text" || part.type === "refusal") return "content";
  return part.type === "reasoning" ? "thinking" : undefined;
}

/**
 * A part that comes whole; `undefined` where the format has no word for it.
 *
 * @param index Which of the answer's calls it is.
 */
export function saidWhole(part: Part, index: number): SaidFields | undefined {
  if (part.type === "tool_call") {
    if (part.name === "") throw namelessCall();
    return { content: "", tool_calls: [answeredCall(part, index)] };
  }
  const isImage = part.type === "media" && part.kind === "image";
  return isImage && part.source.type === "inline"
    ? { content: "", images: [part.source.data] }
    : undefined;
}

/** A call that an answer makes: what a model wrote that is no object becomes the field of one. */
function answeredCall({ callId, name, input, kind }: ToolCallPart, index: number): JsonObject {
  return encodeCall({ callId, name, index, input: inputObject(input, kind) });
}

/** A client could neither run it nor answer it. */
function namelessCall(): GatewayError {
  return new GatewayError(
    "upstream_invalid_response",
    "The provider called a tool without naming it",
  );
}
