/**
 * The messages of a request, written: a text each, with what belongs to it beside it.
 *
 * @module
 */

import type { Message, Part, ToolResultPart } from "../../../core/chat/chat.ts";
import { GatewayError } from "../../../core/gateway_error.ts";
import type { JsonObject } from "../../../core/text/json.ts";
import { inputObject } from "../../anthropic_messages/tool_call.ts";
import { NAME } from "../name.ts";
import { encodeCall } from "../tool_call.ts";
import { encodeMedia } from "./encode_media.ts";

/** Said where a part, or a tool, bears a mark. */
export const NO_MARKS = `Marks of what is to be cached are left out: ${NAME} has no word for them`;

/** Writes the messages, each in its place; what has no place is named in `warnings`. */
export function encodeMessages(
  messages: readonly Message[],
  warnings: Set<string>,
): readonly JsonObject[] {
  const names = new Map<string, string>();
  return messages.flatMap(({ role, parts, name }, index) => {
    const place = `messages.${index}`;
    if (name !== undefined) {
      warnings.add(`"name" of a message is left out: ${NAME} has no word for it`);
    }
    if (role !== "tool") return [encodeMessage(role, parts, place, names, warnings)];
    return parts.flatMap((part) =>
      part.type === "tool_result" ? [encodeResult(part, place, names, warnings)] : []
    );
  });
}

function encodeMessage(
  role: string,
  parts: readonly Part[],
  place: string,
  names: Map<string, string>,
  warnings: Set<string>,
): JsonObject {
  const texts: string[] = [];
  const thoughts: string[] = [];
  const images: string[] = [];
  const calls: JsonObject[] = [];
  for (const part of parts) {
    tellLosses(part, warnings);
    switch (part.type) {
      case "text":
      case "refusal":
        texts.push(part.text);
        break;
      case "reasoning":
        thoughts.push(part.text);
        break;
      case "media": {
        const media = encodeMedia(part, place, warnings);
        if ("text" in media) texts.push(media.text);
        else images.push(media.image);
        break;
      }
      case "tool_call": {
        const { callId, name, kind, input } = part;
        names.set(callId, name);
        calls.push(
          encodeCall({ callId, name, index: calls.length, input: inputObject(input, kind) }),
        );
        break;
      }
      case "sealed":
        warnings.add(
          `What ${part.seal.issuer} has sealed of the reasoning is left out: nobody else can read it`,
        );
        break;
      case "native":
        warnings.add(
          `A part of type "${part.name}" is left out: ${NAME} has no word for what is ${part.format}'s`,
        );
        break;
      case "tool_result":
        throw refuse(place, "holds tool_result, which has no place there");
    }
  }
  const thinking = thoughts.join("");
  return {
    role,
    content: texts.join("\n"),
    ...(thinking !== "" && { thinking }),
    ...(images.length > 0 && { images }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
}

function encodeResult(
  result: ToolResultPart,
  place: string,
  names: ReadonlyMap<string, string>,
  warnings: Set<string>,
): JsonObject {
  const { callId, parts, isError } = result;
  tellLosses(result, warnings);
  const { content, ...others } = encodeMessage("tool", parts, place, new Map(), warnings);
  if (isError) {
    warnings.add(
      `That a tool failed is told in the text of its result: ${NAME} has no word for it`,
    );
  }
  const name = names.get(callId);
  return {
    ...others,
    content: isError ? `Error:\n${content}` : content ?? "",
    ...(name !== undefined && { tool_name: name }),
    ...(callId !== "" && { tool_call_id: callId }),
  };
}

/** What belongs to a part and has no place here. */
function tellLosses(part: Part, warnings: Set<string>): void {
  if (part.cache !== undefined) warnings.add(NO_MARKS);
  if (part.type === "text" && (part.citations?.length ?? 0) > 0) {
    warnings.add(`Citations in earlier answers are left out: ${NAME} takes none back`);
  }
  if (part.type !== "sealed" && "seal" in part && part.seal !== undefined) {
    warnings.add(`What ${part.seal.issuer} has signed is left out: nobody else can check it`);
  }
}

function refuse(place: string, problem: string): GatewayError {
  return new GatewayError("invalid_request", `${place} ${problem}`, { param: "messages" });
}
