import { assertEquals } from "@std/assert";
import { ByteWriter } from "../../src/bytes/byte_writer.ts";

const utf8 = new TextDecoder();

Deno.test("ByteWriter joins bytes and text of any length and kind", () => {
  const texts = [
    "",
    "a",
    "é",
    "a🦕",
    "🦕".repeat(200),
    "x".repeat(5_000),
    "ü".repeat(70_000),
    `${"x".repeat(3_000)}🦕${"€".repeat(3_000)}`,
    `${"🦕".repeat(257)}\ud800${"y".repeat(257)}`,
    "end",
  ];
  const writer = new ByteWriter();
  // Twice, because the buffer serves again.
  for (let round = 0; round < 2; round++) {
    for (const text of texts) {
      writer.writeText(text);
      writer.writeBytes(new TextEncoder().encode("|"));
    }
    assertEquals(
      utf8.decode(writer.take()),
      texts.map((text) => `${text.toWellFormed()}|`).join(""),
    );
  }
});

Deno.test("ByteWriter.take() returns bytes that later writes leave alone", () => {
  const writer = new ByteWriter();
  for (const length of [5, 1_500, 3_000, 100_000, 5]) {
    writer.writeText("a".repeat(length));
    const first = writer.take();
    writer.writeText("b".repeat(length));
    assertEquals(utf8.decode(first), "a".repeat(length));
    assertEquals(utf8.decode(writer.take()), "b".repeat(length));
    assertEquals(writer.take().length, 0);
  }
});
