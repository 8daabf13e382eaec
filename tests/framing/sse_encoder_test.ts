import { assert, assertEquals } from "@std/assert";
import { SseDecoder } from "../../src/framing/sse_decoder.ts";
import {
  DONE_DATA,
  DONE_EVENT,
  encodeSseComment,
  encodeSseData,
} from "../../src/framing/sse_encoder.ts";

function decode(text: string) {
  return new SseDecoder({ maxEventBytes: 1_024 }).push(new TextEncoder().encode(text));
}

Deno.test("encodeSseData() writes one line of data and a blank line", () => {
  assertEquals(encodeSseData('{"a":"é😀"}'), 'data: {"a":"é😀"}\n\n');
  assertEquals(encodeSseData(""), "data: \n\n");
  assertEquals(DONE_EVENT, encodeSseData(DONE_DATA));
});

Deno.test("encodeSseData() splits text at line ends, and the decoder joins it", () => {
  assertEquals(encodeSseData("{\n}"), "data: {\ndata: }\n\n");
  for (const json of ['{\n  "a": 1\n}', '{\r\n  "a": 1\r\n}', '{\r  "a": 1\r}', "[\n\n\n1]"]) {
    const events = decode(encodeSseData(json));
    assertEquals(events.length, 1, json);
    assertEquals(JSON.parse(events[0]!.data), JSON.parse(json));
  }
});

Deno.test("encodeSseData() escapes the line ends of other languages (T20)", () => {
  const value = { text: "a\u2028b\u2029c\u0085d" };
  const encoded = encodeSseData(JSON.stringify(value));
  assertEquals(encoded, 'data: {"text":"a\\u2028b\\u2029c\\u0085d"}\n\n');
  assertEquals(JSON.parse(decode(encoded)[0]!.data), value);
  for (const character of "\u2028\u2029\u0085") {
    assert(!encodeSseData(JSON.stringify(character)).includes(character));
  }
});

Deno.test("encodeSseComment() writes lines that a decoder skips, without a blank one (T23)", () => {
  assertEquals(encodeSseComment("ping"), ": ping\n");
  assertEquals(encodeSseComment("a\ndata: b\r\nc\rd"), ": a\n: data: b\n: c\n: d\n");
  const events = decode(`${encodeSseComment("data: x\n\ndata: y")}${DONE_EVENT}`);
  assertEquals(events.map(({ data }) => data), [DONE_DATA]);
  assert(!encodeSseComment("ping").includes("\n\n"));
});
