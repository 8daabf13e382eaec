import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { isJsonObject, type JsonObject } from "../../../src/core/text/json.ts";
import { countMembers, memberBytes } from "../../../src/bytes/json/json_text.ts";
import { patch, patchToMatch } from "../../../src/bytes/json/patch.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

Deno.test("patchToMatch() changes what differs in the parsed form, and nothing else", () => {
  // Each: a text, what becomes of its parsed form, the text of that.
  const steps: readonly (readonly [string, (body: JsonObject) => JsonObject, string])[] = [
    ['{"a":1.0}', (body) => body, '{"a":1.0}'],
    ['{"a":1.0}', (body) => ({ ...body }), '{"a":1.0}'],
    ['{"a":1.0}', (body) => ({ ...body, b: 2 }), '{"b":2,"a":1.0}'],
    ["{ }", (body) => ({ ...body, b: 2 }), '{"b":2 }'],
    ['{"a":1.0,"b":1}', (body) => ({ ...body, b: 2 }), '{"a":1.0,"b":2}'],
    ['{"a":1.0,"b":1}', (body) => ({ ...body, b: 2, c: 3 }), '{"c":3,"a":1.0,"b":2}'],
    ['{"a":1.0,"b":1}', ({ a }) => ({ a }), '{"a":1.0}'],
    ['{"a":1.0,"b":1}', (body) => ({ ...body, a: undefined }), '{"b":1}'],
    ['{"a":{"x":1e400,"y":1}}', () => ({ a: { x: Infinity } }), '{"a":{"x":1e400}}'],
    ['{"a":{"x":1}}', () => ({ a: [] }), '{"a":[]}'],
    ['{"a":[]}', () => ({ a: { x: 1 } }), '{"a":{"x":1}}'],
    [
      '{"a":[ {"x":1.0, "y":2} ,1.0,{ "z":1e0}]}',
      () => ({ a: [{ x: 1 }, 1, { z: 2 }] }),
      '{"a":[ {"x":1.0} ,1.0,{ "z":2}]}',
    ],
    ['{"a":[[1.0,{"x":1.0}],[]]}', () => ({ a: [[2, { x: 1 }], []] }), '{"a":[[2,{"x":1.0}],[]]}'],
    ['{"a":[1.0, 2]}', () => ({ a: [1, 2] }), '{"a":[1.0, 2]}'],
    ['{"a":[1.0, 2]}', () => ({ a: [1] }), '{"a":[1]}'],
    ['{"a":1,"a":[1.0, 2]}', () => ({ a: [1, 3] }), '{"a":[1,3],"a":[1.0, 3]}'],
    ['{"__proto__":{"x":1.0}}', (body) => ({ ...body, y: 1 }), '{"y":1,"__proto__":{"x":1.0}}'],
  ];
  for (const [text, change, expected] of steps) {
    const before: unknown = JSON.parse(text);
    if (!isJsonObject(before)) throw new TypeError(text);
    assertEquals(textOf(patchToMatch(bytesOf(text), before, change(before))), expected, text);
  }
});

Deno.test("patch() returns the same bytes where nothing changes", () => {
  const bytes = bytesOf('{"a":1}');
  assertStrictEquals(patch(bytes, new Map()), bytes);
  assertStrictEquals(patch(bytes, new Map([["b", undefined]])), bytes);
  assertStrictEquals(patch(bytes, new Map([["a", new Map([["b", undefined]])]])), bytes);
});

Deno.test("patch() refuses what is no object, or does not end", () => {
  for (const text of ["", " ", "[{}]", '"{}"', "null", "{", '{"a', '{"a":', '{"a":[', '{"a":1']) {
    assertThrows(() => patch(bytesOf(text), new Map([["a", 2]])), TypeError, "no ", text);
  }
});

Deno.test("memberBytes() and countMembers() see what JSON.parse does not tell", () => {
  const bytes = bytesOf('{"data":1,"x":{"data":2}, "d\\u0061ta" : { "y":9007199254740993 } }');
  assertEquals(textOf(memberBytes(bytes, "data") ?? bytes), '{ "y":9007199254740993 }');
  assertEquals(memberBytes(bytes, "y"), undefined);
  assertEquals([countMembers(bytes), countMembers(bytesOf(" {} "))], [3, 0]);
});
