/**
 * The messages of a request, written: a text each, with what belongs to it beside it.
 *
 * @module
 */

import type { MediaPart, Message, Part, ToolResultPart } from "../../../core/chat.ts";
import { GatewayError } from "../../../core/gateway_error.ts";
import type { JsonObject } from "../../../core/text/json.ts";
import { inputObject } from "../../anthropic_messages/tool_call.ts";
import { sourceOfUrl } from "../../openai_chat/media_source.ts";
import { NAME } from "../name.ts";
import { encodeCall } from "../tool_call.ts";

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
    switch (part.type) {
      case "text":
      case "refusal":
        texts.push(part.text);
        break;
      case "reasoning":
        thoughts.push(part.text);
        break;
      case "media":
        addMedia(part, place, texts, images);
        break;
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
  { callId, parts, isError }: ToolResultPart,
  place: string,
  names: ReadonlyMap<string, string>,
  warnings: Set<string>,
): JsonObject {
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

/** Images in base64 and documents of plain text; without anything else the question is another one. */
function addMedia(part: MediaPart, place: string, texts: string[], images: string[]): void {
  const { kind, name } = part;
  const source = part.source.type === "url" ? sourceOfUrl(part.source.url) : part.source;
  if (source.type === "text") {
    texts.push(name === undefined ? source.text : `${name}\n\n${source.text}`);
    return;
  }
  if (kind !== "image") throw refuse(place, `holds ${kind}, which ${NAME} does not take`);
  if (source.type !== "inline") {
    throw refuse(place, "names an image by its address; send its content as base64");
  }
  images.push(source.data);
}

function refuse(place: string, problem: string): GatewayError {
  return new GatewayError("invalid_request", `${place} ${problem}`, { param: "messages" });
}
