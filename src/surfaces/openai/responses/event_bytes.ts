/** Events of Responses as bytes: each one frame of server-sent events that Weir has written itself. */

import type { JsonObject } from "../../../core/text/json.ts";

const NEWLINE = 0x0a;
const COLON = 0x3a;

export interface SplitEvents {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where each event ends. */
  readonly ends: readonly number[];
}

/** The events that one chunk holds whole, without comments, which are for whoever waits and for nobody later. */
export function splitEvents(chunk: Uint8Array<ArrayBuffer>): SplitEvents {
  const bytes = new Uint8Array(chunk.length);
  const ends: number[] = [];
  let length = 0;
  for (let start = 0; start < chunk.length;) {
    const end = endOfEvent(chunk, start);
    if (chunk[start] !== COLON) {
      bytes.set(chunk.subarray(start, end), length);
      length += end - start;
      ends.push(length);
    }
    start = end;
  }
  // What is sent to another thread is the whole memory behind it.
  return { bytes: length === bytes.length ? bytes : bytes.slice(0, length), ends };
}

/** After the empty line that ends it. */
function endOfEvent(bytes: Uint8Array, start: number): number {
  for (let at = bytes.indexOf(NEWLINE, start); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) {
    if (bytes[at + 1] === NEWLINE) return at + 2;
  }
  return bytes.length;
}

/** The last event of a response that was cancelled: the API has none of its own for that. */
export function cancelledEvent(
  response: JsonObject,
  sequence_number: number,
): Uint8Array<ArrayBuffer> {
  const type = "response.incomplete";
  const data = JSON.stringify({ type, sequence_number, response });
  return new TextEncoder().encode(`event: ${type}\ndata: ${data}\n\n`);
}

export const KEEP_ALIVE: Uint8Array<ArrayBuffer> = new TextEncoder().encode(": keep-alive\n\n");
