/**
 * The parts of a request, written as blocks.
 *
 * @module
 */

import type { CacheMark, Part, Seal, ToolResultPart } from "../../../core/chat/chat.ts";
import { isJsonObject, type JsonObject } from "../../../core/text/json.ts";
import { inputObject } from "../../anthropic_messages/tool_call.ts";
import { NAME } from "../name.ts";
import { encodeMedia } from "./encode_media.ts";
import { converseToolId } from "./model_traits.ts";

/** What is known where a block is written. */
export interface BlockPlace {
  /** `messages.3` */
  readonly place: string;
  readonly hasCachePoints: boolean;
  readonly warnings: Set<string>;
}

/** What is said where the model takes no mark. */
export const NO_MARKS =
  "Marks of what is to be cached are left out: the model takes none, or none in that place";

/** A part as a block, and its cache mark as another; none where the format has no word for it. */
export function encodePart(part: Part, where: BlockPlace): readonly JsonObject[] {
  const blocks = encodeBlock(part, where);
  const cache = markOf(part);
  if (cache === undefined || blocks.length === 0) return blocks;
  if (where.hasCachePoints) return [...blocks, cachePoint(cache)];
  where.warnings.add(NO_MARKS);
  return blocks;
}

/** A mark within a result stands behind it: it takes none within. */
function markOf(part: Part): CacheMark | undefined {
  if (part.cache !== undefined || part.type !== "tool_result") return part.cache;
  return part.parts.findLast(({ cache }) => cache !== undefined)?.cache;
}

export function cachePoint({ ttl }: CacheMark): JsonObject {
  return { cachePoint: { type: "default", ...(ttl !== undefined && { ttl }) } };
}

function encodeBlock(part: Part, where: BlockPlace): readonly JsonObject[] {
  const { place, warnings } = where;
  switch (part.type) {
    case "text":
      if ((part.citations?.length ?? 0) > 0) {
        warnings.add(`Citations in earlier answers are left out: ${NAME} takes none back`);
      }
      return encodeText(part.text);
    case "refusal":
      return encodeText(part.text);
    case "media":
      return [encodeMedia(part, place, warnings)];
    case "reasoning": {
      const signature = part.seal && ownSeal(part.seal, warnings);
      if (part.seal === undefined) {
        warnings.add(`Reasoning without a signature is left out: ${NAME} takes back its own alone`);
      }
      return signature === undefined
        ? []
        : [{ reasoningContent: { reasoningText: { text: part.text, signature } } }];
    }
    case "sealed": {
      const redactedContent = ownSeal(part.seal, warnings);
      return redactedContent === undefined ? [] : [{ reasoningContent: { redactedContent } }];
    }
    case "tool_call": {
      const { callId, kind, name } = part;
      const input = inputObject(part.input, kind);
      return [{ toolUse: { toolUseId: converseToolId(callId, place), name, input } }];
    }
    case "tool_result":
      return [encodeResult(part, where)];
    case "native":
      if (part.format === NAME && isJsonObject(part.value)) return [part.value];
      warnings.add(
        `A part of type "${part.name}" is left out: ${NAME} has no word for what is ${part.format}'s`,
      );
      return [];
  }
}

/** Texts that are empty or nothing but space are refused. */
function encodeText(text: string): readonly JsonObject[] {
  return text.trim() === "" ? [] : [{ text }];
}

function encodeResult({ callId, parts, isError }: ToolResultPart, where: BlockPlace): JsonObject {
  const content = parts.flatMap((part) => encodeBlock(part, where));
  return {
    toolResult: {
      toolUseId: converseToolId(callId, where.place),
      // A result of nothing is refused.
      content: content.length > 0 ? content : [{ text: "(no output)" }],
      ...(isError && { status: "error" }),
    },
  };
}

function ownSeal({ value, issuer }: Seal, warnings: Set<string>): string | undefined {
  if (issuer === NAME) return value;
  warnings.add(`Reasoning that ${issuer} has signed is left out: nobody else can check it`);
  return undefined;
}
