/**
 * Finds the model that a body names, in its beginning, and puts another name in its place.
 *
 * @module
 */

import { membersOf, nameOf, openingOf } from "./json_text.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** A model's name, and where it stands in the bytes. */
export interface NamedModel {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** A text of JSON, with its quotes, or the bare value of a form. */
  readonly isJson: boolean;
}

const MODEL: ReadonlySet<string> = new Set(["model"]);
const QUOTE = 0x22;
const MODEL_PART =
  /^content-disposition:[ \t]*form-data\b[^\r\n]*;[ \t]*name="?model"?[ \t]*(?:;|$)/im;
const encoder = new TextEncoder();
const decoder = new TextDecoder();
/** One character for each byte, so that places in the text are places in the bytes. */
const byteDecoder = new TextDecoder("latin1");

/** The first `model` of the outermost object whose value is a text and lies within the bytes. */
export function modelInJson(bytes: Bytes): NamedModel | undefined {
  try {
    for (const member of membersOf(bytes, openingOf(bytes))) {
      const { valueStart: start, valueEnd: end } = member;
      // Of what goes on beyond the bytes, neither a name nor a value is known.
      if (end > bytes.length) return undefined;
      if (nameOf(bytes, member, MODEL) === undefined || bytes[start] !== QUOTE) continue;
      const name: unknown = JSON.parse(decoder.decode(bytes.subarray(start, end)));
      return typeof name === "string" && name !== ""
        ? { name, start, end, isJson: true }
        : undefined;
    }
  } catch {
    // No JSON, or no more of it: whoever gets it may say so.
  }
  return undefined;
}

/** The value of the part `model`, where its end lies within the bytes. */
export function modelInForm(bytes: Bytes, boundary: string): NamedModel | undefined {
  const text = byteDecoder.decode(bytes);
  const delimiter = `--${boundary}`;
  let at = text.startsWith(delimiter) ? 0 : text.indexOf(`\r\n${delimiter}`);
  while (at >= 0) {
    const headersStart = text.indexOf("\r\n", at + delimiter.length);
    const headersEnd = text.indexOf("\r\n\r\n", headersStart);
    if (headersStart < 0 || headersEnd < 0) return undefined;
    const start = headersEnd + 4;
    const end = text.indexOf(`\r\n${delimiter}`, start);
    if (end < 0) return undefined;
    if (MODEL_PART.test(text.slice(headersStart, headersEnd).replaceAll("\r", ""))) {
      const name = decoder.decode(bytes.subarray(start, end));
      return name === "" ? undefined : { name, start, end, isJson: false };
    }
    at = end + 2;
  }
  return undefined;
}

/** The bytes with another name in that place. */
export function withModel(bytes: Bytes, { start, end, isJson }: NamedModel, model: string): Bytes {
  const name = encoder.encode(isJson ? JSON.stringify(model) : model);
  const renamed = new Uint8Array(bytes.length - (end - start) + name.length);
  renamed.set(bytes.subarray(0, start));
  renamed.set(name, start);
  renamed.set(bytes.subarray(end), start + name.length);
  return renamed;
}
