import { assertEquals } from "@std/assert";
import { ByteWriter } from "../../src/dialects/byte_writer.ts";

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
    "end",
  ];
  const writer = new ByteWriter();
  // Twice, because the buffer serves again.
  for (let round = 0; round < 2; round++) {
    for (const text of texts) {
      writer.writeText(text);
      writer.writeBytes(new TextEncoder().encode("|"));
    }
    assertEquals(utf8.decode(writer.take()), texts.map((text) => `${text}|`).join(""));
  }
});

Deno.test("ByteWriter.take() returns bytes that later writes leave alone", () => {
  const writer = new ByteWriter();
  writer.writeText("first");
  const first = writer.take();
  writer.writeText("other");
  assertEquals(utf8.decode(first), "first");
  assertEquals(utf8.decode(writer.take()), "other");
  assertEquals(writer.take().length, 0);
});
