import { assertEquals } from "@std/assert";
import type { ChatEvent } from "../../src/core/chat/chat.ts";
import type { StreamDecoder, StreamEncoder } from "../../src/core/format.ts";
import { createTranscoder } from "../../src/gateway/relay/transcode.ts";

const NO_BYTES = new Uint8Array(0);
const TEXT: ChatEvent = {
  type: "block_start",
  choice: 0,
  block: 0,
  part: { type: "text", text: "a" },
};
const LATE: ChatEvent = { type: "block_delta", block: 0, text: "late" };

/** A transcoder whose upstream says these events, one list a push, and what it encodes. */
function transcoderFor(pushes: readonly (readonly ChatEvent[])[]) {
  const encoded: ChatEvent[] = [];
  let next = 0;
  const decoder: StreamDecoder = {
    push: () => pushes[next++] ?? [],
    flush: () => pushes[next++] ?? [],
    malformedEvents: 3,
  };
  const encoder: StreamEncoder = {
    encode: (events) => {
      encoded.push(...events);
      return NO_BYTES;
    },
    close: () => NO_BYTES,
    keepAlive: () => NO_BYTES,
  };
  return { transcoder: createTranscoder(decoder, encoder, 2), encoded };
}

Deno.test("createTranscoder() lets nothing through after an end or a fault", () => {
  const fault: ChatEvent = { type: "fault", fault: { message: "boom" } };
  for (const last of [{ type: "end" } as const, fault]) {
    const { transcoder, encoded } = transcoderFor([[TEXT, last, LATE], [LATE], [LATE]]);
    transcoder.push(NO_BYTES);
    transcoder.push(NO_BYTES);
    transcoder.flush();
    assertEquals(encoded, [TEXT]);
  }
});

Deno.test("createTranscoder() follows the stream", () => {
  const usage = { inputTokens: 1, outputTokens: 2, totalTokens: 3 };
  const finish = (choice: number): ChatEvent => ({
    type: "finish",
    choice,
    reason: "stop",
    raw: `stop_${choice}`,
  });
  const { transcoder } = transcoderFor([
    [{ type: "start" }],
    [{ type: "native", choice: 0, format: "f", name: "channel", value: "analysis" }],
    [TEXT, finish(0), finish(0)],
    [{ type: "usage", usage }, finish(1)],
    [{ type: "end" }],
  ]);
  const { progress } = transcoder;
  const steps = [
    { hasOutput: false, isFinished: false, finishReason: undefined, hasEnded: false },
    { hasOutput: false, isFinished: false, finishReason: undefined, hasEnded: false },
    { hasOutput: true, isFinished: false, finishReason: "stop_0", hasEnded: false },
    { hasOutput: true, isFinished: true, finishReason: "stop_1", hasEnded: false },
    { hasOutput: true, isFinished: true, finishReason: "stop_1", hasEnded: true },
  ];
  for (const step of steps) {
    transcoder.push(NO_BYTES);
    const { hasOutput, isFinished, finishReason, hasEnded } = progress;
    assertEquals({ hasOutput, isFinished, finishReason, hasEnded }, step);
  }
  assertEquals(progress.usage, usage);
  assertEquals(progress.malformedEvents, 3);
});

Deno.test("createTranscoder() takes an image for output", () => {
  const part = { type: "media", kind: "image", source: { type: "url", url: "data:," } } as const;
  const { transcoder } = transcoderFor([[{ type: "block_start", choice: 0, block: 0, part }]]);
  transcoder.push(NO_BYTES);
  assertEquals(transcoder.progress.hasOutput, true);
});
