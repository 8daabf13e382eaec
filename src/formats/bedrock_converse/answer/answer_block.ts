/** The blocks of an answer, read. */

import type { Citation, Part } from "../../../core/chat/chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import { NAME } from "../name.ts";

/** A whole block as a part. What has no neutral word is native. */
export function decodeBlock(block: JsonObject): Part {
  const { text, toolUse, reasoningContent, citationsContent, image } = block;
  if (typeof text === "string") return { type: "text", text };
  if (isJsonObject(toolUse)) {
    const { input } = toolUse;
    const hasInput = isJsonObject(input) && Object.keys(input).length > 0;
    return { ...decodeCall(toolUse), input: hasInput ? JSON.stringify(input) : "" };
  }
  if (isJsonObject(reasoningContent)) return decodeReasoning(reasoningContent);
  if (isJsonObject(citationsContent)) return decodeCited(citationsContent);
  if (isJsonObject(image)) return decodeImage(image);
  return { type: "native", format: NAME, name: Object.keys(block)[0] ?? "", value: block };
}

/** A tool call, its input still to come. */
export function decodeCall(toolUse: JsonObject): Extract<Part, { readonly type: "tool_call" }> {
  return {
    type: "tool_call",
    callId: textOf(toolUse["toolUseId"]),
    kind: "function",
    name: textOf(toolUse["name"]),
    input: "",
  };
}

/** An image, inline or as the address in S3 that it stands at. */
export function decodeImage({ format, source }: JsonObject): Part {
  const { bytes, s3Location } = isJsonObject(source) ? source : {};
  const uri = isJsonObject(s3Location) ? textOf(s3Location["uri"]) : "";
  return {
    type: "media",
    kind: "image",
    source: uri === ""
      ? { type: "inline", mediaType: `image/${textOf(format)}`, data: textOf(bytes) }
      : { type: "url", url: uri },
  };
}

export function decodeCitation(citation: JsonObject): Citation {
  const { title, source, sourceContent, location } = citation;
  const web = isJsonObject(location) && isJsonObject(location["web"]) ? location["web"] : {};
  const url = [web["url"], source].find((text) => typeof text === "string" && URL.canParse(text));
  const quote = Array.isArray(sourceContent)
    ? sourceContent.filter(isJsonObject).map(({ text }) => textOf(text)).join("")
    : "";
  return {
    ...(typeof url === "string" && { url }),
    ...(typeof title === "string" && title !== "" && { title }),
    ...(quote !== "" && { quote }),
    native: { format: NAME, value: citation },
  };
}

function decodeReasoning({ reasoningText, redactedContent }: JsonObject): Part {
  if (!isJsonObject(reasoningText)) {
    return { type: "sealed", seal: { value: textOf(redactedContent), issuer: NAME } };
  }
  const signature = textOf(reasoningText["signature"]);
  return {
    type: "reasoning",
    text: textOf(reasoningText["text"]),
    ...(signature !== "" && { seal: { value: signature, issuer: NAME } }),
  };
}

function decodeCited({ content, citations }: JsonObject): Part {
  return {
    type: "text",
    text: listOf(content).map(({ text }) => textOf(text)).join(""),
    citations: listOf(citations).map(decodeCitation),
  };
}

export function textOf(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : "";
}

function listOf(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
