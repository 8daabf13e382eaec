/**
 * The parts of a request's contents, read.
 *
 * Calls and their results belong together by an id, which most clients leave out: then by the function's name, in the
 * order of the calls.
 *
 * @module
 */

import type { MediaPart, NativeField, Part, Seal } from "../../../core/chat/chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import {
  isGiven,
  itemsAt,
  objectAt,
  optionalFlag,
  optionalText,
  refusal,
  textAt,
} from "../../request_fields.ts";
import { NAME } from "../name.ts";
import { camelCase, memberOf } from "./spelt.ts";

/** A call without a result so far. */
interface OpenCall {
  readonly id: string;
  readonly name: string;
}

/** What a part says beside what it is. */
const MODIFIERS: readonly string[] = ["thought", "thoughtSignature"];

/** Reads the parts of one request, in order. */
export class ContentReader {
  /** What of the parts has no neutral word and does not stand as a part of its own; each kind once. */
  readonly natives: NativeField[] = [];
  readonly #noted = new Set<string>();
  #openCalls: OpenCall[] = [];
  #calls = 0;

  read(values: readonly JsonValue[], path: string): readonly Part[] {
    return values.map((value, index) => {
      const partPath = `${path}.${index}`;
      return typeof value === "string"
        ? { type: "text" as const, text: value }
        : this.#readPart(objectAt(value, partPath), partPath);
    });
  }

  #readPart(part: JsonObject, path: string): Part {
    const signature = optionalText(memberOf(part, "thoughtSignature"), `${path}.thoughtSignature`);
    const seal: Seal | undefined = signature ? { value: signature, issuer: NAME } : undefined;
    const sealed = seal === undefined ? {} : { seal };
    const { text } = part;
    if (isGiven(text)) {
      this.noteRest(part, [...MODIFIERS, "text"], path);
      const content = textAt(text, `${path}.text`);
      const isThought = optionalFlag(part["thought"], `${path}.thought`) === true;
      return { type: isThought ? "reasoning" : "text", text: content, ...sealed };
    }
    const call = memberOf(part, "functionCall");
    if (call !== undefined) {
      this.noteRest(part, [...MODIFIERS, "functionCall"], path);
      return { ...this.#readCall(objectAt(call, `${path}.functionCall`), path), ...sealed };
    }
    const result = memberOf(part, "functionResponse");
    if (result !== undefined) {
      this.noteRest(part, [...MODIFIERS, "functionResponse"], path);
      return this.#readResult(objectAt(result, `${path}.functionResponse`), path);
    }
    const medium = readMedium(part, path);
    if (medium !== undefined) {
      this.noteRest(part, [...MODIFIERS, "inlineData", "fileData"], path);
      return medium;
    }
    if (seal !== undefined) return { type: "sealed", seal };
    const [name] = Object.keys(part);
    if (name === undefined) throw refusal(path, "must say what it is, such as `text`");
    return { type: "native", format: NAME, name: camelCase(name), value: part };
  }

  #readCall(call: JsonObject, path: string): Part {
    const name = textAt(call["name"], `${path}.functionCall.name`);
    const given = optionalText(call["id"], `${path}.functionCall.id`) ?? "";
    const id = given === "" ? `call_${this.#calls}` : given;
    this.#calls++;
    this.#openCalls.push({ id, name });
    const { args = null } = call;
    return {
      type: "tool_call",
      callId: id,
      kind: "function",
      name,
      input: args === null ? "{}" : JSON.stringify(args),
    };
  }

  #readResult(result: JsonObject, path: string): Part {
    const { response = null } = result;
    const name = optionalText(result["name"], `${path}.functionResponse.name`) ?? "";
    const id = optionalText(result["id"], `${path}.functionResponse.id`) ?? "";
    const media = itemsAt(result["parts"], `${path}.functionResponse.parts`, readResultMedium);
    const { text, isError } = readResponse(response);
    return {
      type: "tool_result",
      callId: this.#answeredCall(id, name, path),
      parts: [{ type: "text", text }, ...(media ?? [])],
      isError,
    };
  }

  /** The id of the call that a result is for. */
  #answeredCall(id: string, name: string, path: string): string {
    const isMeant = (call: OpenCall): boolean => id === "" ? call.name === name : call.id === id;
    const call = this.#openCalls.find(isMeant) ?? (id === "" ? this.#openCalls[0] : undefined);
    if (call === undefined) {
      if (id !== "") return id; // Its call may have been left out of a long conversation.
      throw refusal(
        `${path}.functionResponse`,
        "answers no call: every function call before it has its response",
      );
    }
    this.#openCalls = this.#openCalls.filter((other) => other !== call);
    return call.id;
  }

  /** Lists the members of an object that are not known, each name once. */
  noteRest(object: JsonObject, known: readonly string[], path: string): void {
    for (const [field, value] of Object.entries(object)) {
      const name = camelCase(field);
      if (known.includes(name) || !isGiven(value) || this.#noted.has(name)) continue;
      this.#noted.add(name);
      this.natives.push({ format: NAME, name: `${path}.${field}`, value });
    }
  }
}

/** `output` and `error` are Google's own words; `result` is what libraries write. Anything else is all of it. */
function readResponse(response: JsonValue): { readonly text: string; readonly isError: boolean } {
  if (!isJsonObject(response)) return { text: textOf(response), isError: false };
  const [first, ...others] = Object.keys(response);
  if (first === undefined || others.length > 0) {
    return { text: JSON.stringify(response), isError: false };
  }
  const value = response[first] ?? null;
  if (first === "output" || first === "result") return { text: textOf(value), isError: false };
  if (first === "error") return { text: textOf(value), isError: true };
  return { text: JSON.stringify(response), isError: false };
}

function textOf(value: JsonValue): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function readResultMedium(value: JsonValue, path: string): MediaPart {
  const medium = readMedium(objectAt(value, path), path);
  if (medium === undefined) throw refusal(path, "must have `inlineData` or `fileData`");
  return medium;
}

function readMedium(part: JsonObject, path: string): MediaPart | undefined {
  const inline = memberOf(part, "inlineData");
  if (inline !== undefined) {
    const blob = objectAt(inline, `${path}.inlineData`);
    const mediaType = textAt(memberOf(blob, "mimeType"), `${path}.inlineData.mimeType`);
    // Some libraries write base64 as it stands in addresses.
    const data = textAt(blob["data"], `${path}.inlineData.data`).replaceAll("-", "+")
      .replaceAll("_", "/");
    return { ...mediumOf(mediaType, blob), source: { type: "inline", mediaType, data } };
  }
  const file = memberOf(part, "fileData");
  if (file === undefined) return undefined;
  const blob = objectAt(file, `${path}.fileData`);
  const url = textAt(memberOf(blob, "fileUri"), `${path}.fileData.fileUri`);
  const mediaType = optionalText(memberOf(blob, "mimeType"), `${path}.fileData.mimeType`) ?? "";
  return {
    ...mediumOf(mediaType, blob),
    source: isHeldByGoogle(url) ? { type: "file", id: url, issuer: NAME } : { type: "url", url },
  };
}

function mediumOf(mediaType: string, blob: JsonObject): Omit<MediaPart, "source"> {
  const [type] = mediaType.split("/");
  const kind = type === "image" || type === "audio" || type === "video" ? type : "document";
  const name = memberOf(blob, "displayName");
  return { type: "media", kind, ...(typeof name === "string" && name !== "" && { name }) };
}

/** What nobody but Google can read. */
function isHeldByGoogle(url: string): boolean {
  return !/^https?:/i.test(url) || /^https:\/\/generativelanguage\.googleapis\.com\//i.test(url);
}
