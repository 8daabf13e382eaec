/** Large JSON parsed in slices says what the runtime says of it, wherever its pieces begin. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { parseInSlices, PIECE_BYTES } from "../../../src/bytes/json/sliced_json.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

async function parse(text: string): Promise<{ readonly value: unknown; readonly rests: number }> {
  let rests = 0;
  const value = await parseInSlices(encoder.encode(text), {
    decode: (bytes) => utf8.decode(bytes),
    rest: () => {
      rests++;
      return undefined;
    },
    meter: { opened: () => {}, named: () => {}, followed: () => {} },
  });
  return { value, rests };
}

const LONG = "x".repeat(PIECE_BYTES + 1);

Deno.test("parseInSlices() puts together what JSON.parse() does", async () => {
  const values = [
    {},
    [],
    { a: 1, b: [1, "two", null, true, { c: [] }] },
    { model: "m", messages: [{ role: "user", content: [{ url: LONG }, { text: "hi" }] }], n: 1 },
    [LONG, LONG, 1, [LONG], { "": LONG }],
    { [`${LONG}name`]: 1, after: LONG },
    { first: LONG, last: [1, [2, [LONG]], 3] },
    Array.from({ length: 100_000 }, (_, index) => ({ index, text: `"\\ü😀${index}` })),
    Object.fromEntries(Array.from({ length: 60_000 }, (_, index) => [`name ${index}`, [index]])),
    { text: 'ü😀\n\\"\u2028'.repeat(200_000) },
    { text: "\\".repeat(1_500_001) },
  ];
  for (const value of values) {
    for (const text of [JSON.stringify(value), JSON.stringify(value, undefined, 1)]) {
      assertEquals(JSON.stringify((await parse(text)).value), JSON.stringify(value));
    }
  }
});

Deno.test("parseInSlices() reads escapes wherever a part ends", async () => {
  for (let shift = 0; shift < 14; shift++) {
    const written = "a".repeat(shift) + "\\ud83d\\ude00\\\\\\n".repeat(60_000);
    const text = `{"text":"${written}"}`;
    assertEquals((await parse(text)).value, JSON.parse(text), String(shift));
  }
});

Deno.test("parseInSlices() looks whose turn it is between pieces, and leaves names as they are", async () => {
  const { value, rests } = await parse(`{"__proto__":"${LONG}","b":${JSON.stringify(LONG)}}`);
  assert(rests >= 2);
  assertEquals(Object.keys(value as object), ["__proto__", "b"]);
  assertEquals(Object.getPrototypeOf(value), Object.prototype);
  const twice = await parse(`{"a":1,"a":"${LONG}","b":2}`);
  assertEquals(Object.keys(twice.value as object), ["a", "b"]);
});

Deno.test("parseInSlices() refuses what is no JSON, beside long values as well", async () => {
  const long = JSON.stringify(LONG);
  const texts = [
    "",
    "{",
    "[}",
    "[1,]",
    "{} {}",
    `[${long}`,
    `[${long},]`,
    `[${long} 1]`,
    `[1 ${long}]`,
    `[${long}${long}]`,
    `[,${long}]`,
    `{"a" ${long}}`,
    `{"a":1 ${long}}`,
    `{${long}:}`,
    `{"a":${long},}`,
    `{"a":${long} x}`,
    `{"a":${long}}]`,
    `{"a":"${LONG}\n"}`,
    `{"a":"${LONG}\\x"}`,
    `{"a":"${LONG}`,
    `[[${long}],x]`,
    `x[${long}]`,
  ];
  for (const text of texts) {
    await assertRejects(() => parse(text), SyntaxError, undefined, text.slice(0, 40));
  }
});
