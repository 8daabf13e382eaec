import type { ChatEvent } from "../../../core/chat.ts";
import type { EncodeOptions, StreamEncoder, StreamEnding } from "../../../core/format.ts";

export class GeminiStreamEncoder implements StreamEncoder {
  constructor(_options: EncodeOptions) {}

  encode(_events: readonly ChatEvent[]): Uint8Array<ArrayBuffer> {
    throw new Error("Not here yet");
  }

  close(_ending: StreamEnding): Uint8Array<ArrayBuffer> {
    throw new Error("Not here yet");
  }

  keepAlive(_form: "comment" | "chunk"): Uint8Array<ArrayBuffer> {
    throw new Error("Not here yet");
  }
}
