/** Translates a stream between two formats: decode, follow, encode; a push machine without I/O. */

import type { ChatEvent } from "../../core/chat/chat.ts";
import type { StreamDecoder, StreamEncoder, StreamTranslation } from "../../core/format.ts";
import { EventProgress } from "../../core/chat/stream_progress.ts";

const NOTHING = new Uint8Array(0);

/** A translation from the decoder's format to the encoder's. `choices` is what the client asked for. */
export function createTranscoder(
  decoder: StreamDecoder,
  encoder: StreamEncoder,
  choices: number,
): StreamTranslation {
  const progress = new EventProgress(choices);
  const translate = (events: readonly ChatEvent[]): Uint8Array<ArrayBuffer> => {
    progress.malformedEvents = decoder.malformedEvents;
    // After an end or a fault nothing counts, whatever else the same read brought.
    const counted: ChatEvent[] = [];
    for (const event of events) {
      if (progress.hasEnded || progress.fault !== undefined) break;
      progress.note(event);
      progress.heardText.noteEvent(event);
      if (event.type !== "fault" && event.type !== "end") counted.push(event);
    }
    return counted.length === 0 ? NOTHING : encoder.encode(counted);
  };
  return {
    progress,
    push: (chunk) => translate(decoder.push(chunk)),
    flush: () => translate(decoder.flush()),
    close: (ending) => encoder.close(ending),
    keepAlive: (form) => encoder.keepAlive(form),
  };
}
