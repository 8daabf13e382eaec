/**
 * The parts of messages and of tools' results, written.
 *
 * Sound, video and files that somebody else holds are refused: without them the question is another one.
 *
 * @module
 */

import type { MediaPart, Part } from "../../../core/chat/chat.ts";
import { GatewayError } from "../../../core/gateway_error.ts";
import { isJsonObject, type JsonObject } from "../../../core/text/json.ts";
import { dataUrl } from "../../openai_chat/media_source.ts";
import { given } from "../../request_fields.ts";
import { NAME } from "../name.ts";

/** Writes what is read: text, media, and what is of this format. */
export function encodeContent(
  parts: readonly Part[],
  place: string,
  warnings: Set<string>,
): readonly JsonObject[] {
  return parts.flatMap((part) => encodePart(part, place, warnings));
}

/** One text is written as such. */
export function toContent(content: readonly JsonObject[]): string | readonly JsonObject[] {
  const [first, ...others] = content;
  if (first === undefined) return "";
  const { type, text } = first;
  return others.length === 0 && type === "input_text" && typeof text === "string" ? text : content;
}

function encodePart(part: Part, place: string, warnings: Set<string>): readonly JsonObject[] {
  switch (part.type) {
    case "text":
    case "refusal":
      return part.text === "" ? [] : [{ type: "input_text", text: part.text }];
    case "media":
      return [encodeMedia(part, place)];
    case "native":
      if (part.format === NAME && isJsonObject(part.value)) return [part.value];
      warnings.add(
        `A part of type "${part.name}" is left out: ${NAME} has no word for what is ${part.format}'s`,
      );
      return [];
    case "reasoning":
    case "sealed":
    case "tool_call":
    case "tool_result":
      throw refuse(place, `holds ${part.type}, which has no place there`);
  }
}

function encodeMedia(part: MediaPart, place: string): JsonObject {
  const { kind, source, name, detail } = part;
  if (source.type === "text") {
    const title = name === undefined ? "" : `${name}\n\n`;
    return { type: "input_text", text: title + source.text };
  }
  if (kind !== "image" && kind !== "document") {
    throw refuse(place, `holds ${kind}, which ${NAME} does not take`);
  }
  if (source.type === "file") {
    // Files of OpenAI's are the same in its other API.
    if (source.issuer !== NAME && source.issuer !== "openai_chat") {
      throw refuse(place, `names a file that ${source.issuer} holds; send its content`);
    }
    return { type: kind === "image" ? "input_image" : "input_file", file_id: source.id };
  }
  const isInline = source.type === "inline";
  const url = isInline ? dataUrl(source.mediaType, source.data) : source.url;
  if (kind === "image") return { type: "input_image", image_url: url, detail: detail ?? "auto" };
  return isInline
    ? { type: "input_file", filename: name ?? fileName(source.mediaType), file_data: url }
    : { type: "input_file", file_url: url, ...given({ filename: name }) };
}

/** OpenAI takes no file's content without a name. */
function fileName(mediaType: string): string {
  return mediaType.toLowerCase() === "application/pdf" ? "document.pdf" : "document";
}

function refuse(place: string, problem: string): GatewayError {
  return new GatewayError("invalid_request", `${place} ${problem}`, { param: "messages" });
}
