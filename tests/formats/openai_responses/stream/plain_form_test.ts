/** Deltas that are read by their form say what they say by the letter. */

import { assertEquals } from "@std/assert";
import { collectAnswer } from "../../../../src/formats/collect_answer.ts";
import { plainForm } from "../../../../src/formats/openai_responses/stream/plain_form.ts";
import { textOf } from "../../expected_answer.ts";
import { seededRandom } from "../../stream_cases.ts";
import { type Bytes, decodeAll, decoderOf } from "./stream_cases.ts";

const TYPE = "response.output_text.delta";
const PLACE = `"item_id":"msg_1","output_index":0,"content_index":0`;

/** Every form is met often enough to be learned, proven and used. */
const FORMS: readonly ((text: string, number: number, padding: string) => string)[] = [
  (text, number) =>
    `{"type":"${TYPE}","sequence_number":${number},${PLACE},"delta":"${text}","logprobs":[]}`,
  (text, number, padding) =>
    `{"type":"${TYPE}","sequence_number":${number},${PLACE},"delta":"${text}","logprobs":[],"obfuscation":"${padding}"}`,
  (text, number) => `{"type":"${TYPE}",${PLACE},"delta":"${text}","sequence_number":${number}}`,
  (text) => `{"type":"${TYPE}",${PLACE},"delta":"${text}"}`,
  (text, number) =>
    `{"type":"${TYPE}","sequence_number":${number},${PLACE},"delta":"a","delta":"${text}"}`,
  (text, number) =>
    `{"delta": "${text}","type":"${TYPE}","sequence_number":${number},${PLACE},"obfuscation":"x","logprobs":[]}`,
];

const TEXTS = [
  "",
  "a",
  " word",
  "é",
  "😀",
  "\\n",
  '\\"',
  "}",
  "\\u0041",
  '\\"sequence_number\\":7',
  ',\\"obfuscation\\":\\"b',
  "a".repeat(90),
];

Deno.test("deltas of one form are read as they are by the letter", () => {
  const random = seededRandom(43);
  const pick = (count: number): number => Math.floor(random() * count);
  for (let round = 0; round < 300; round++) {
    let expected = "";
    let number = 0;
    const pieces: Bytes[] = [];
    for (let run = pick(5); run >= 0; run--) {
      const form = FORMS[pick(FORMS.length)]!;
      for (let count = pick(8); count >= 0; count--) {
        const data = form(TEXTS[pick(TEXTS.length)]!, number++, "x".repeat(pick(4)));
        pieces.push(new TextEncoder().encode(`event: ${TYPE}\ndata: ${data}\n\n`));
        expected += JSON.parse(data).delta;
      }
    }
    const decoder = decoderOf();
    const { choices } = collectAnswer(decodeAll(pieces, decoder));
    assertEquals(choices[0] === undefined ? "" : textOf(choices[0], "text"), expected);
    assertEquals(decoder.malformedEvents, 0);
  }
});

Deno.test("plainForm() leaves out the number and the padding alone", () => {
  const form = plainForm(FORMS[1]!("a", 12, "xyz"));
  assertEquals(form, FORMS[0]!("a", 0, ""));
  assertEquals(plainForm(`{"delta":"a"}`), `{"delta":"a"}`);
});
