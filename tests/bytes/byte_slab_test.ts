import { assert, assertEquals } from "@std/assert";
import { allocateBytes, copyBytes } from "../../src/bytes/byte_slab.ts";

Deno.test("allocateBytes() gives parts that are zero and that nobody else has", () => {
  const sizes = Array.from({ length: 500 }, (_, index) => (index * 37) % 2_100);
  const parts = sizes.map((size, index) => {
    const part = allocateBytes(size);
    assert(part.every((byte) => byte === 0));
    return part.fill(1 + index % 255);
  });
  parts.forEach((part, index) => {
    assertEquals(part.length, sizes[index]);
    assert(part.every((byte) => byte === 1 + index % 255));
  });
});

Deno.test("allocateBytes() gives large arrays memory of their own", () => {
  assertEquals(allocateBytes(100_000).buffer.byteLength, 100_000);
});

Deno.test("copyBytes() copies a part", () => {
  const bytes = new Uint8Array([1, 2, 3, 4]);
  const copy = copyBytes(bytes, 1, 3);
  bytes.fill(0);
  assertEquals(copy, new Uint8Array([2, 3]));
});
