import { assertEquals } from "@std/assert";
import { Utf8Validator } from "../../../src/framing/websocket/utf8_validator.ts";
import { below, seededRandom } from "../../transport/mutated_responses.ts";

const CHARACTERS = ["ü", "€", "😀", "\u{10ffff}", "\u07ff"].map((text) =>
  new TextEncoder().encode(text)
);

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

Deno.test("what is UTF-8 is so at every alignment and in any pieces, with little in it that is not ASCII", () => {
  const random = seededRandom(1);
  let right = 0;
  for (let round = 0; round < 20_000; round++) {
    const length = 10 + below(160, random);
    const bytes = new Uint8Array(length + 8).subarray(round % 8, round % 8 + length).fill(0x61);
    for (let count = below(3, random); count > 0; count--) {
      const character = CHARACTERS[below(CHARACTERS.length, random)]!;
      bytes.set(character, below(length - character.length, random));
    }
    if (random() < 0.3) bytes[below(length, random)] = 0x80 + below(0x80, random);
    const cut = below(length + 1, random);
    const validator = new Utf8Validator();
    const isRight = validator.push(bytes, 0, cut) && validator.push(bytes, cut, length) &&
      validator.isWhole;
    assertEquals(isRight, isUtf8(bytes), `Round ${round}: ${bytes}`);
    if (isRight) right++;
  }
  assertEquals(right > 5_000 && right < 19_000, true, `${right} were right`);
});
