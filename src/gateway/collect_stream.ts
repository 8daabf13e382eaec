/** Reads a streamed answer to its end, for a client that wants it whole. */

import type { ChatEvent } from "../core/chat_event.ts";
import type { StreamDecoder } from "../core/dialect.ts";
import { GatewayError } from "../core/gateway_error.ts";
import type { Redact } from "../core/redactor.ts";
import type { ByteSource } from "../core/transport.ts";
import { EventProgress } from "../core/stream_progress.ts";
import { judgeStream } from "./verdict.ts";

/**
 * All events of a complete answer.
 *
 * Throws `GatewayError` where the answer is a fault, was cut off, or is longer than `maxBytes`.
 */
export async function collectStream(
  source: ByteSource,
  decoder: StreamDecoder,
  choices: number,
  maxBytes: number,
  redact: Redact,
): Promise<readonly ChatEvent[]> {
  const events: ChatEvent[] = [];
  const progress = new EventProgress(choices);
  let bytes = 0;
  try {
    while (true) {
      const chunk = await source.read();
      bytes += chunk?.length ?? 0;
      if (bytes > maxBytes) {
        throw new GatewayError(
          "upstream_invalid_response",
          `The upstream's answer is larger than ${maxBytes} bytes`,
          { code: "response_too_large" },
        );
      }
      for (const event of chunk === null ? decoder.flush() : decoder.push(chunk)) {
        progress.note(event);
        events.push(event);
      }
      if (chunk === null || progress.isOver) break;
    }
    const error = judgeStream(progress, redact);
    if (error !== null) throw error;
    return events;
  } finally {
    source.cancel();
  }
}
