/**
 * The content of a request's messages, read.
 *
 * @module
 */

import type {
  CacheMark,
  MediaPart,
  MediaSource,
  NativeField,
  Part,
} from "../../../core/chat/chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import { decodeCitation, inputText } from "../answer/answer_block.ts";
import type { Envelopes } from "../../../core/envelope.ts";
import { NAME } from "../name.ts";
import { openSeal } from "../sealing.ts";
import {
  given,
  isGiven,
  itemsAt,
  objectAt,
  optionalFlag,
  optionalObject,
  optionalText,
  refusal,
  textAt,
} from "../../request_fields.ts";

/** The fields of blocks that are read below, or stand for what is; blocks of other types are kept whole. */
const NEUTRAL_FIELDS: ReadonlyMap<string, readonly string[]> = new Map(Object.entries({
  text: ["text", "citations"],
  image: ["source"],
  document: ["source", "title"],
  tool_use: ["id", "name", "input"],
  tool_result: ["tool_use_id", "content", "is_error"],
  tool_reference: ["tool_name"],
  search_result: ["title", "source", "content"],
  thinking: ["thinking", "signature"],
  redacted_thinking: ["data"],
}));

/** Reads the content of one request; what has no neutral word is listed under its path. */
export class ContentReader {
  readonly natives: NativeField[] = [];
  readonly #envelopes: Envelopes | undefined;
  /** Long conversations say the same of every block, which is told once. */
  readonly #noted = new Set<string>();

  constructor(envelopes: Envelopes | undefined) {
    this.#envelopes = envelopes;
  }

  /** The parts of a text or of a list of blocks. */
  read(content: JsonValue | undefined, path: string): readonly Part[] {
    if (typeof content === "string") return [{ type: "text", text: content }];
    if (Array.isArray(content)) {
      return content.map((block, index) => this.readBlock(block, `${path}.${index}`));
    }
    throw refusal(
      path,
      isGiven(content) ? "must be a string or a list of blocks" : "field required",
    );
  }

  readBlock(value: JsonValue, path: string): Part {
    const block = objectAt(value, path);
    const cache = readCacheMark(block["cache_control"], `${path}.cache_control`);
    const type = textAt(block["type"], `${path}.type`);
    const part = this.#readPart(block, type, path);
    const known = NEUTRAL_FIELDS.get(type);
    if (known !== undefined) this.noteRest(block, ["type", "cache_control", ...known], type, path);
    return cache === undefined ? part : { ...part, cache };
  }

  #readPart(block: JsonObject, type: string, path: string): Part {
    switch (type) {
      case "text": {
        const citations = itemsAt(block["citations"], `${path}.citations`, objectAt) ?? [];
        return {
          type: "text",
          text: textAt(block["text"], `${path}.text`),
          ...(citations.length > 0 && { citations: citations.map(decodeCitation) }),
        };
      }
      case "image":
        return { type: "media", kind: "image", source: readSource(block["source"], path) };
      case "document":
        return this.#readDocument(block, path);
      case "tool_use":
        return {
          type: "tool_call",
          callId: textAt(block["id"], `${path}.id`),
          kind: "function",
          name: textAt(block["name"], `${path}.name`),
          input: inputText(block["input"]) || "{}",
        };
      case "tool_result":
        return this.#readToolResult(block, path);
      case "tool_reference":
        // All tools are at hand anyway; what was found by searching is told by its name.
        return { type: "text", text: textAt(block["tool_name"], `${path}.tool_name`) };
      case "search_result":
        return this.#readSearchResult(block, path);
      case "thinking": {
        const signature = optionalText(block["signature"], `${path}.signature`) ?? "";
        return {
          type: "reasoning",
          text: textAt(block["thinking"], `${path}.thinking`),
          ...(signature !== "" && { seal: openSeal(signature, this.#envelopes).seal }),
        };
      }
      case "redacted_thinking": {
        const { seal, of } = openSeal(textAt(block["data"], `${path}.data`), this.#envelopes);
        return { type: "sealed", seal, ...given({ id: of }) };
      }
      default:
        return { type: "native", format: NAME, name: type, value: block };
    }
  }

  #readDocument(block: JsonObject, path: string): Part {
    const source = objectAt(block["source"], `${path}.source`);
    const title = optionalText(block["title"], `${path}.title`);
    return {
      type: "media",
      kind: "document",
      source: source["type"] === "content"
        ? { type: "text", text: textOf(this.read(source["content"], `${path}.source.content`)) }
        : readSource(source, path),
      ...given({ name: title }),
    };
  }

  #readToolResult(block: JsonObject, path: string): Part {
    const { content } = block;
    return {
      type: "tool_result",
      callId: textAt(block["tool_use_id"], `${path}.tool_use_id`),
      parts: isGiven(content) ? this.read(content, `${path}.content`) : [],
      isError: optionalFlag(block["is_error"], `${path}.is_error`) ?? false,
    };
  }

  #readSearchResult(block: JsonObject, path: string): MediaPart {
    const { title, source, content } = block;
    const name = [title, source].find((value) => typeof value === "string" && value !== "");
    const address = typeof source === "string" && source !== name ? `${source}\n` : "";
    const text = address + textOf(this.read(content ?? [], `${path}.content`));
    return {
      type: "media",
      kind: "document",
      source: { type: "text", text },
      ...(typeof name === "string" && { name }),
    };
  }

  /** Lists the fields of an object that are not known; `kind` is what the object is. */
  noteRest(object: JsonObject, known: readonly string[], kind: string, path: string): void {
    for (const [field, value] of Object.entries(object)) {
      if (known.includes(field) || !isGiven(value) || isSwitchedOff(value)) continue;
      const what = `${kind}.${field}`;
      if (this.#noted.has(what)) continue;
      this.#noted.add(what);
      this.natives.push({ format: NAME, name: `${path}.${field}`, value });
    }
  }
}

/** A cache mark; one without a time, or with one of a later version, asks for the default time. */
export function readCacheMark(value: JsonValue | undefined, path: string): CacheMark | undefined {
  const mark = optionalObject(value, path);
  if (mark === undefined) return undefined;
  const { ttl } = mark;
  return ttl === "5m" || ttl === "1h" ? { ttl } : {};
}

function readSource(value: JsonValue | undefined, blockPath: string): MediaSource {
  const path = `${blockPath}.source`;
  const source = objectAt(value, path);
  switch (source["type"]) {
    case "base64":
      return {
        type: "inline",
        mediaType: textAt(source["media_type"], `${path}.media_type`),
        data: textAt(source["data"], `${path}.data`),
      };
    case "url":
      return { type: "url", url: textAt(source["url"], `${path}.url`) };
    case "text":
      return { type: "text", text: textAt(source["data"], `${path}.data`) };
    case "file":
      return { type: "file", id: textAt(source["file_id"], `${path}.file_id`), issuer: NAME };
    default:
      throw refusal(`${path}.type`, `must be "base64", "url", "text", "content" or "file"`);
  }
}

/** As the citations of documents are where nobody wants them. */
function isSwitchedOff(value: JsonValue): boolean {
  return isJsonObject(value) && value["enabled"] === false;
}

function textOf(parts: readonly Part[]): string {
  return parts.map((part) => part.type === "text" ? part.text : "").join("\n");
}
