/** Images of a request: base64, whose type is told by its first bytes. */

import type { MediaPart } from "../../../core/chat/chat.ts";
import type { JsonValue } from "../../../core/text/json.ts";
import { sourceOfUrl } from "../../openai_chat/media_source.ts";
import { itemsAt, refusal, textAt } from "../../request_fields.ts";
import { sniffImage } from "../image_type.ts";

/** Reads a list of images. Throws `GatewayError` `invalid_request` for what is none. */
export function decodeImages(value: JsonValue | undefined, path: string): readonly MediaPart[] {
  return itemsAt(value, path, readImage) ?? [];
}

/** Some clients leave the head of a `data:` address on it. */
function readImage(value: JsonValue, path: string): MediaPart {
  const text = textAt(value, path);
  const source = sourceOfUrl(text);
  if (source.type === "inline") return { type: "media", kind: "image", source };
  const mediaType = sniffImage(text);
  if (mediaType === undefined) {
    throw refusal(path, "must be a PNG, JPEG, GIF, WebP, BMP or TIFF image in base64");
  }
  return { type: "media", kind: "image", source: { type: "inline", mediaType, data: text } };
}
