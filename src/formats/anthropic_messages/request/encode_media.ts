/**
 * Images and documents of a request. Sound, video and files that somebody else holds are refused: without
 * them the question is another one.
 *
 * @module
 */

import type { MediaPart } from "../../../core/chat/chat.ts";
import { GatewayError } from "../../../core/gateway_error.ts";
import type { JsonObject } from "../../../core/text/json.ts";
import { isPlainText, textOfBase64 } from "../../text_document.ts";
import { NAME } from "../name.ts";

const DATA_URL = /^data:([^;,]*)((?:;[^;,]*)*),/i;

/** Writes an image or a document. Throws `GatewayError` `invalid_request` for anything else. */
export function encodeMedia(
  part: MediaPart,
  place: string,
  warnings: Set<string>,
): JsonObject {
  const { kind, name, detail } = part;
  if (kind !== "image" && kind !== "document") {
    throw refuse(place, `holds ${kind}, which ${NAME} does not take`);
  }
  if (detail !== undefined && detail !== "auto") {
    warnings.add(`The detail "${detail}" of an image is left out: ${NAME} has no word for it`);
  }
  return {
    type: kind,
    source: encodeSource(part, place),
    ...(kind === "document" && name !== undefined && name !== "" && { title: name }),
  };
}

function encodeSource({ kind, source }: MediaPart, place: string): JsonObject {
  switch (source.type) {
    case "url":
      return /^data:/i.test(source.url)
        ? encodeDataUrl(source.url, kind, place)
        : { type: "url", url: source.url };
    case "inline":
      return encodeInline(source.mediaType, source.data, kind, place);
    case "text":
      return { type: "text", media_type: "text/plain", data: source.text };
    case "file":
      if (source.issuer === NAME) return { type: "file", file_id: source.id };
      throw refuse(
        place,
        `names a file that ${source.issuer} holds; send its content, or an address`,
      );
  }
}

function encodeDataUrl(url: string, kind: MediaPart["kind"], place: string): JsonObject {
  const [head, mediaType, parameters = ""] = DATA_URL.exec(url) ?? [];
  if (head === undefined || mediaType === undefined || !/;base64$/i.test(parameters)) {
    throw refuse(place, "has a data: URL that is not base64, such as data:image/png;base64,...");
  }
  return encodeInline(mediaType, url.slice(head.length), kind, place);
}

function encodeInline(
  given: string,
  data: string,
  kind: MediaPart["kind"],
  place: string,
): JsonObject {
  const mediaType = given.toLowerCase() === "image/jpg" ? "image/jpeg" : given.toLowerCase();
  if (kind === "image" || mediaType === "application/pdf") {
    return { type: "base64", media_type: mediaType, data };
  }
  if (isPlainText(mediaType)) {
    const text = textOfBase64(data);
    if (text === undefined) throw refuse(place, "holds a document that is not base64");
    return { type: "text", media_type: "text/plain", data: text };
  }
  throw refuse(place, `holds a document of type "${given}"; ${NAME} takes PDF and plain text`);
}

function refuse(place: string, problem: string): GatewayError {
  return new GatewayError("invalid_request", `${place} ${problem}`, { param: "messages" });
}
