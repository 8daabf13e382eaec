/** What is counted of JSON, held against what JSON.parse makes of it. */

import { assertEquals } from "@std/assert";
import { GatewayError } from "../../src/core/gateway_error.ts";
import { type JsonLimits, measureJson } from "../../src/surfaces/request/measure_json.ts";
import { parseJson } from "../../src/surfaces/request/parse_json.ts";
import { seededRandom } from "../framing/cuts.ts";

const LIMITS: JsonLimits = { maxJsonDepth: 128, maxJsonKeys: 1_000_000, maxJsonValues: 1_000_000 };
const utf8 = new TextEncoder();

interface Size {
  depth: number;
  keys: number;
  values: number;
}

/** Counted the slow way. */
function sizeOf(value: unknown, depth = 0, size: Size = { depth: 0, keys: 0, values: 0 }): Size {
  size.values++;
  if (typeof value !== "object" || value === null) return size;
  size.depth = Math.max(size.depth, depth + 1);
  if (!Array.isArray(value)) size.keys += Object.keys(value).length;
  for (const inner of Object.values(value)) sizeOf(inner, depth + 1, size);
  return size;
}

/** Whole numbers from 0 up to a bound, the same every time. */
function numbers(seed: number): (below: number) => number {
  const random = seededRandom(seed);
  return (below) => Math.floor(random() * below);
}

const TEXTS = [
  "",
  "a",
  `"`,
  "\\",
  `\\"`,
  "[{",
  "}]",
  ",:",
  `":{"a":[`,
  "\n\u0000",
  "é",
  "\u{1f600}",
  "\\\\",
];

/** No array or object is empty, for those are counted as if they were not. */
function randomValue(next: (below: number) => number, depth: number): unknown {
  const kind = next(depth > 6 ? 3 : 5);
  if (kind === 0) return TEXTS[next(TEXTS.length)];
  if (kind === 1) return next(1_000) - 500;
  if (kind === 2) return [true, false, null][next(3)];
  const inner = Array.from({ length: 1 + next(4) }, () => randomValue(next, depth + 1));
  if (kind === 3) return inner;
  return Object.fromEntries(inner.map((value, at) => [`${TEXTS[next(TEXTS.length)]}${at}`, value]));
}

/** The code of the error; `undefined` where there is none. */
function codeOf(run: () => unknown): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return error.code;
  }
}

Deno.test("measureJson() counts what JSON.parse finds", () => {
  const next = numbers(7);
  for (let round = 0; round < 2_000; round++) {
    const value = { a: randomValue(next, 0), b: randomValue(next, 0) };
    const text = JSON.stringify(value, null, round % 3);
    const { depth, keys, values } = sizeOf(value);
    const exact = { maxJsonDepth: depth, maxJsonKeys: keys, maxJsonValues: values };
    assertEquals([measureJson(text, exact), text], [2, text]);
    for (
      const [limit, code] of [
        ["maxJsonDepth", "json_too_deep"],
        ["maxJsonKeys", "json_too_many_keys"],
        ["maxJsonValues", "json_too_many_values"],
      ] as const
    ) {
      const tight = { ...exact, [limit]: exact[limit] - 1 };
      assertEquals([codeOf(() => measureJson(text, tight)), text], [code, text]);
    }
  }
});

Deno.test("measureJson() reads whatever is no JSON to its end", () => {
  const next = numbers(11);
  const characters = `[]{}",:\\ a1\n`;
  for (let round = 0; round < 2_000; round++) {
    const text = Array.from({ length: next(40) }, () => characters[next(characters.length)]).join(
      "",
    );
    const code = codeOf(() => measureJson(text, LIMITS));
    assertEquals([code, text], [undefined, text]);
  }
});

Deno.test("parseJson() takes every field once", () => {
  const rows: readonly (readonly [text: string, code: string | undefined])[] = [
    [`{}`, undefined],
    [`{"a":1,"b":{"a":1,"a":2}}`, undefined],
    [`{"__proto__":1,"constructor":2,"":3}`, undefined],
    [`{"a":1,"a":1}`, "duplicate_field"],
    [`{"a":1,"\\u0061":1}`, "duplicate_field"],
    [`{"a":1,"A":1}`, "duplicate_field"],
    [`{"__proto__":1,"__proto__":1}`, "duplicate_field"],
    [`{"a:b":1,"c\\"":{"d":[{"e":1}]}}`, undefined],
    [`[{"a":1}]`, "invalid_json"],
    [`{"a":1`, "invalid_json"],
    [`{"\ufffd":"\ufffd"}`, undefined],
    [`\ufeff{"a":1}`, "invalid_json"],
  ];
  for (const [text, code] of rows) {
    assertEquals([text, codeOf(() => parseJson(utf8.encode(text), LIMITS))], [text, code]);
  }
});

Deno.test("parseJson() takes no bytes that are no UTF-8, with U+FFFD beside them or without", () => {
  for (const before of ["", "\ufffd"]) {
    for (const wrong of [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0x80]]) {
      const bytes = new Uint8Array([...utf8.encode(`{"a":"${before}`), ...wrong, 0x22, 0x7d]);
      assertEquals([codeOf(() => parseJson(bytes, LIMITS)), wrong], ["invalid_json", wrong]);
    }
  }
});
