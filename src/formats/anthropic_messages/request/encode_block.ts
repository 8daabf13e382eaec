/**
 * The parts of a request, written as blocks.
 *
 * @module
 */

import type {
  CacheMark,
  Part,
  ReasoningPart,
  Seal,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from "../../../core/chat/chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import { encodeMedia } from "./encode_media.ts";
import { NAME } from "../name.ts";
import { allowedToolId, inputObject } from "../tool_call.ts";

/** Writes a part as a block, or as none where the format has no word for it or the API no use. */
export function encodePart(
  part: Part,
  place: string,
  warnings: Set<string>,
): readonly JsonObject[] {
  switch (part.type) {
    case "text":
      return encodeText(part);
    case "refusal":
      return encodeText({ type: "text", text: part.text });
    case "media":
      return [withCache(encodeMedia(part, place, warnings), part.cache)];
    case "reasoning":
      return encodeReasoning(part, warnings);
    case "sealed": {
      const data = ownSeal(part.seal, warnings);
      return data === undefined ? [] : [{ type: "redacted_thinking", data }];
    }
    case "tool_call":
      return [withCache(encodeToolCall(part, place, warnings), part.cache)];
    case "tool_result":
      return [withCache(encodeToolResult(part, place, warnings), part.cache)];
    case "native":
      if (part.format === NAME && isJsonObject(part.value)) return [part.value];
      warnings.add(
        `A part of type "${part.name}" is left out: ${NAME} has no word for what is ${part.format}'s`,
      );
      return [];
  }
}

/** A mark of the format. */
export function cacheControl(cache: CacheMark): JsonObject {
  return { type: "ephemeral", ...(cache.ttl !== undefined && { ttl: cache.ttl }) };
}

export function withCache(block: JsonObject, cache: CacheMark | undefined): JsonObject {
  return cache === undefined ? block : { ...block, cache_control: cacheControl(cache) };
}

/** The API refuses texts that are empty or nothing but space. */
function encodeText({ text, citations = [], cache }: TextPart): readonly JsonObject[] {
  if (text.trim() === "") return [];
  const own = citations.filter(({ native }) => native.format === NAME);
  const block = {
    type: "text",
    text,
    ...(own.length > 0 && { citations: own.map(({ native }): JsonValue => native.value) }),
  };
  return [withCache(block, cache)];
}

/** Reasoning without a seal is stripped: the API refuses what it did not sign. */
function encodeReasoning(
  { text, seal }: ReasoningPart,
  warnings: Set<string>,
): readonly JsonObject[] {
  if (seal === undefined) {
    warnings.add(
      `Reasoning without a signature is left out: ${NAME} takes back what it has signed`,
    );
    return [];
  }
  const signature = ownSeal(seal, warnings);
  return signature === undefined ? [] : [{ type: "thinking", thinking: text, signature }];
}

function ownSeal({ value, issuer }: Seal, warnings: Set<string>): string | undefined {
  if (issuer === NAME) return value;
  warnings.add(`Reasoning that ${issuer} has signed is left out: nobody else can check it`);
  return undefined;
}

function encodeToolCall(
  { callId, kind, name, input }: ToolCallPart,
  place: string,
  warnings: Set<string>,
): JsonObject {
  const object = inputObject(input, kind);
  const isWrapped = kind === "function" && object["input"] === input;
  if (isWrapped) {
    warnings.add(`The arguments of ${place} are no JSON object and are sent as {"input": "..."}`);
  }
  return { type: "tool_use", id: allowedToolId(callId), name, input: object };
}

function encodeToolResult(
  { callId, parts, isError }: ToolResultPart,
  place: string,
  warnings: Set<string>,
): JsonObject {
  const content = parts.flatMap((part) => encodePart(part, place, warnings));
  return {
    type: "tool_result",
    tool_use_id: allowedToolId(callId),
    ...(content.length > 0 && { content }),
    ...(isError && { is_error: true }),
  };
}
