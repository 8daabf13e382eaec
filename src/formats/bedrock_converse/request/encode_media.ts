/**
 * Media of a request, which Converse takes as bytes or from S3 alone.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { MediaPart } from "../../../core/chat/chat.ts";
import { GatewayError } from "../../../core/gateway_error.ts";
import type { JsonObject } from "../../../core/text/json.ts";
import { NAME } from "../name.ts";

const DATA_URL = /^data:([^;,]*)((?:;[^;,]*)*),/i;

/** Bedrock's words for media types, where they are not the last part of the type. */
const FORMAT_BY_TYPE: ReadonlyMap<string, string> = new Map(Object.entries({
  "application/json": "txt",
  "application/msword": "doc",
  "application/vnd.ms-excel": "xls",
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
  "audio/mpeg": "mp3",
  "audio/x-wav": "wav",
  "image/jpg": "jpeg",
  "text/markdown": "md",
  "text/plain": "txt",
  "video/3gpp": "three_gp",
  "video/quicktime": "mov",
  "video/x-matroska": "mkv",
}));

const FORMATS: Readonly<Record<MediaPart["kind"], RegExp>> = {
  image: /^(png|jpeg|gif|webp)$/,
  document: /^(pdf|csv|docx?|xlsx?|html|txt|md)$/,
  video: /^(mkv|mov|mp4|webm|flv|mpe?g|wmv|three_gp)$/,
  audio: /^(aac|flac|m4a|mka|mkv|mp3|mp4|mpeg|mpga|ogg|opus|pcm|wav|webm)$/,
};

/** Throws `GatewayError` `invalid_request` for what it does not take. */
export function encodeMedia(part: MediaPart, place: string, warnings: Set<string>): JsonObject {
  const { kind, detail } = part;
  if (detail !== undefined && detail !== "auto") {
    warnings.add(`The detail "${detail}" of an image is left out: ${NAME} has no word for it`);
  }
  const { mediaType, source } = sourceOf(part, place);
  const type = mediaType.toLowerCase();
  const format = FORMAT_BY_TYPE.get(type) ?? type.slice(type.indexOf("/") + 1);
  if (!FORMATS[kind].test(format)) {
    throw refuse(place, `holds ${kind} of type "${mediaType}", which ${NAME} does not take`);
  }
  const name = kind === "document" ? { name: documentName(part.name, place) } : {};
  return { [kind]: { format, ...name, source } };
}

interface Source {
  readonly mediaType: string;
  readonly source: JsonObject;
}

function sourceOf({ kind, source }: MediaPart, place: string): Source {
  switch (source.type) {
    case "inline":
      return { mediaType: source.mediaType, source: { bytes: source.data } };
    case "text": {
      const bytes = Buffer.from(source.text).toString("base64");
      return { mediaType: "text/plain", source: { bytes } };
    }
    case "url":
      return sourceOfUrl(source.url, kind, place);
    case "file":
      throw refuse(place, `names a file that ${source.issuer} holds; send its content`);
  }
}

function sourceOfUrl(url: string, kind: MediaPart["kind"], place: string): Source {
  if (url.startsWith("s3://")) {
    const ending = /\.(\w+)$/.exec(url)?.[1] ?? "";
    const format = ending.toLowerCase() === "jpg" ? "jpeg" : ending;
    return { mediaType: `${kind}/${format}`, source: { s3Location: { uri: url } } };
  }
  const [head, mediaType, parameters = ""] = DATA_URL.exec(url) ?? [];
  if (head === undefined || mediaType === undefined) {
    throw refuse(place, `names an address, which ${NAME} does not read; send the content itself`);
  }
  if (!/;base64$/i.test(parameters)) {
    throw refuse(place, "has a data: URL that is not base64, such as data:image/png;base64,...");
  }
  return { mediaType, source: { bytes: url.slice(head.length) } };
}

/** Names are of few characters, and one without any is refused. */
function documentName(name: string | undefined, place: string): string {
  const allowed = (name ?? "").replace(/[^a-zA-Z0-9()[\]-]+/g, " ").trim().slice(0, 200);
  return allowed === "" ? `document ${place.replace(/\D+/g, " ").trim()}`.trim() : allowed;
}

function refuse(place: string, problem: string): GatewayError {
  return new GatewayError("invalid_request", `${place} ${problem}`, { param: "messages" });
}
