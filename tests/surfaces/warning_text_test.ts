import { assertEquals } from "@std/assert";
import { warningText } from "../../src/surfaces/warning_text.ts";

Deno.test("warningText() is one line of ASCII, and bounded", () => {
  assertEquals(warningText(["One", "two"]), "One, two");
  assertEquals(
    warningText(['"caf\u00e9\r\nset-cookie: x" is dropped']),
    '"caf?set-cookie: x" is dropped',
  );
  const long = warningText(["x".repeat(900), "y".repeat(900)]);
  assertEquals([long.length, long.slice(-5)], [1_000, "yy..."]);
});
