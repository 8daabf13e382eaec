/**
 * The blocks of an answer, read.
 *
 * @module
 */

import type { Citation, Part } from "../../../core/chat/chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import { NAME } from "../name.ts";

/** A block as a part, with what is known of it already. What has no neutral word is native. */
export function decodeAnswerBlock(block: JsonObject): Part {
  switch (block["type"]) {
    case "text": {
      const citations = listOf(block["citations"]).filter(isJsonObject).map(decodeCitation);
      return {
        type: "text",
        text: textOf(block["text"]),
        ...(citations.length > 0 && { citations }),
      };
    }
    case "thinking": {
      const signature = textOf(block["signature"]);
      return {
        type: "reasoning",
        text: textOf(block["thinking"]),
        ...(signature !== "" && { seal: { value: signature, issuer: NAME } }),
      };
    }
    case "redacted_thinking":
      return { type: "sealed", seal: { value: textOf(block["data"]), issuer: NAME } };
    case "tool_use":
      return {
        type: "tool_call",
        callId: textOf(block["id"]),
        kind: "function",
        name: textOf(block["name"]),
        input: inputText(block["input"]),
      };
    default:
      return { type: "native", format: NAME, name: textOf(block["type"]), value: block };
  }
}

/** A citation in the words that all formats have, and in its own. */
export function decodeCitation(citation: JsonObject): Citation {
  const { url, source } = citation;
  const address = [url, source].find(isText);
  const title = [citation["title"], citation["document_title"]].find(isText);
  const quote = citation["cited_text"];
  return {
    ...(address !== undefined && { url: address }),
    ...(title !== undefined && { title }),
    ...(isText(quote) && { quote }),
    native: { format: NAME, value: citation },
  };
}

/** The JSON text of a call's input; empty where there is nothing in it yet. */
export function inputText(input: JsonValue | undefined): string {
  if (typeof input === "string") return input;
  if (!isJsonObject(input) || Object.keys(input).length === 0) return "";
  return JSON.stringify(input);
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : "";
}

function isText(value: JsonValue | undefined): value is string {
  return typeof value === "string" && value !== "";
}
