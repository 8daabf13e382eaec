import { assert, assertEquals, assertMatch } from "@std/assert";
import { CallScanner, type Piece } from "../../../src/gateway/emulated_tools/call_scanner.ts";
import { DeclaredTools } from "../../../src/gateway/emulated_tools/declared_tools.ts";
import { EXAMPLES, MISSED, PLAIN_TEXTS } from "./plain_texts.ts";
import { TOOLS, WRITTEN_CALLS } from "../../support/written_calls.ts";

const DECLARED = new DeclaredTools(TOOLS);

interface Scanned {
  readonly text: string;
  readonly calls: readonly (readonly [string, string])[];
  readonly problems: readonly string[] | undefined;
}

function scan(pieces: readonly string[], mayAskAgain: boolean, isWhole = true): Scanned {
  const scanner = new CallScanner(DECLARED, () => mayAskAgain);
  const found: Piece[] = [];
  for (const piece of pieces) found.push(...scanner.push(piece));
  found.push(...scanner.end(isWhole));
  return {
    text: found.map((piece) => piece.type === "text" ? piece.text : "").join(""),
    calls: found.flatMap((piece) =>
      piece.type === "call" ? [[piece.call.tool.name, piece.call.input] as const] : []
    ),
    problems: scanner.problems,
  };
}

for (const [name, { written, calls, text = "", problem }] of Object.entries(WRITTEN_CALLS)) {
  Deno.test(`CallScanner reads a call ${name}, wherever it is cut`, () => {
    const whole = scan([written], true);
    if (problem === undefined) {
      assertEquals(whole, { text, calls, problems: undefined });
    } else {
      assertEquals([whole.text, whole.calls], ["", []]);
      assertMatch(whole.problems?.join("; ") ?? "", problem);
    }
    const last = scan([written], false);
    const isText = problem !== undefined && calls.length === 0;
    assertEquals(last, { text: isText ? written : text, calls, problems: undefined });
    for (let at = 1; at < written.length; at++) {
      const pieces = [written.slice(0, at), written.slice(at)];
      assertEquals(scan(pieces, true), whole, `cut at ${at}`);
      assertEquals(scan(pieces, false), last, `cut at ${at}`);
    }
    assertEquals(scan([...written], true), whole, "character by character");
    assertEquals(scan([...written], false), last, "character by character");
  });
}

Deno.test("CallScanner makes up nothing of a call that was cut off", () => {
  for (const [name, { written }] of Object.entries(WRITTEN_CALLS)) {
    const cut = written.slice(0, written.search(/Paris|Begin|list_f|a\.html|days/) + 2);
    assertEquals(scan([cut], true, false), { text: cut, calls: [], problems: undefined }, name);
  }
});

Deno.test("CallScanner lets text go at once, but for what may begin a call", () => {
  const scanner = new CallScanner(DECLARED, () => true);
  const steps: readonly (readonly [string, string])[] = [
    ["Hello", "Hello"],
    [" <", " "],
    ["b>", "<b>"],
    [" <tool", " "],
    ["_box>", "<tool_box>"],
    ["\n", "\n"],
    ["{", ""],
    [' "na', ""],
    ["me", ""],
    ['": "get', ""],
    ['ter"', '{ "name": "getter"'],
    ["}\n{", "}\n"],
    ["x", "{x"],
    ["\n```js\n{", "\n```js\n{"],
    ['"name": "get_weather"', '"name": "get_weather"'],
  ];
  for (const [written, expected] of steps) {
    const text = scanner.push(written).map((piece) => piece.type === "text" ? piece.text : "?");
    assertEquals(text.join(""), expected, JSON.stringify(written));
  }
});

Deno.test("CallScanner takes no text for a call, and keeps each byte of it, wherever it is cut", () => {
  assertEquals(PLAIN_TEXTS.length, 200);
  let askedAgain = 0;
  for (const text of [...PLAIN_TEXTS, ...EXAMPLES, ...MISSED]) {
    const expected = { text, calls: [], problems: undefined };
    assertEquals(scan([text], false), expected, text);
    assertEquals(scan([...text], false), expected, text);
    for (let at = 1; at < text.length; at += 7) {
      assertEquals(scan([text.slice(0, at), text.slice(at)], false), expected, text);
    }
    const { calls, problems } = scan([text], true);
    assertEquals(calls, [], text);
    if (problems !== undefined) askedAgain++;
  }
  assertEquals(askedAgain, 0);
});

Deno.test("CallScanner reads a call of 200 KB that comes in pieces of four in less than its square", () => {
  const content = "line\\n".repeat(40_000);
  const written =
    `<tool_call>{"name":"write_file","arguments":{"path":"a","content":"${content}"}}</tool_call>`;
  const { calls } = scan(written.match(/[^]{1,4}/g) ?? [], true);
  assertEquals(calls.map(([name, input]) => [name, input.length > 200_000]), [[
    "write_file",
    true,
  ]]);
});

Deno.test("CallScanner lets text go that begins a call again and again, in less than its square", () => {
  for (const begun of ['{"name":"get_weather",\n', '<tool_call>{"name":"get_weather",\n']) {
    const written = begun.repeat(20_000);
    const beganMs = performance.now();
    const { text, calls } = scan(written.match(/[^]{1,64}/g) ?? [], false);
    assertEquals([text === written, calls], [true, []]);
    const tookMs = performance.now() - beganMs;
    assert(tookMs < 5_000, `${tookMs} ms`);
  }
});
