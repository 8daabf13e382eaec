import { assert, assertEquals } from "@std/assert";
import { ArrayFraming } from "../../../../src/formats/gemini/stream/array_framing.ts";

const encoder = new TextEncoder();

function frame(pieces: readonly string[]): string {
  const framing = new ArrayFraming();
  const decoder = new TextDecoder();
  return [...pieces.map((piece) => framing.push(encoder.encode(piece))), framing.end()]
    .map((bytes) => decoder.decode(bytes)).join("");
}

Deno.test("the items of an array are the same wherever the events are cut, whatever ends their lines", () => {
  for (const end of ["\n", "\r", "\r\n"]) {
    const events = ['data: {"a":', "data:1}", "", ": comment", "data: 2", "", ""].join(end);
    assertEquals(frame([events]), '[{"a":\n1},\r\n2]\n');
    assertEquals(frame([...events]), '[{"a":\n1},\r\n2]\n', JSON.stringify(end));
  }
});

Deno.test("many short lines of one event are framed in less than the square of their number", () => {
  for (const end of ["\n", "\r", "\r\n"]) {
    const beganMs = performance.now();
    const lines = 100_000;
    assertEquals(frame([`data:1${end}`.repeat(lines) + end]).length, 2 * lines + 2);
    const tookMs = performance.now() - beganMs;
    assert(tookMs < 5_000, `${tookMs} ms`);
  }
});
