/** Deltas that are read by their form say what they say by the letter. */

import { assertEquals } from "@std/assert";
import { seededRandom } from "../../stream_cases.ts";
import { type Bytes, decodeAll, framesOf, tell } from "./stream_cases.ts";

const encoder = new TextEncoder();

const BEGINNING = framesOf(
  { type: "message_start", message: {} },
  { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
  { type: "content_block_start", index: 1, content_block: { type: "thinking", thinking: "" } },
);

function frame(data: string): Bytes {
  return encoder.encode(`event: content_block_delta\ndata: ${data}\n\n`);
}

/** Every form is met often enough to be learned, proven and used. */
const FORMS: readonly ((text: string, pad: string) => string)[] = [
  (text, pad) =>
    `{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"${text}"}${pad}}`,
  (text, pad) =>
    `{"type":"content_block_delta","index":1,"delta":{"type":"thinking_delta","thinking":"${text}"}${pad}}`,
  (text, pad) =>
    `{"type": "content_block_delta", "index": 0, "delta": {"text": "${text}", "type": "text_delta"}${pad}}`,
  (text, pad) =>
    `{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a","text":"${text}"}${pad}}`,
  (text, pad) =>
    `{"text":"${text}","type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"b"}${pad}}`,
  (text, pad) =>
    `{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"${text}","text":"${text}"}${pad}}`,
];

const TEXTS = [
  "",
  "a",
  "b",
  " word",
  "é",
  "😀",
  "\\n",
  '\\"',
  "}",
  "}}",
  " }",
  "text",
  "\\u0041",
  "a".repeat(90),
];

Deno.test("deltas of one form are read as they are by the letter", () => {
  const random = seededRandom(41);
  const pick = (count: number): number => Math.floor(random() * count);
  for (let round = 0; round < 300; round++) {
    const expected = new Map<number, string>([[0, ""], [1, ""]]);
    const pieces = [BEGINNING];
    for (let run = pick(5); run >= 0; run--) {
      const form = FORMS[pick(FORMS.length)]!;
      for (let count = pick(8); count >= 0; count--) {
        const data = form(TEXTS[pick(TEXTS.length)]!, " ".repeat(pick(4)));
        pieces.push(frame(data));
        const { index, delta } = JSON.parse(data);
        expected.set(index, expected.get(index) + (delta.text ?? delta.thinking));
      }
    }
    const { parts } = tell(decodeAll(pieces));
    assertEquals(parts.map((part) => "text" in part && part.text), [...expected.values()]);
  }
});

Deno.test("a form holds for its block alone", () => {
  const data = `{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}`;
  const again = framesOf(
    { type: "content_block_stop", index: 0 },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
  );
  const pieces = [
    BEGINNING,
    frame(data),
    frame(data),
    frame(data),
    again,
    frame(data),
    frame(data),
  ];
  const { parts } = tell(decodeAll(pieces));
  assertEquals(parts.map((part) => "text" in part && part.text), ["aaa", "", "aa"]);
});
