import { assertEquals } from "@std/assert";
import { readBodyText } from "../../../src/bytes/json/body_text.ts";

const TEXT = `{"error":"né"}`;

function utf16(text: string, isBigEndian = false, mark = ""): Uint8Array<ArrayBuffer> {
  const bytes = [...mark + text].flatMap((character) => {
    const unit = character.charCodeAt(0);
    return isBigEndian ? [unit >> 8, unit & 255] : [unit & 255, unit >> 8];
  });
  return Uint8Array.from(bytes);
}

Deno.test("readBodyText() heeds a mark, the charset and where the zeros are", () => {
  const cases: readonly [Uint8Array<ArrayBuffer>, string | null][] = [
    [new TextEncoder().encode(TEXT), null],
    [new TextEncoder().encode(TEXT), "application/json; charset=UTF-8"],
    [new TextEncoder().encode(TEXT), "application/json; charset=of-tomorrow"],
    [utf16(TEXT), "application/json; charset=utf-16le"],
    [utf16(TEXT, true), `application/json;charset="UTF-16BE"`],
    [utf16(TEXT, true), "application/json; charset=utf-16"],
    [utf16(TEXT), "application/json; charset=utf-16"],
    [utf16(TEXT, false, "\uFEFF"), "application/json"],
    [utf16(TEXT, true, "\uFEFF"), "application/json; charset=utf-8"],
    [utf16(TEXT), null],
    [utf16(TEXT, true), null],
    [Uint8Array.from(TEXT, (character) => character.charCodeAt(0)), "text/plain; charset=latin1"],
  ];
  for (const [bytes, type] of cases) assertEquals(readBodyText(bytes, type).text, TEXT, `${type}`);
});

Deno.test("readBodyText() also reads a body as somebody does who takes no notice of its charset", () => {
  const bytes = new TextEncoder().encode("planted");
  const { text, isUtf8, readings } = readBodyText(bytes, "text/plain; charset=utf-16le");
  assertEquals([text === "planted", isUtf8], [false, false]);
  assertEquals(readings.includes("planted"), true);
  const utf32 = Uint8Array.from("planted".split("").flatMap((it) => [0, 0, 0, it.charCodeAt(0)]));
  assertEquals(
    readBodyText(utf32, "text/plain; charset=utf-32").readings.includes("planted"),
    true,
  );
});
