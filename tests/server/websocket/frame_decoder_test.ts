/** What clients may send and what they may not, as RFC 6455 has it, cut at every place. */

import { assert, assertEquals } from "@std/assert";
import { FrameDecoder } from "../../../src/framing/websocket/frame_decoder.ts";
import { clientFrame, join } from "../../support/websocket_frames.ts";
import {
  bytes,
  inShort,
  MAX_MESSAGE_BYTES,
  more,
  SKIPPED_BYTES,
  text,
  VECTORS,
} from "./frame_vectors.ts";

/** The events of bytes that come in these pieces. */
function decode(pieces: readonly Uint8Array[]): readonly string[] {
  const decoder = new FrameDecoder(MAX_MESSAGE_BYTES, true);
  // Of memory that is not the decoder's own, at every offset that words may have.
  return pieces.flatMap((piece, index) => {
    const memory = new Uint8Array(piece.length + 4);
    const received = memory.subarray(index % 4, index % 4 + piece.length);
    received.set(piece);
    const events = decoder.push(received).map(inShort);
    received.fill(0xaa);
    return events;
  });
}

/** Where long vectors are cut: around everything but their payload. */
function cutsOf({ length }: Uint8Array): readonly number[] {
  const all = Array.from({ length: length + 1 }, (_, index) => index);
  return length < 1_000
    ? all
    : all.filter((cut) => cut < 40 || cut > length - 40 || cut % 9_973 === 0);
}

Deno.test("there are enough vectors", () => assert(VECTORS.length >= 60, `${VECTORS.length}`));

for (const { title, frames, events } of VECTORS) {
  Deno.test(`frames: ${title}`, () => {
    const sent = join(...frames.map(clientFrame));
    assertEquals(decode([sent]), events);
    for (const cut of cutsOf(sent)) {
      assertEquals(decode([sent.subarray(0, cut), sent.subarray(cut)]), events, `Cut at ${cut}`);
    }
    const single = sent.length < 1_000 ? 1 : 997;
    const pieces = Array.from(
      { length: Math.ceil(sent.length / single) },
      (_, index) => sent.subarray(index * single, (index + 1) * single),
    );
    assertEquals(decode(pieces), events);
  });
}

Deno.test("a wrong byte of a text is told before the text has come", () => {
  const decoder = new FrameDecoder(MAX_MESSAGE_BYTES, true);
  const sent = clientFrame(text(join(bytes(0x61, 0xed, 0xa0), new Uint8Array(90_000))));
  assertEquals(decoder.push(sent.slice(0, 16)).map(inShort), []);
  assertEquals(decoder.push(sent.slice(16, 17)).map(inShort), ["fault: 1007"]);
});

Deno.test("fragments without end are refused within their bound, and most of them are not kept", () => {
  const decoder = new FrameDecoder(MAX_MESSAGE_BYTES, true);
  const fragment = clientFrame(more("a".repeat(50_000), false));
  let sentBytes = 0;
  let held = 0;
  let events = decoder.push(clientFrame(text("a", false)));
  while (events.length === 0 && sentBytes < 100_000_000) {
    events = decoder.push(fragment.slice());
    sentBytes += fragment.length;
    held = Math.max(held, decoder.heldBytes);
  }
  assertEquals(events.map(inShort), ["fault: 1009"]);
  assert(sentBytes < 1.01 * (MAX_MESSAGE_BYTES + SKIPPED_BYTES), `Refused after ${sentBytes}`);
  assert(held <= MAX_MESSAGE_BYTES, `Held ${held}`);
  assertEquals(decoder.heldBytes, 0);
});
