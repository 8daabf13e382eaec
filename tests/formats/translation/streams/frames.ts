/** Server-sent events for the tests, written and read without the code that they test. */

import { isJsonObject, type JsonObject, type JsonValue } from "../../../../src/core/text/json.ts";

/** What one read brings. */
export type Bytes = Uint8Array<ArrayBuffer>;

const utf8 = new TextEncoder();

export function frame(data: JsonValue, event?: string): string {
  return `${event === undefined ? "" : `event: ${event}\n`}data: ${JSON.stringify(data)}\n\n`;
}

export function toBytes(text: string): Bytes {
  return utf8.encode(text);
}

/** The JSON objects of a stream. */
export function dataOf(stream: Bytes): readonly JsonObject[] {
  return new TextDecoder().decode(stream).split("\n")
    .filter((line) => line.startsWith("data: {"))
    .map((line): JsonValue => JSON.parse(line.slice(6)))
    .filter(isJsonObject);
}

/** A text in two pieces, so that something must put them together. */
export function pieces(text: string): readonly string[] {
  const middle = Math.ceil(text.length / 2);
  return [text.slice(0, middle), text.slice(middle)].filter((piece) => piece !== "");
}

export function listOf(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

export function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

export function textOf(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : "";
}
