/**
 * Answers of Messages for clients of Bedrock: each event in a frame, a failure as an exception.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { joinBytes } from "../../bytes/read_whole.ts";
import type { AnswerFormat } from "../../core/format.ts";
import { AWS_EVENT_STREAM, encodeAwsMessage } from "../../framing/aws_event_stream.ts";
import { SseDecoder, type SseEvent } from "../../framing/sse_decoder.ts";
import { exceptionOfEvent } from "./errors.ts";

const JSON_TYPE = "application/json";

const encoder = new TextEncoder();

/** The answers of another format, whose streams are server-sent events. */
export function framedAnswers(answer: AnswerFormat): AnswerFormat {
  return {
    ...answer,
    streamContentType: AWS_EVENT_STREAM,
    streamEncoder: (options) => {
      const inner = answer.streamEncoder(options);
      // It writes whole events, of parts that are bounded already.
      const frame = createFramer(Infinity);
      return {
        encode: (events) => frame(inner.encode(events)),
        close: (ending) => frame(inner.close(ending)),
        // A comment has no frame.
        keepAlive: () => frame(inner.keepAlive("chunk")),
      };
    },
    streamObserver: (options) => {
      const inner = answer.streamObserver(options);
      const maxBytes = options.maxEventBytes + 1;
      const frame = createFramer(maxBytes);
      return {
        progress: inner.progress,
        push: (chunk) => frame(inner.push(chunk)),
        flush: () => frame(inner.flush()),
        // Whatever has begun before is given up.
        close: (ending) => createFramer(maxBytes)(inner.close(ending)),
        keepAlive: () => frame(inner.keepAlive("chunk")),
      };
    },
  };
}

/**
 * What an observer passes are whole events, but for those that are too long to hold: these have no frame, since
 * its length comes first.
 *
 * @param maxEventBytes What it frames throws a `GatewayError` at a longer event.
 */
function createFramer(
  maxEventBytes: number,
): (events: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer> {
  const decoder = new SseDecoder({ maxEventBytes });
  return (events) => {
    if (events.length === 0) return events;
    const frames = decoder.push(events).map(toFrame);
    return joinBytes(frames, frames.reduce((sum, { length }) => sum + length, 0));
  };
}

function toFrame({ event, data }: SseEvent): Uint8Array<ArrayBuffer> {
  if (event === "error") {
    const { exception, message } = exceptionOfEvent(data);
    return encodeAwsMessage({
      ":exception-type": exception,
      ":content-type": JSON_TYPE,
      ":message-type": "exception",
    }, encoder.encode(JSON.stringify({ message })));
  }
  const bytes = Buffer.from(data).toString("base64");
  return encodeAwsMessage({
    ":event-type": "chunk",
    ":content-type": JSON_TYPE,
    ":message-type": "event",
  }, encoder.encode(`{"bytes":"${bytes}"}`));
}
