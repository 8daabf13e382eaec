/**
 * The content of messages and of tools' results, read.
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
import { sourceOfUrl } from "../../openai_chat/media_source.ts";
import { given, isGiven, objectAt, optionalText, refusal, textAt } from "../../request_fields.ts";
import { NAME } from "../name.ts";

/** The fields of parts that are read below, or stand for nothing where they are empty. */
const NEUTRAL_FIELDS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries<readonly string[]>({
    input_text: ["text"],
    output_text: ["text", "logprobs"],
    text: ["text"],
    refusal: ["refusal"],
    input_image: ["image_url", "file_id", "detail"],
    input_file: ["file_data", "file_url", "file_id", "filename", "detail"],
    input_audio: ["input_audio", "data", "format"],
  }),
);

/** Reads the content of one request; what has no neutral word is listed under its path. */
export class ContentReader {
  readonly natives: NativeField[] = [];
  /** Long conversations say the same of every part, which is told once. */
  readonly #noted = new Set<string>();

  /** The parts of a text or of a list of parts. */
  read(content: JsonValue | undefined, path: string): readonly Part[] {
    if (typeof content === "string") return [{ type: "text", text: content }];
    if (Array.isArray(content)) {
      return content.map((part, index) => this.#readPart(part, `${path}.${index}`));
    }
    throw refusal(
      path,
      isGiven(content) ? "must be a string or a list of parts" : "field required",
    );
  }

  /** Lists the fields of an object that are not known; `kind` is what the object is. */
  noteRest(object: JsonObject, known: readonly string[], kind: string, path: string): void {
    for (const [field, value] of Object.entries(object)) {
      const what = `${kind}.${field}`;
      const isEmpty = !isGiven(value) || Array.isArray(value) && value.length === 0;
      if (known.includes(field) || isEmpty || this.#noted.has(what)) continue;
      this.#noted.add(what);
      this.natives.push({ format: NAME, name: `${path}.${field}`, value });
    }
  }

  #readPart(value: JsonValue, path: string): Part {
    const part = objectAt(value, path);
    const type = textAt(part["type"], `${path}.type`);
    const known = NEUTRAL_FIELDS.get(type);
    if (known !== undefined) {
      this.noteRest(part, ["type", "prompt_cache_breakpoint", ...known], type, path);
    }
    // It does not say for how long.
    const cache: CacheMark | undefined = isGiven(part["prompt_cache_breakpoint"]) ? {} : undefined;
    const read = decodePart(part, type, path);
    return cache === undefined ? read : { ...read, cache };
  }
}

function decodePart(part: JsonObject, type: string, path: string): Part {
  switch (type) {
    case "input_text":
    case "output_text":
    case "text":
      return { type: "text", text: textAt(part["text"], `${path}.text`) };
    case "refusal":
      return { type: "refusal", text: textAt(part["refusal"], `${path}.refusal`) };
    case "input_image":
    case "computer_screenshot":
      return decodeImage(part, path);
    case "input_file":
      return decodeFile(part, path);
    case "input_audio": {
      const { data, format } = isJsonObject(part["input_audio"]) ? part["input_audio"] : part;
      const source = {
        type: "inline",
        mediaType: `audio/${textAt(format, `${path}.input_audio.format`)}`,
        data: textAt(data, `${path}.input_audio.data`),
      } as const;
      return { type: "media", kind: "audio", source };
    }
    default:
      return { type: "native", format: NAME, name: type, value: part };
  }
}

function decodeImage(part: JsonObject, path: string): MediaPart {
  const url = optionalText(part["image_url"], `${path}.image_url`);
  const id = optionalText(part["file_id"], `${path}.file_id`);
  if (url === undefined && id === undefined) {
    throw refusal(path, `must have "image_url", an address or a data: URL, or "file_id"`);
  }
  const source: MediaSource = url === undefined
    ? { type: "file", id: id!, issuer: NAME }
    : sourceOfUrl(url);
  const detail = optionalText(part["detail"], `${path}.detail`);
  return { type: "media", kind: "image", source, ...given({ detail }) };
}

function decodeFile(part: JsonObject, path: string): MediaPart {
  const data = optionalText(part["file_data"], `${path}.file_data`);
  const url = optionalText(part["file_url"], `${path}.file_url`);
  const id = optionalText(part["file_id"], `${path}.file_id`);
  const name = optionalText(part["filename"], `${path}.filename`);
  const source = fileSource(data, url, id);
  if (source === undefined) {
    throw refusal(path, `must have "file_data", "file_url" or "file_id"`);
  }
  return { type: "media", kind: "document", source, ...given({ name }) };
}

function fileSource(
  data: string | undefined,
  url: string | undefined,
  id: string | undefined,
): MediaSource | undefined {
  if (data !== undefined) {
    return data.startsWith("data:")
      ? sourceOfUrl(data)
      : { type: "inline", mediaType: "application/pdf", data };
  }
  if (url !== undefined) return sourceOfUrl(url);
  return id === undefined ? undefined : { type: "file", id, issuer: NAME };
}
