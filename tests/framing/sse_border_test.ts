import { assertEquals } from "@std/assert";
import { bordersIn, firstBorder, lastBorder, LF } from "../../src/framing/sse_border.ts";
import { showCut } from "./cuts.ts";
import { bordersOf } from "./sse_reference.ts";

// LF, CR, a control character below them and a letter: all that the search tells apart.
const LETTER = 120;
const ALPHABET = [10, 13, 9, LETTER];

/** Every string of the alphabet up to six bytes, alone and amid letters: the search skips eight. */
function* allStrings(): Generator<Uint8Array<ArrayBuffer>> {
  for (let length = 0; length <= 6; length++) {
    for (let number = 0; number < 4 ** length; number++) {
      const bytes = Array.from({ length }, (_, index) => ALPHABET[(number >> (2 * index)) & 3]!);
      yield Uint8Array.from(bytes);
      const before = new Array(number % 19).fill(LETTER);
      yield Uint8Array.of(...before, ...bytes, ...new Array((number >> 3) % 19).fill(LETTER));
    }
  }
}

Deno.test("firstBorder(), lastBorder() and bordersIn() find what the reference finds", () => {
  for (const bytes of allStrings()) {
    const borders = bordersOf(bytes);
    const found = [bordersIn(bytes, 0, LF), firstBorder(bytes, 0, LF), lastBorder(bytes, 0, LF)];
    assertEquals(found, [borders, borders[0] ?? 0, borders.at(-1) ?? 0], showCut([bytes]));
  }
});

Deno.test("firstBorder() and lastBorder() go on in the middle of an event", () => {
  for (const bytes of allStrings()) {
    const borders = bordersOf(bytes);
    // Cut where no event ends: the search of the rest knows the byte before it, and no more.
    for (let from = 1; from < bytes.length; from++) {
      if (borders.some((border) => border === from || border === from + 1)) continue;
      const previous = bytes[from - 1]!;
      const after = borders.filter((border) => border > from);
      const found = [firstBorder(bytes, from, previous), lastBorder(bytes, from, previous)];
      assertEquals(found, [after[0] ?? 0, after.at(-1) ?? 0], showCut([bytes.slice(from)]));
    }
  }
});
