import { assertEquals } from "@std/assert";
import { parseJson, parseJsonObject } from "../../../src/core/text/json.ts";

Deno.test("parseJson() reads numbers that JSON does not have as null", () => {
  const texts: readonly (readonly [text: string, value: unknown])[] = [
    [`{"a":NaN}`, { a: null }],
    [`[-Infinity,Infinity , +Infinity,NaN]`, [null, null, null, null]],
    [`[nan, -nan, inf, -inf]`, [null, null, null, null]],
    [`{"NaN":NaN,"text":"NaN, -Infinity"}`, { NaN: null, text: "NaN, -Infinity" }],
    [`{"a":"\\"NaN\\\\","b":NaN}`, { a: `"NaN\\`, b: null }],
    [`{"a":"\\\\\\"","b":[NaN]}`, { a: `\\"`, b: [null] }],
    ["NaN", null],
  ];
  for (const [text, value] of texts) assertEquals(parseJson(text), value, text);
});

Deno.test("parseJson() takes nothing else that is no JSON", () => {
  for (const text of ["", "{", `{"a":NaN`, `{NaN:1}`, "1NaN", `"NaN`, `{"a":nanny}`, "undefined"]) {
    assertEquals(parseJson(text), undefined, text);
  }
  for (const text of ["NaN", "[]", `"text"`]) assertEquals(parseJsonObject(text), undefined, text);
});
