/** Looks at how a body begins, whose media type may be wrong, and hands it on whole. */

import type { ByteSource } from "../../core/provider/transport.ts";
import { isEventStream, OpeningScanner } from "../../bytes/opening_scanner.ts";
import { joinBytes } from "../../bytes/read_whole.ts";

/** Blanks and comments before the body; there is no end to what may come. */
const MAX_OPENING_BYTES = 65_536;
/** Enough to tell the fields of server-sent events. */
const MIN_KNOWN_BYTES = 8;

export interface PeekedBody {
  /** Server-sent events, or comments of them that an answer of any form may follow. */
  readonly isStream: boolean;
  /** The whole body. */
  readonly body: ByteSource;
}

/** @param reader The same body as it is to be read until that is known. */
export async function peekBody(body: ByteSource, reader: ByteSource): Promise<PeekedBody> {
  const scanner = new OpeningScanner();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  let known = 0;
  while (known < MIN_KNOWN_BYTES && length < MAX_OPENING_BYTES) {
    const chunk = await reader.read();
    if (chunk === null) break;
    chunks.push(chunk);
    length += chunk.length;
    known += known > 0 ? chunk.length : chunk.length - scanner.push(chunk);
    // Whoever sends comments is to be read at once: the answer may be long in coming.
    if (scanner.hasComments) break;
  }
  const start = joinBytes(chunks, length);
  return {
    isStream: scanner.hasComments || isEventStream(start),
    body: length === 0 ? body : sourceOf(start, body),
  };
}

/** A body of bytes that are there, and of what another one still brings. */
export function sourceOf(bytes: Uint8Array<ArrayBuffer>, rest?: ByteSource): ByteSource {
  let isRead = false;
  return {
    read: async () => {
      if (isRead) return await rest?.read() ?? null;
      isRead = true;
      return bytes;
    },
    cancel: () => rest?.cancel(),
  };
}
