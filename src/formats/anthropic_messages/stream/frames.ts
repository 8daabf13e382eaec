/**
 * Frames of a Messages stream. Each has its `event:` name, without which clients do not see it.
 *
 * @module
 */

import type { JsonObject, JsonValue } from "../../../core/text/json.ts";
import type { ByteWriter } from "../../../bytes/byte_writer.ts";

// Characters that end a line to some clients (T20); JSON may spell them as escapes.
const UNICODE_LINE_END = /[\u0085\u2028\u2029]/;

/** A sign of life that every client of the format ignores. */
export const PING_FRAME = new TextEncoder().encode(`event: ping\ndata: {"type": "ping"}\n\n`);

/** Writes an event. */
export function writeFrame(writer: ByteWriter, name: string, body: JsonObject): void {
  writer.writeText(`event: ${name}\ndata: ${toJsonText(body)}\n\n`);
}

/** JSON text in one line, whatever the client takes for an end of a line. */
export function toJsonText(value: JsonValue): string {
  const json = JSON.stringify(value);
  return UNICODE_LINE_END.test(json) ? escapeLineEnds(json) : json;
}

function escapeLineEnds(json: string): string {
  return json.replaceAll("\u0085", "\\u0085").replaceAll("\u2028", "\\u2028")
    .replaceAll("\u2029", "\\u2029");
}
