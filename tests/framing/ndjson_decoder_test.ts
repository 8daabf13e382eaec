import { assertEquals, assertThrows } from "@std/assert";
import { GatewayError } from "../../src/core/gateway_error.ts";
import { NdjsonDecoder } from "../../src/framing/ndjson_decoder.ts";
import { allCuts, showCut } from "./cuts.ts";

const encoder = new TextEncoder();

Deno.test("NdjsonDecoder yields every line that is not blank, however the bytes are cut", () => {
  const cases:
    readonly (readonly [text: string, lines: readonly string[], rest: readonly string[]])[] = [
      ["", [], []],
      ['{"a":1}\n{"b":2}\n', ['{"a":1}', '{"b":2}'], []],
      ['{"a":1}\r\n{"b":2}\r\n', ['{"a":1}', '{"b":2}'], []],
      ['\n\r\n  \n{"a":1}\n\n', ['{"a":1}'], []],
      ['{"a":"é€😀"}\n', ['{"a":"é€😀"}'], []],
      ['{"a":"x\u2028y\u0085z"}\n', ['{"a":"x\u2028y\u0085z"}'], []],
      ['{"a":1}\n{"b":2}', ['{"a":1}'], ['{"b":2}']],
      ['{"a":1}\n{"b":2}\r', ['{"a":1}'], ['{"b":2}']],
      ['{"a":1}\n ', ['{"a":1}'], []],
      ['{"a":\r1}\n', ['{"a":\r1}'], []], // A CR alone is a space to JSON and no line end.
      ['\uFEFF{"a":1}\n', ['{"a":1}'], []],
    ];
  for (const [text, lines, rest] of cases) {
    for (const chunks of allCuts(encoder.encode(text))) {
      const decoder = new NdjsonDecoder({ maxLineBytes: 64 });
      assertEquals(chunks.flatMap((chunk) => decoder.push(chunk)), lines, showCut(chunks));
      assertEquals(decoder.flush(), rest, showCut(chunks));
      assertEquals(decoder.flush(), [], "A second flush has nothing left");
    }
  }
});

Deno.test("NdjsonDecoder refuses a line over its bound, at the same line however it is cut", () => {
  const cases = [
    { text: "12345\n12345\n", count: 2, fails: false },
    { text: "12345\n12345", count: 2, fails: false },
    { text: "12345\n123456\n1\n", count: 1, fails: true },
    { text: "123456", count: 0, fails: true },
    { text: "1\n2\n\n      \n3\n", count: 2, fails: true },
  ];
  for (const { text, count, fails } of cases) {
    for (const chunks of allCuts(encoder.encode(text))) {
      const decoder = new NdjsonDecoder({ maxLineBytes: 5 });
      const lines: string[] = [];
      const run = () => {
        for (const chunk of chunks) lines.push(...decoder.push(chunk));
        lines.push(...decoder.flush());
      };
      if (fails) {
        assertEquals(assertThrows(run, GatewayError).code, "line_too_large");
        assertThrows(() => decoder.push(encoder.encode("1\n")), GatewayError);
        assertThrows(() => decoder.flush(), GatewayError);
      } else run();
      assertEquals(lines.length, count, showCut(chunks));
    }
  }
});
