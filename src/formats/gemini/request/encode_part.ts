/**
 * The parts of a request, written.
 *
 * @module
 */

import type { Part, Seal, ToolCallPart, ToolResultPart } from "../../../core/chat/chat.ts";
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  parseJson,
} from "../../../core/text/json.ts";
import { inputObject } from "../../anthropic_messages/tool_call.ts";
import { isMadeCallId } from "../call_id.ts";
import { NAME } from "../name.ts";
import { encodeMedia } from "./encode_media.ts";

export const NO_MARKS = `Marks of what is to be cached are left out: ${NAME} has no word for them`;

/** What parts are written with. */
export interface PartEncoding {
  readonly place: string;
  readonly warnings: Set<string>;
}

/** Writes a part of anything but a tool's result, or none where the format has no word for it or no use. */
export function encodePart(part: Part, encoding: PartEncoding): readonly JsonObject[] {
  const { place, warnings } = encoding;
  if (part.cache !== undefined) warnings.add(NO_MARKS);
  switch (part.type) {
    case "text": {
      const sealed = signatureOf(part.seal, warnings);
      if ((part.citations?.length ?? 0) > 0) {
        warnings.add(`Citations in earlier answers are left out: ${NAME} takes none back`);
      }
      return part.text === "" && sealed["thoughtSignature"] === undefined
        ? []
        : [{ text: part.text, ...sealed }];
    }
    case "refusal":
      return part.text === "" ? [] : [{ text: part.text }];
    case "media":
      return [encodeMedia(part, place, warnings)];
    case "reasoning": {
      const sealed = signatureOf(part.seal, warnings);
      if (sealed["thoughtSignature"] !== undefined) {
        return [{ text: part.text, thought: true, ...sealed }];
      }
      warnings.add(`Reasoning without a signature of ${NAME}'s is left out: it takes none back`);
      return [];
    }
    case "sealed": {
      const sealed = signatureOf(part.seal, warnings);
      return sealed["thoughtSignature"] === undefined ? [] : [{ text: "", ...sealed }];
    }
    case "tool_call":
      return [encodeCall(part, encoding)];
    case "tool_result": // Stands in a content of its own.
      return [];
    case "native":
      if (part.format === NAME && isJsonObject(part.value)) return [part.value];
      warnings.add(
        `A part of type "${part.name}" is left out: ${NAME} has no word for what is ${part.format}'s`,
      );
      return [];
  }
}

/** What Gemini signed goes back to it on the same part; nobody else's can be checked there. */
function signatureOf(seal: Seal | undefined, warnings: Set<string>): JsonObject {
  if (seal === undefined) return {};
  if (seal.issuer === NAME) return { thoughtSignature: seal.value };
  warnings.add(`What ${seal.issuer} has signed is left out: nobody else can check it`);
  return {};
}

function encodeCall(
  { callId, kind, name, input, seal }: ToolCallPart,
  { place, warnings }: PartEncoding,
): JsonObject {
  const args = inputObject(input, kind);
  if (kind === "function" && args["input"] === input) {
    warnings.add(`The arguments of ${place} are no JSON object and are sent as {"input": "..."}`);
  }
  return {
    functionCall: { ...idOf(callId), name, args },
    ...signatureOf(seal, warnings),
  };
}

/** @param name Of the function that was called. */
export function encodeResult(
  { callId, parts, isError }: ToolResultPart,
  name: string,
  media: readonly JsonObject[],
): JsonObject {
  const text = parts.map((part) => part.type === "text" || part.type === "refusal" ? part.text : "")
    .filter((piece) => piece !== "").join("\n");
  return {
    functionResponse: {
      ...idOf(callId),
      name,
      response: responseOf(text, isError),
      ...(media.length > 0 && { parts: media }),
    },
  };
}

/** An object, which is what Gemini wants; anything else in one of the two members that it knows. */
function responseOf(text: string, isError: boolean): JsonObject {
  const value: JsonValue = parseJson(text) ?? text;
  if (isError) return { error: value };
  return isJsonObject(value) ? value : { output: value };
}

function idOf(callId: string): JsonObject {
  return callId === "" || isMadeCallId(callId) ? {} : { id: callId };
}
