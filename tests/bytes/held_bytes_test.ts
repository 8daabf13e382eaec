import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { HeldBytes } from "../../src/bytes/held_bytes.ts";

Deno.test("HeldBytes.append() collects parts of every size in order", () => {
  const held = new HeldBytes();
  const expected: number[] = [];
  for (let size = 0; size < 200; size++) {
    const chunk = Uint8Array.from({ length: size + 2 }, (_, index) => size + index);
    held.append(chunk, 1, 1 + size);
    expected.push(...chunk.subarray(1, 1 + size));
    assertEquals(held.length, expected.length);
  }
  assertEquals([...held.view()], expected);
  held.clear();
  assertEquals([held.length, held.view().length], [0, 0]);
});

Deno.test("HeldBytes.clear() keeps a usual buffer and gives a large one up", () => {
  const held = new HeldBytes();
  held.append(new Uint8Array(300), 0, 300);
  const { buffer } = held.view();
  held.clear();
  held.append(new Uint8Array(300), 0, 300);
  assertStrictEquals(held.view().buffer, buffer);
  held.append(new Uint8Array(1 << 20), 0, 1 << 20);
  held.clear();
  held.append(new Uint8Array(300), 0, 300);
  assert(held.view().buffer.byteLength <= 65_536);
});
