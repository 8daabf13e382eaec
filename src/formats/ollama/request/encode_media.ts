/**
 * Images in base64 and documents of plain text: of anything else the question would be another one.
 *
 * @module
 */

import type { MediaPart } from "../../../core/chat/chat.ts";
import { GatewayError } from "../../../core/gateway_error.ts";
import { sourceOfUrl } from "../../openai_chat/media_source.ts";
import { isPlainText, textOfBase64 } from "../../text_document.ts";
import { NAME } from "../name.ts";

/** What a message holds beside what it says. */
export type EncodedMedia = { readonly text: string } | { readonly image: string };

/** Writes one. Throws `GatewayError` `invalid_request` for what the format does not take. */
export function encodeMedia(
  part: MediaPart,
  place: string,
  warnings: Set<string>,
): EncodedMedia {
  const { kind, name, detail } = part;
  const source = part.source.type === "url" ? sourceOfUrl(part.source.url) : part.source;
  if (source.type === "file") {
    throw refuse(place, `names a file that ${source.issuer} holds; send its content`);
  }
  if (source.type === "text") return { text: titled(name, source.text) };
  if (kind === "document" && source.type === "inline" && isPlainText(source.mediaType)) {
    const text = textOfBase64(source.data);
    if (text === undefined) throw refuse(place, "holds a document that is not base64");
    return { text: titled(name, text) };
  }
  if (kind !== "image") throw refuse(place, `holds ${kind}, which ${NAME} does not take`);
  if (source.type !== "inline") {
    throw refuse(place, "names an image by its address; send its content as base64");
  }
  if (detail !== undefined && detail !== "auto") {
    warnings.add(`The detail "${detail}" of an image is left out: ${NAME} has no word for it`);
  }
  if (name !== undefined && name !== "") {
    warnings.add(`The name of an image is left out: ${NAME} has no word for it`);
  }
  return { image: source.data };
}

function titled(name: string | undefined, text: string): string {
  return name === undefined || name === "" ? text : `${name}\n\n${text}`;
}

function refuse(place: string, problem: string): GatewayError {
  return new GatewayError("invalid_request", `${place} ${problem}`, { param: "messages" });
}
