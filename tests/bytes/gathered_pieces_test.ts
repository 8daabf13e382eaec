import { assertEquals } from "@std/assert";
import { GatheredPieces } from "../../src/bytes/gathered_pieces.ts";

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder();

/** Pieces of one array, cut at these places. */
function cut(bytes: Uint8Array<ArrayBuffer>, ...places: number[]): Uint8Array<ArrayBuffer>[] {
  const ends = [...places, bytes.length];
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

Deno.test("pieces that lie behind one another are joined without a copy", () => {
  const bytes = ENCODER.encode("all in one piece");
  const gathered = new GatheredPieces(64, 1_000);
  for (const piece of cut(bytes, 3, 4, 11)) gathered.push(piece);
  const taken = gathered.take();
  assertEquals([DECODER.decode(taken), taken.buffer === bytes.buffer], ["all in one piece", true]);
});

Deno.test("pieces from anywhere are gathered, in memory of their own and no more of it than they need", () => {
  for (const firstBytes of [1, 4, 64]) {
    const gathered = new GatheredPieces(firstBytes, 1_000);
    const [first, ...others] = cut(ENCODER.encode("one two three"), 3, 4, 7);
    for (const piece of [first!, ENCODER.encode(" and"), ...others, ENCODER.encode("!")]) {
      gathered.push(piece);
    }
    assertEquals(gathered.length, 18);
    const taken = gathered.take();
    assertEquals([DECODER.decode(taken), taken.buffer.byteLength], ["one and two three!", 18]);
  }
});

Deno.test("the memory of those who push is not written to", () => {
  const whole = ENCODER.encode("abcdef");
  const gathered = new GatheredPieces(2, 1_000);
  gathered.push(whole.subarray(0, 2));
  gathered.push(ENCODER.encode("XY"));
  gathered.push(ENCODER.encode("Z"));
  assertEquals(DECODER.decode(gathered.take()), "abXYZ");
  assertEquals(DECODER.decode(whole), "abcdef");
});

Deno.test("nothing pushed is nothing", () => {
  assertEquals(new GatheredPieces(64, 64).take().length, 0);
});
