/**
 * Frames of a Messages stream. Each has its `event:` name, without which clients do not see it.
 *
 * @module
 */

import type { JsonObject } from "../../../core/text/json.ts";
import type { ByteWriter } from "../../../bytes/byte_writer.ts";
import { toJsonText } from "../../../framing/sse_encoder.ts";

/** A sign of life that every client of the format ignores. */
export const PING_FRAME = new TextEncoder().encode(`event: ping\ndata: {"type": "ping"}\n\n`);

/** Writes an event. */
export function writeFrame(writer: ByteWriter, name: string, body: JsonObject): void {
  writer.writeText(`event: ${name}\ndata: ${toJsonText(body)}\n\n`);
}
