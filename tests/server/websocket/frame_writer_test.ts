import { assertEquals } from "@std/assert";
import { FrameWriter } from "../../../src/framing/websocket/frame_writer.ts";
import { readServerFrames } from "../../support/websocket_frames.ts";

const [TEXT, BINARY, CLOSE, PING, PONG] = [1, 2, 8, 9, 10] as const;

Deno.test("messages of every size and text are framed with the shortest length", () => {
  const texts = [
    "",
    "a",
    "aü€😀",
    "ü".repeat(62),
    "ü".repeat(63),
    "a".repeat(125),
    "a".repeat(126),
    "ü".repeat(5_462),
    "a".repeat(65_535),
    "a".repeat(65_536),
    "€".repeat(70_000),
  ];
  const writer = new FrameWriter();
  for (const text of texts) {
    writer.writeMessage(text);
    writer.writeText(new TextEncoder().encode(text));
    writer.writeMessage(new TextEncoder().encode(text));
  }
  const { length } = writer;
  const taken = writer.take();
  assertEquals([taken.length, writer.length], [length, 0]);
  const { frames, rest } = readServerFrames(taken);
  assertEquals(rest.length, 0);
  assertEquals(
    frames.map(({ opcode, payload }) => [opcode, new TextDecoder().decode(payload)]),
    texts.flatMap((text) => [[TEXT, text], [TEXT, text], [BINARY, text]]),
  );
});

Deno.test("control frames have at most 125 bytes, and a reason ends with a whole character", () => {
  const writer = new FrameWriter();
  writer.writePing();
  writer.writePong(new Uint8Array([7, 8]));
  writer.writeClose(undefined, "never written");
  writer.writeClose(4999, "");
  writer.writeClose(1008, "€".repeat(60));
  const { frames } = readServerFrames(writer.take());
  assertEquals(frames.map(({ opcode, payload }) => [opcode, payload.length]), [
    [PING, 0],
    [PONG, 2],
    [CLOSE, 0],
    [CLOSE, 2],
    [CLOSE, 125],
  ]);
  assertEquals([...frames[3]!.payload], [4999 >> 8, 4999 & 255]);
  assertEquals(new TextDecoder().decode(frames[4]!.payload.subarray(2)), "€".repeat(41));
});

Deno.test("what was taken is not written to again", () => {
  const writer = new FrameWriter();
  writer.writeMessage("first");
  const taken = writer.take();
  const copy = taken.slice();
  for (let written = 0; written < 100; written++) writer.writeMessage("another");
  assertEquals(taken, copy);
});
