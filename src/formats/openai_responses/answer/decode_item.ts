/**
 * The items of an answer, read.
 *
 * @module
 */

import type { Citation, Part, Seal } from "../../../core/chat/chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import { NAME } from "../name.ts";
import { calledTool } from "../tools/client_tools.ts";
import { flatNameOf } from "../tools/declared_tools.ts";

/** What kinds of item there are to a reader. */
export type ItemKind = "message" | "reasoning" | "call" | "other";

export function kindOf({ type }: JsonObject): ItemKind {
  if (type === "message" || type === "reasoning") return type;
  return type === "function_call" || type === "custom_tool_call" ? "call" : "other";
}

/** A call with whatever of its input stands in it. */
export function decodeCall(item: JsonObject): Extract<Part, { readonly type: "tool_call" }> {
  const isCustom = item["type"] === "custom_tool_call";
  const namespace = textOf(item["namespace"]);
  const id = textOf(item["id"]);
  return {
    type: "tool_call",
    ...(id !== "" && { id }),
    callId: textOf(item["call_id"]),
    kind: isCustom ? "custom" : "function",
    name: flatNameOf(textOf(item["name"]), namespace === "" ? undefined : namespace),
    input: textOf(isCustom ? item["input"] : item["arguments"]),
  };
}

/** What comes whole: a call of a tool with a type of its own, a picture, or what has no neutral word. */
function decodeWholeItem(item: JsonObject): Part {
  const { type, result, output_format: format } = item;
  const called = calledTool(item);
  if (called !== undefined) {
    return {
      type: "tool_call",
      callId: textOf(item["call_id"]),
      kind: "function",
      name: called.type,
      input: JSON.stringify(called.argumentsOf(item)),
    };
  }
  if (type === "image_generation_call" && textOf(result) !== "") {
    const mediaType = `image/${textOf(format) || "png"}`;
    return {
      type: "media",
      kind: "image",
      source: { type: "inline", mediaType, data: textOf(result) },
    };
  }
  return { type: "native", format: NAME, name: textOf(type), value: item };
}

/** What an item says, in parts. */
export function decodeItem(item: JsonObject): readonly Part[] {
  switch (kindOf(item)) {
    case "message":
      return listOf(item["content"]).filter(isJsonObject).map(decodeAnswerPart)
        .filter((part) => part !== undefined);
    case "reasoning":
      return decodeReasoning(item);
    case "call":
      return [decodeCall(item)];
    case "other":
      return [decodeWholeItem(item)];
  }
}

function decodeReasoning(item: JsonObject): readonly Part[] {
  const text = reasoningText(item);
  const seal = reasoningSeal(item);
  const id = typeof item["id"] === "string" ? { id: item["id"] } : {};
  if (text !== "") return [{ ...id, type: "reasoning", text, ...(seal && { seal }) }];
  return seal === undefined ? [] : [{ ...id, type: "sealed", seal }];
}

/** What a reasoning says: its own text where the provider shows it, else its summary. */
export function reasoningText({ content, summary }: JsonObject): string {
  return textsOf(content) || textsOf(summary);
}

export function reasoningSeal({ encrypted_content: value }: JsonObject): Seal | undefined {
  return typeof value === "string" && value !== "" ? { value, issuer: NAME } : undefined;
}

/** A part of a message's content. */
export function decodeAnswerPart(part: JsonObject): Part | undefined {
  const { type, text, refusal, annotations } = part;
  if (type === "refusal") return { type, text: textOf(refusal) };
  if (type !== "output_text" && type !== "text") return undefined;
  const citations = listOf(annotations).filter(isJsonObject).map(decodeCitation);
  return { type: "text", text: textOf(text), ...(citations.length > 0 && { citations }) };
}

export function decodeCitation(annotation: JsonObject): Citation {
  const { url } = annotation;
  const title = [annotation["title"], annotation["filename"]].find((name) =>
    typeof name === "string" && name !== ""
  );
  return {
    ...(typeof url === "string" && url !== "" && { url }),
    ...(typeof title === "string" && { title }),
    native: { format: NAME, value: annotation },
  };
}

/** The names by which streams and items call the lists of a reasoning's texts. */
function textsOf(value: JsonValue | undefined): string {
  return listOf(value).map((part) => isJsonObject(part) ? textOf(part["text"]) : "").join("\n\n");
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : "";
}
