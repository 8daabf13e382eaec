/**
 * Images, sound, video and documents of a request.
 *
 * @module
 */

import type { MediaPart } from "../../../core/chat/chat.ts";
import { GatewayError } from "../../../core/gateway_error.ts";
import type { JsonObject } from "../../../core/text/json.ts";
import { sourceOfUrl } from "../../openai_chat/media_source.ts";
import { NAME } from "../name.ts";

/** Gemini wants to be told what an address leads to. */
const TYPE_BY_ENDING: ReadonlyMap<string, string> = new Map(Object.entries({
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  webp: "image/webp",
  gif: "image/gif",
  heic: "image/heic",
  pdf: "application/pdf",
  txt: "text/plain",
  mp3: "audio/mp3",
  wav: "audio/wav",
  mp4: "video/mp4",
}));

const TYPE_BY_KIND: Readonly<Record<MediaPart["kind"], string>> = {
  image: "image/jpeg",
  audio: "audio/mp3",
  video: "video/mp4",
  document: "application/pdf",
};

/** Writes one. Throws `GatewayError` `invalid_request` for a file that somebody else holds. */
export function encodeMedia(part: MediaPart, place: string, warnings: Set<string>): JsonObject {
  const { kind, name, detail } = part;
  if (detail !== undefined && detail !== "auto") {
    warnings.add(`The detail "${detail}" of an image is left out: ${NAME} has no word for it`);
  }
  if (name !== undefined && name !== "" && part.source.type !== "text") {
    warnings.add(`The name of a file is left out: ${NAME} has no word for it`);
  }
  const source = part.source.type === "url" ? sourceOfUrl(part.source.url) : part.source;
  switch (source.type) {
    case "inline":
      return { inlineData: { mimeType: mediaTypeOf(source.mediaType), data: source.data } };
    case "url": {
      const { url } = source;
      const ending = /\.([a-z0-9]+)(?:[?#]|$)/i.exec(url)?.[1]?.toLowerCase() ?? "";
      const mimeType = TYPE_BY_ENDING.get(ending) ?? TYPE_BY_KIND[kind];
      return { fileData: { mimeType, fileUri: url } };
    }
    case "text":
      return { text: name === undefined || name === "" ? source.text : `${name}\n${source.text}` };
    case "file":
      if (source.issuer === NAME) return { fileData: { fileUri: source.id } };
      throw new GatewayError(
        "invalid_request",
        `${place} names a file that ${source.issuer} holds; send its content, or an address`,
        { param: "messages" },
      );
  }
}

function mediaTypeOf(given: string): string {
  const mediaType = given.toLowerCase();
  return mediaType === "image/jpg" ? "image/jpeg" : mediaType;
}
