/**
 * The parts of a candidate, read.
 *
 * @module
 */

import type { MediaPart, NativePart, Seal } from "../../../core/chat/chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import { NAME } from "../name.ts";

/** What a part says, before it is known whether it goes on with the one before it. */
export type SaidPart =
  | { readonly kind: "text" | "reasoning"; readonly text: string }
  | { readonly kind: "call"; readonly call: JsonObject }
  | { readonly kind: "whole"; readonly part: MediaPart | NativePart };

/** Members that say something of a part and are no part by themselves. */
const BESIDES: ReadonlySet<string> = new Set([
  "thought",
  "thoughtSignature",
  "thought_signature",
  "videoMetadata",
  "mediaResolution",
  "partMetadata",
]);

/** `undefined` of a part that says nothing. */
export function readPart(part: JsonObject): SaidPart | undefined {
  const { text, functionCall, inlineData, fileData } = part;
  if (typeof text === "string") {
    return { kind: part["thought"] === true ? "reasoning" : "text", text };
  }
  if (isJsonObject(functionCall)) return { kind: "call", call: functionCall };
  if (isJsonObject(inlineData)) {
    const mediaType = textOf(inlineData["mimeType"]);
    const source = { type: "inline", mediaType, data: textOf(inlineData["data"]) } as const;
    return { kind: "whole", part: { type: "media", kind: kindOf(mediaType), source } };
  }
  if (isJsonObject(fileData)) {
    const source = { type: "url", url: textOf(fileData["fileUri"]) } as const;
    const kind = kindOf(textOf(fileData["mimeType"]));
    return { kind: "whole", part: { type: "media", kind, source } };
  }
  const name = Object.keys(part).find((key) => !BESIDES.has(key));
  if (name === undefined) return undefined;
  return { kind: "whole", part: { type: "native", format: NAME, name, value: part } };
}

/** What must come back on the same part. */
export function sealOf(part: JsonObject): Seal | undefined {
  const value = part["thoughtSignature"] ?? part["thought_signature"];
  return typeof value === "string" && value !== "" ? { value, issuer: NAME } : undefined;
}

/** What a media type stands for. */
export function kindOf(mediaType: string): MediaPart["kind"] {
  const [kind] = mediaType.split("/", 1);
  return kind === "image" || kind === "audio" || kind === "video" ? kind : "document";
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : "";
}
