/** Reads a streamed answer to its end, for a client that wants it whole. */

import type { ChatEvent } from "../../core/chat/chat.ts";
import type { StreamDecoder } from "../../core/format.ts";
import { GatewayError, toGatewayError } from "../../core/gateway_error.ts";
import type { Redact } from "../../core/text/redactor.ts";
import type { EventProgress } from "../../core/chat/stream_progress.ts";
import type { ByteSource } from "../../core/provider/transport.ts";
import { type AnswerEnding, assumedEndOf, judgeFailure, judgeStream } from "./verdict.ts";

/** A complete answer. */
export interface CollectedStream {
  readonly events: readonly ChatEvent[];
  readonly ending: AnswerEnding;
}

/**
 * All events of a complete answer. `progress` is kept up to date while it is read.
 *
 * Throws `GatewayError` where the answer is a fault, was cut off, or is longer than `maxBytes`.
 */
export async function collectStream(
  source: ByteSource,
  decoder: StreamDecoder,
  progress: EventProgress,
  maxBytes: number,
  redact: Redact,
): Promise<CollectedStream> {
  const events: ChatEvent[] = [];
  let failure: GatewayError | undefined;
  let bytes = 0;
  try {
    while (!progress.isOver) {
      let chunk;
      try {
        chunk = await source.read();
      } catch (thrown) {
        failure = toGatewayError(thrown);
        break;
      }
      bytes += chunk?.length ?? 0;
      if (bytes > maxBytes) throw tooLarge(maxBytes);
      for (const event of chunk === null ? decoder.flush() : decoder.push(chunk)) {
        progress.note(event);
        progress.heardText.noteEvent(event);
        events.push(event);
      }
      if (chunk === null) break;
    }
  } finally {
    source.cancel();
  }
  const verdict = failure === undefined
    ? judgeStream(progress, redact)
    : judgeFailure(progress, failure);
  if (verdict !== null) throw verdict;
  progress.malformedEvents = decoder.malformedEvents;
  return { events, ending: { verdict, assumedEnd: failure && assumedEndOf(failure) } };
}

function tooLarge(maxBytes: number): GatewayError {
  return new GatewayError(
    "upstream_invalid_response",
    `The upstream's answer is larger than ${maxBytes} bytes`,
    { code: "response_too_large" },
  );
}
