import { assertEquals, assertThrows } from "@std/assert";
import { AnswerHeaders } from "../../../src/core/http/answer_headers.ts";

Deno.test("a value that no header can carry is refused, also after a good one of its name, and again", () => {
  const headers = new AnswerHeaders();
  headers.set("x-tag", "good");
  for (const value of ["a\r\nb: c", "\0", "\u0100", "a\r\nb: c"]) {
    assertThrows(() => headers.set("x-tag", value), TypeError);
    assertThrows(() => headers.append("x-tag", value), TypeError);
  }
  headers.set("x-tag", "good");
  assertEquals([...headers], [["x-tag", "good"]]);
});

Deno.test("a name that is none is refused, and again", () => {
  for (const name of ["X-Tag", "a b", "", "a:", "a: b", "a: ", "a\r\nb", "a b"]) {
    assertThrows(() => new AnswerHeaders().set(name, "good"), TypeError);
  }
});

Deno.test("more names than are remembered are set all the same", () => {
  const headers = new AnswerHeaders();
  for (let index = 0; index < 600; index++) headers.set(`x-${index}`, `${index}`);
  assertEquals([headers.size, headers.get("x-599")], [600, "599"]);
});
