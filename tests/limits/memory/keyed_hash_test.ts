import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { type HashSecret, keyedHash } from "../../../src/limits/memory/keyed_hash.ts";

const SECRET: HashSecret = [0x03020100, 0x07060504, 0x0b0a0908, 0x0f0e0d0c];

/** A text whose code units are the bytes 0, 1, 2, ... */
function countingText(bytes: number): string {
  let text = "";
  for (let byte = 0; byte < bytes; byte += 2) text += String.fromCharCode(byte | (byte + 1) << 8);
  return text;
}

function hex(text: string): string {
  const { low, high } = keyedHash(text, SECRET);
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, low, true);
  view.setInt32(4, high, true);
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// Vectors of the reference implementation; texts have even numbers of bytes.
Deno.test("keyedHash() is SipHash-2-4 of a text's code units", () => {
  const vectors: readonly (readonly [bytes: number, hash: string])[] = [
    [0, "310e0edd47db6f72"],
    [2, "5a4fa9d909806c0d"],
    [4, "b7877127e09427cf"],
    [6, "cee3fe586e46c9cb"],
    [8, "6224939a79f5f593"],
    [10, "f3b9dd94c5bb5d7a"],
    [14, "eef27a8e90ca23f7"],
    [16, "db9bc2577fcc2a3f"],
    [30, "28ef495c53a387ad"],
  ];
  for (const [bytes, hash] of vectors) {
    assertEquals(hex(countingText(bytes)), hash, `${bytes} bytes`);
  }
});

Deno.test("keyedHash() tells apart what differs in length, in one bit or in the secret", () => {
  assertNotEquals(hex("a"), hex("a\0"));
  assertNotEquals(hex("\u0100"), hex("\u0001"));
  assertNotEquals(keyedHash("a", SECRET), keyedHash("a", [1, 2, 3, 4]));
  const lows = new Set(
    Array.from({ length: 10_000 }, (_, index) => keyedHash(`10.0.${index}`, SECRET).low),
  );
  // Of ten thousand 32-bit numbers about 0.01 pairs are alike.
  assert(lows.size > 9_990, `${lows.size} different hashes`);
});
