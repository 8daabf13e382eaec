/**
 * The parts of messages, written as parts of content.
 *
 * Files that somebody else holds are refused: without them the question is another one.
 *
 * @module
 */

import type { CacheMark, MediaPart, Part } from "../../../core/chat/chat.ts";
import { GatewayError } from "../../../core/gateway_error.ts";
import { isJsonObject, type JsonObject } from "../../../core/text/json.ts";
import { dataUrl } from "../media_source.ts";
import { NAME } from "../name.ts";
import { given } from "./given.ts";
import type { RequestEncoding } from "./variant.ts";

/** Writes what has a place in content: text, media, and what is of this format. */
export function encodeContent(
  parts: readonly Part[],
  place: string,
  encoding: RequestEncoding,
): readonly JsonObject[] {
  return parts.flatMap((part) => encodeContentPart(part, place, encoding));
}

/** One text is written as such, unless it bears a mark. */
export function toContent(content: readonly JsonObject[]): string | readonly JsonObject[] {
  const [first, ...others] = content;
  if (first === undefined) return "";
  const isPlain = others.length === 0 && first["type"] === "text" &&
    Object.keys(first).length === 2 && typeof first["text"] === "string";
  return isPlain && typeof first["text"] === "string" ? first["text"] : content;
}

/** The fields of a cache mark: none where it has no place, which is said once. */
export function cacheFields(cache: CacheMark | undefined, encoding: RequestEncoding): JsonObject {
  if (cache === undefined) return {};
  if (encoding.variant === "openrouter") {
    return { cache_control: { type: "ephemeral", ...given({ ttl: cache.ttl }) } };
  }
  encoding.warnings.add(`Marks of what is to be cached are left out: ${NAME} has no word for them`);
  return {};
}

function encodeContentPart(
  part: Part,
  place: string,
  encoding: RequestEncoding,
): readonly JsonObject[] {
  const marks = (): JsonObject => cacheFields(part.cache, encoding);
  switch (part.type) {
    case "text":
      if (part.citations !== undefined && part.citations.length > 0) {
        encoding.warnings.add("Citations in earlier answers are left out");
      }
      return [{ type: "text", text: part.text, ...marks() }];
    case "media":
      return [{ ...encodeMedia(part, place), ...marks() }];
    case "refusal":
      return [{ type: "text", text: part.text, ...marks() }];
    case "native":
      if (part.format === NAME && isJsonObject(part.value)) return [part.value];
      encoding.warnings.add(
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

/** Writes an image, a sound, a video or a document. */
export function encodeMedia(part: MediaPart, place: string): JsonObject {
  const { kind, source, name, detail } = part;
  if (source.type === "file") {
    if (source.issuer !== NAME) {
      throw refuse(place, `names a file that ${source.issuer} holds; send its content`);
    }
    return { type: "file", file: { file_id: source.id, ...given({ filename: name }) } };
  }
  if (source.type === "text") {
    const title = name === undefined ? "" : `${name}\n\n`;
    return { type: "text", text: title + source.text };
  }
  const isInline = source.type === "inline";
  const url = isInline ? dataUrl(source.mediaType, source.data) : source.url;
  switch (kind) {
    case "image":
      return { type: "image_url", image_url: { url, ...given({ detail }) } };
    case "video":
      return { type: "video_url", video_url: { url } };
    case "audio":
      if (!isInline) throw refuse(place, "names a sound by its address; send its content");
      return {
        type: "input_audio",
        input_audio: { data: source.data, format: audioFormat(source.mediaType) },
      };
    case "document":
      return { type: "file", file: { filename: name ?? fileName(part), file_data: url } };
  }
}

/** `audio/mpeg` is what everybody but OpenAI calls its `mp3`. */
function audioFormat(mediaType: string): string {
  const format = mediaType.replace(/^audio\/(?:x-)?/i, "").toLowerCase();
  return format === "mpeg" ? "mp3" : format;
}

/** OpenAI takes no file without a name. */
function fileName({ source }: MediaPart): string {
  const isPdf = source.type === "inline" && source.mediaType.toLowerCase() === "application/pdf";
  return isPdf ? "document.pdf" : "document";
}

function refuse(place: string, problem: string): GatewayError {
  return new GatewayError("invalid_request", `${place} ${problem}`, { param: "messages" });
}
