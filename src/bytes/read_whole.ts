/** Reads a whole body from a `ByteSource`, up to a bound. */

import { GatewayError } from "../core/gateway_error.ts";
import {
  type JsonObject,
  type JsonValue,
  parseAnswerObject,
  parseJson,
} from "../core/text/json.ts";
import type { ByteSource } from "../core/provider/transport.ts";
import { OpeningScanner } from "./opening_scanner.ts";

/** One for all: each decodes a whole text at once, and nothing of it stays behind. */
const DECODER = new TextDecoder();

export interface BoundedBody {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The body was longer; the rest was given up. */
  readonly isCut: boolean;
}

/** Reads until the end or until `maxBytes` are there. */
export async function readBody(source: ByteSource, maxBytes: number): Promise<BoundedBody> {
  const whole = source.takeWhole?.();
  if (whole !== undefined) {
    return { bytes: whole.subarray(0, maxBytes), isCut: whole.length > maxBytes };
  }
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  while (true) {
    const chunk = await source.read();
    if (chunk === null) return { bytes: joinBytes(chunks, length), isCut: false };
    chunks.push(chunk);
    length += chunk.length;
    if (length > maxBytes) {
      source.cancel();
      return { bytes: joinBytes(chunks, length).subarray(0, maxBytes), isCut: true };
    }
  }
}

/** A JSON answer: the bytes of the object, and what they say. */
export interface JsonBody {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly json: JsonObject;
}

/** Reads a JSON answer. Throws `upstream_invalid_response` where it is too large, empty or not JSON. */
export async function readJsonBody(source: ByteSource, maxBytes: number): Promise<JsonBody> {
  return parseJsonBody(await readWholeBody(source, maxBytes));
}

/** The same of any JSON value; `undefined` where the answer is no JSON. */
export async function readAnyJsonBody(
  source: ByteSource,
  maxBytes: number,
): Promise<JsonValue | undefined> {
  return parseJson(DECODER.decode(await readWholeBody(source, maxBytes)));
}

/** Reads an answer. Throws `upstream_invalid_response` where it is too large or empty. */
export async function readWholeBody(
  source: ByteSource,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  return wholeBody(await readBody(source, maxBytes), maxBytes);
}

/** The same of an answer that has arrived whole; `undefined` where it must be waited for. */
export function takeWholeBody(
  source: ByteSource,
  maxBytes: number,
): Uint8Array<ArrayBuffer> | undefined {
  const bytes = source.takeWhole?.();
  return bytes && wholeBody({ bytes, isCut: bytes.length > maxBytes }, maxBytes);
}

function wholeBody({ bytes, isCut }: BoundedBody, maxBytes: number): Uint8Array<ArrayBuffer> {
  if (isCut) {
    throw new GatewayError(
      "upstream_invalid_response",
      `The upstream's answer is larger than ${maxBytes} bytes`,
      { code: "response_too_large" },
    );
  }
  if (bytes.length === 0) {
    throw new GatewayError("upstream_invalid_response", "The upstream's answer is empty", {
      code: "empty_response",
    });
  }
  return bytes;
}

/** Throws `upstream_invalid_response` where the bytes are not those of a JSON object. */
export function parseJsonBody(bytes: Uint8Array<ArrayBuffer>): JsonBody {
  const json = parseAnswerObject(DECODER.decode(bytes));
  if (json !== undefined) return { bytes, json };
  // Comments of a stream may come before it, as signs of life.
  const start = new OpeningScanner().push(bytes);
  if (start > 0) return parseJsonBody(bytes.subarray(start));
  throw new GatewayError("upstream_invalid_response", "The upstream's answer is not a JSON object");
}

/** One array of several; the only one itself where there is just one. */
export function joinBytes(
  chunks: readonly Uint8Array<ArrayBuffer>[],
  length: number,
): Uint8Array<ArrayBuffer> {
  if (chunks.length === 1 && chunks[0] !== undefined) return chunks[0];
  const joined = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    joined.set(chunk, offset);
    offset += chunk.length;
  }
  return joined;
}
