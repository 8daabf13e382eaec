/** The standard's algorithm written as slowly and plainly as it reads, to check the real one. */

import type { SseEvent } from "../../src/framing/sse_decoder.ts";

export interface SseReference {
  readonly events: readonly SseEvent[];
  readonly lastEventId: string;
  readonly retryMs: number | undefined;
}

/** Interprets a whole stream; an event without its blank line is dropped. */
export function referenceOf(bytes: Uint8Array): SseReference {
  const lines = new TextDecoder().decode(bytes).split(/\r\n|\r|\n/);
  lines.pop(); // What follows the last line end is no line.
  const events: SseEvent[] = [];
  let data = "";
  let type = "";
  let idBuffer = "";
  let retryBuffer: number | undefined;
  let lastEventId = "";
  let retryMs: number | undefined;
  for (const line of lines) {
    if (line === "") {
      lastEventId = idBuffer;
      retryMs = retryBuffer;
      if (data !== "") {
        events.push({ event: type || "message", data: data.slice(0, -1), id: idBuffer });
      }
      data = "";
      type = "";
      continue;
    }
    if (line.startsWith(":")) continue;
    const [, name, value = ""] = /^([^:]*)(?:: ?([^]*))?$/.exec(line)!;
    if (name === "data") data += `${value}\n`;
    if (name === "event") type = value;
    if (name === "id" && !value.includes("\0")) idBuffer = value;
    if (name === "retry" && /^[0-9]+$/.test(value)) retryBuffer = Number(value);
  }
  return { events, lastEventId, retryMs };
}

/** Offsets just after each blank line; CRLF is one line end. */
export function bordersOf(bytes: Uint8Array): number[] {
  const borders: number[] = [];
  let lineStart = 0;
  for (let index = 0; index < bytes.length; index++) {
    const isCrLf = bytes[index] === 13 && bytes[index + 1] === 10;
    if (bytes[index] !== 10 && bytes[index] !== 13) continue;
    const isBlank = lineStart === index;
    if (isCrLf) index++;
    lineStart = index + 1;
    if (isBlank) borders.push(lineStart);
  }
  return borders;
}
