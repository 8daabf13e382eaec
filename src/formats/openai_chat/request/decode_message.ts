/**
 * The messages of a request, read.
 *
 * @module
 */

import type {
  CacheMark,
  MediaPart,
  MediaSource,
  Message,
  NativeField,
  Part,
} from "../../../core/chat/chat.ts";
import type { JsonObject, JsonValue } from "../../../core/text/json.ts";
import { GOOGLE, readCallSeal } from "../answer/call_seal.ts";
import { readReasoningDetails } from "../answer/reasoning_details.ts";
import { sourceOfUrl } from "../media_source.ts";
import { NAME } from "../name.ts";
import { given } from "./given.ts";
import type { ParsedCacheControl, ParsedMessage, ParsedPart } from "./schema.ts";

/** Fields of a message that are read below. */
const NEUTRAL_FIELDS: ReadonlySet<string> = new Set([
  "role",
  "content",
  "name",
  "tool_calls",
  "tool_call_id",
  "reasoning_content",
  "reasoning",
  "reasoning_details",
  "refusal",
  "cache_control",
  "function_call",
]);

/** Fields of a part that are read below; parts of kinds that are not known are kept whole. */
const NEUTRAL_PART_FIELDS: ReadonlySet<string> = new Set([
  "type",
  "text",
  "refusal",
  "image_url",
  "video_url",
  "input_audio",
  "file",
  "cache_control",
  "prompt_cache_breakpoint",
]);

/** Reads the messages of one request; what has no neutral word is listed under its path. */
export class MessageReader {
  readonly natives: NativeField[] = [];
  readonly #noted = new Set<string>();

  read(message: ParsedMessage, path: string): Message {
    for (const [name, value] of Object.entries(message)) {
      if (NEUTRAL_FIELDS.has(name) || value === undefined || value === null) continue;
      this.#note(`${path}.${name}`, value as JsonValue); // It came out of JSON.
    }
    const { role, name } = message;
    const content = message.content.map((part, index) =>
      this.#readPart(part, `${path}.content.${index}`)
    );
    const marked = withCache(content, cacheMarkOf(message.cache_control));
    if (role === "tool") {
      const callId = message.tool_call_id ?? "";
      return {
        role,
        parts: [{ type: "tool_result", callId, parts: marked, isError: false }],
        ...given({ name }),
      };
    }
    return {
      role: role === "developer" ? "system" : role,
      parts: [
        ...this.#readReasoning(message, path),
        ...marked,
        ...(message.refusal ? [{ type: "refusal" as const, text: message.refusal }] : []),
        ...(message.tool_calls ?? []).map(readToolCall),
      ],
      ...given({ name }),
    };
  }

  #readPart(part: ParsedPart, path: string): Part {
    const read = readContent(part);
    // OpenAI's own word, which says nothing of how long.
    const isMarked = (part.prompt_cache_breakpoint ?? null) !== null;
    const cache = cacheMarkOf(part.cache_control) ?? (isMarked ? {} : undefined);
    for (const [name, value] of read.type === "native" ? [] : Object.entries(part)) {
      const isRead = NEUTRAL_PART_FIELDS.has(name) || value === undefined || value === null;
      // Long conversations say the same of every part, which is told once.
      if (isRead || this.#noted.has(name)) continue;
      this.#noted.add(name);
      this.#note(`${path}.${name}`, value as JsonValue); // It came out of JSON.
    }
    return { ...read, ...given({ cache }) };
  }

  /** The details where there are any: they say the same as the texts, and more. */
  #readReasoning(message: ParsedMessage, path: string): readonly Part[] {
    const details = readReasoningDetails(message.reasoning_details as JsonValue | undefined);
    const hasText = details.some(({ kind }) => kind === "text");
    const text = message.reasoning_content ?? message.reasoning ?? undefined;
    const parts: Part[] = hasText || text === undefined ? [] : [{ type: "reasoning", text }];
    let lastIndex: number | undefined;
    for (const { kind, text, seal, index, id, value } of details) {
      const last = parts.at(-1);
      if (kind === "other") this.#note(`${path}.reasoning_details`, value);
      else if (kind === "sealed") {
        parts.push({ type: "sealed", seal: seal!, ...given({ id }) });
      } else if (last?.type === "reasoning" && index !== undefined && index === lastIndex) {
        // Pieces of a stream that its client did not put together.
        parts[parts.length - 1] = { ...last, text: last.text + text, ...given({ seal }) };
      } else parts.push({ type: "reasoning", text, ...given({ seal, id }) });
      lastIndex = kind === "text" ? index : undefined;
    }
    return parts;
  }

  #note(name: string, value: JsonValue): void {
    this.natives.push({ format: NAME, name, value });
  }
}

/** A mark; one without a time, or with one of a later version, asks for the default time. */
export function cacheMarkOf(control: ParsedCacheControl): CacheMark | undefined {
  if (control === undefined || control === null) return undefined;
  const { ttl } = control;
  return ttl === "5m" || ttl === "1h" ? { ttl } : {};
}

function withCache(parts: readonly Part[], cache: CacheMark | undefined): readonly Part[] {
  const last = parts.at(-1);
  return cache === undefined || last === undefined
    ? parts
    : [...parts.slice(0, -1), { ...last, cache }];
}

function readToolCall(
  { id, function: called, custom, ...rest }: NonNullable<ParsedMessage["tool_calls"]>[number],
): Part {
  const seal = readCallSeal(rest as JsonObject, GOOGLE); // It came out of JSON.
  return custom === undefined
    ? {
      type: "tool_call",
      callId: id,
      kind: "function",
      name: called!.name,
      input: called!.arguments,
      ...given({ seal }),
    }
    : { type: "tool_call", callId: id, kind: "custom", name: custom.name, input: custom.input };
}

function readContent(part: ParsedPart): Part {
  switch (part.type) {
    case "text":
      return { type: "text", text: part.text! };
    case "refusal":
      return { type: "refusal", text: part.refusal ?? "" };
    case "image_url": {
      const { url, detail } = part.image_url!;
      return { type: "media", kind: "image", source: sourceOfUrl(url), ...given({ detail }) };
    }
    case "video_url":
      if (part.video_url === undefined) break;
      return { type: "media", kind: "video", source: sourceOfUrl(part.video_url.url) };
    case "input_audio": {
      const { data, format } = part.input_audio!;
      // OpenAI takes base64 alone, others a `data:` URL as well.
      const source: MediaSource = data.startsWith("data:")
        ? sourceOfUrl(data)
        : { type: "inline", mediaType: `audio/${format}`, data };
      return { type: "media", kind: "audio", source };
    }
    case "file":
      return readFile(part.file!);
  }
  // It came out of JSON; what the schema does not know, it calls `unknown`.
  return { type: "native", format: NAME, name: part.type, value: part as JsonObject };
}

function readFile(
  { file_data: data, file_id: id, filename }: NonNullable<ParsedPart["file"]>,
): MediaPart {
  const source: MediaSource = typeof data !== "string"
    ? { type: "file", id: id ?? "", issuer: NAME }
    : /^(?:data|https?):/i.test(data)
    ? sourceOfUrl(data)
    : { type: "inline", mediaType: "application/pdf", data };
  return { type: "media", kind: "document", source, ...given({ name: filename }) };
}
