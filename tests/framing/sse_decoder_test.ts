import { assert, assertEquals, assertThrows } from "@std/assert";
import { GatewayError } from "../../src/core/gateway_error.ts";
import { isDoneMark, SseDecoder, type SseEvent } from "../../src/framing/sse_decoder.ts";
import { allCuts, evenCuts, showCut } from "./cuts.ts";
import { countHandledBytes } from "./handled_bytes.ts";
import { referenceOf } from "./sse_reference.ts";

const MAX_EVENT_BYTES = 1_024;
const encoder = new TextEncoder();

function decode(chunks: readonly Uint8Array[], maxEventBytes = MAX_EVENT_BYTES) {
  const decoder = new SseDecoder({ maxEventBytes });
  const events = chunks.flatMap((chunk) => decoder.push(chunk));
  return { events, lastEventId: decoder.lastEventId, retryMs: decoder.retryMs, decoder };
}

function message(data: string, event = "message", id = ""): SseEvent {
  return { event, data, id };
}

interface Case {
  readonly name: string;
  readonly text: string;
  readonly events: readonly SseEvent[];
  readonly lastEventId?: string;
  readonly retryMs?: number;
}

// Every input is also cut in every way below, so the cuts are not part of the cases.
const CASES: readonly Case[] = [
  { name: "nothing", text: "", events: [] },
  { name: "LF", text: "data: 1\n\ndata: 2\n\n", events: [message("1"), message("2")] },
  { name: "CRLF", text: "data: 1\r\n\r\ndata: 2\r\n\r\n", events: [message("1"), message("2")] },
  { name: "CR", text: "data: 1\r\rdata: 2\r\r", events: [message("1"), message("2")] },
  {
    name: "CRLF line, LF blank line and the reverse",
    text: "data: 1\r\n\ndata: 2\n\r\n",
    events: [message("1"), message("2")],
  },
  {
    name: "CR line, LF blank line: one CRLF",
    text: "data: 1\r\ndata: 2\r\n\r\n",
    events: [message("1\n2")],
  },
  { name: "LF line, CR blank line at the end", text: "data: 1\n\r", events: [message("1")] },
  { name: "byte order mark", text: "\uFEFFdata: 1\n\n", events: [message("1")] },
  { name: "two byte order marks: an unknown field", text: "\uFEFF\uFEFFdata: 1\n\n", events: [] },
  { name: "a later byte order mark", text: "data: 1\n\n\uFEFFdata: 2\n\n", events: [message("1")] },
  { name: "byte order mark and blank line", text: "\uFEFF\ndata: 1\n\n", events: [message("1")] },
  { name: "characters of 2, 3 and 4 bytes", text: "data: é€😀\n\n", events: [message("é€😀")] },
  {
    name: "line ends of other languages are characters (T20)",
    text: "data: a\u2028b\u2029c\u0085d\ve\ff\n\n",
    events: [message("a\u2028b\u2029c\u0085d\ve\ff")],
  },
  { name: "comment in a block", text: ": hi\ndata: 1\n\n", events: [message("1")] },
  { name: "comment block (T21)", text: ": OPENROUTER PROCESSING\n\n", events: [] },
  { name: "comment of a colon", text: ":\n\n:\n\ndata: 1\n\n", events: [message("1")] },
  { name: "comment like data", text: ":data: 2\n\ndata: 1\n\n", events: [message("1")] },
  { name: "comment within data", text: "data: 1\n: x\ndata: 2\n\n", events: [message("1\n2")] },
  { name: "no space", text: "data:1\n\n", events: [message("1")] },
  { name: "two spaces", text: "data:  1\n\n", events: [message(" 1")] },
  { name: "tab", text: "data:\t1\n\n", events: [message("\t1")] },
  { name: "colons in the value", text: "data: a:b: c\n\n", events: [message("a:b: c")] },
  {
    name: "empty data",
    text: "data:\n\ndata\n\ndata: \n\n",
    events: ["", "", ""].map((data) => message(data)),
  },
  { name: "two empty data lines", text: "data\ndata:\n\n", events: [message("\n")] },
  { name: "event without data", text: "event: ping\n\ndata: 1\n\n", events: [message("1")] },
  { name: "event type", text: "event: error\ndata: 1\n\n", events: [message("1", "error")] },
  { name: "event type last", text: "data: 1\nevent: delta\n\n", events: [message("1", "delta")] },
  { name: "two event types", text: "event: a\nevent: b\ndata: 1\n\n", events: [message("1", "b")] },
  { name: "empty event type", text: "event: a\nevent:\ndata: 1\n\n", events: [message("1")] },
  { name: "upper case", text: "Data: 2\nDATA: 3\ndata: 1\n\n", events: [message("1")] },
  { name: "leading space", text: " data: 2\ndata: 1\n\n", events: [message("1")] },
  { name: "unknown fields", text: "foo: 2\nbar\ndatax: 3\ndata: 1\n\n", events: [message("1")] },
  { name: "NUL in data", text: "data: \0\n\n", events: [message("\0")] },
  {
    name: "id persists",
    text: "id: 7\ndata: 1\n\ndata: 2\n\n",
    events: [message("1", "message", "7"), message("2", "message", "7")],
    lastEventId: "7",
  },
  { name: "id without data", text: "id: 7\n\n", events: [], lastEventId: "7" },
  { name: "id of an unfinished event", text: "id: 7\n\nid: 8\n", events: [], lastEventId: "7" },
  {
    name: "id with NUL",
    text: "id: 7\n\nid: 8\0\ndata: 1\n\n",
    events: [message("1", "message", "7")],
    lastEventId: "7",
  },
  { name: "empty id", text: "id: 7\n\nid\ndata: 1\n\n", events: [message("1")], lastEventId: "" },
  {
    name: "retry",
    text: "retry: 1500\nretry: 1.5\nretry: -1\nretry:\n\n",
    events: [],
    retryMs: 1_500,
  },
  { name: "retry of other digits", text: "retry: ٣\n\n", events: [] },
  { name: "many blank lines", text: "\n\r\n\r\rdata: 1\n\n\n\r\n", events: [message("1")] },
  { name: "no blank line at the end", text: "data: 1\n\ndata: 2\n", events: [message("1")] },
  { name: "no line end at the end", text: "data: 1\n\ndata: 2", events: [message("1")] },
  { name: "JSON, not events (T17)", text: '{"error":{"message":"x"}}', events: [] },
];

Deno.test("SseDecoder.push() decodes every case as the standard says, however it is cut", () => {
  for (const { name, text, events, lastEventId = "", retryMs } of CASES) {
    for (const chunks of allCuts(encoder.encode(text))) {
      const result = decode(chunks);
      const message = `${name}: ${showCut(chunks)}`;
      assertEquals(result.events, events, message);
      assertEquals(result.lastEventId, lastEventId, message);
      assertEquals(result.retryMs, retryMs, message);
    }
  }
});

Deno.test("SseDecoder.push() replaces invalid UTF-8 alike however it is cut", () => {
  // Lone continuation, cut characters of each length, overlong form, surrogate, beyond Unicode.
  const invalid = [0x80, 0x41, 0xc3, 0x41, 0xe2, 0x82, 0x41, 0xf0, 0x9f, 0x98, 0x41];
  invalid.push(0xe0, 0x80, 0x80, 0xed, 0xa0, 0x80, 0xf4, 0x90, 0x80, 0x80, 0xff, 0xf0, 0x9f);
  const start = encoder.encode("data: ");
  const bytes = Uint8Array.of(...start, ...invalid, 10, 10, ...start, 0xc3, 13, 10, 13, 10);
  const { events } = referenceOf(bytes);
  assertEquals(events.length, 2);
  for (const chunks of allCuts(bytes)) assertEquals(decode(chunks).events, events, showCut(chunks));
});

Deno.test("SseDecoder.push() decodes a block's events as the reference does, all forms mixed", () => {
  const whole = CASES.map(({ text }) => text).join("\n\n");
  const bytes = encoder.encode(whole);
  const expected = referenceOf(bytes);
  assert(expected.events.length > 40);
  for (const chunks of allCuts(bytes)) {
    const { events, lastEventId, retryMs } = decode(chunks, 1 << 20);
    assertEquals({ events, lastEventId, retryMs }, expected);
  }
});

Deno.test("SseDecoder.push() keeps nothing of the caller's chunk", () => {
  const decoder = new SseDecoder({ maxEventBytes: MAX_EVENT_BYTES });
  const chunk = encoder.encode("data: one");
  decoder.push(chunk);
  chunk.fill(0);
  assertEquals(decoder.push(encoder.encode("\n\n")), [message("one")]);
});

Deno.test("SseDecoder.flush() yields a cut-off event only if it is whole in itself", () => {
  const cases: readonly (readonly [text: string, events: readonly SseEvent[]])[] = [
    ["", []],
    ["data: {}\n\n", []],
    ["data: [DONE]", [message("[DONE]")]],
    ["data: [DONE] \n", [message("[DONE] ")]],
    ["data:[DONE]\r", [message("[DONE]")]],
    ["data: [DON", []],
    ['data: {"a":1}', [message('{"a":1}')]],
    ['data: {"a":1}\r\n', [message('{"a":1}')]],
    ['data: {"a":1', []],
    ['data: {\ndata: "a": 1\ndata: }', [message('{\n"a": 1\n}')]],
    ['data: {\ndata: "a": 1\ndata: ', []],
    ['event: error\ndata: {"a":1}', [message('{"a":1}', "error")]],
    // A cut name cannot be told from a whole one, so it does not count.
    ['data: {"a":1}\nevent: err', [message('{"a":1}')]],
    ["event: done", []],
    ["data", []],
    [": comment", []],
    ['{"error":{}}', []],
    ["\uFEFFdata: {}", [message("{}")]],
  ];
  for (const [text, events] of cases) {
    for (const chunks of allCuts(encoder.encode(text))) {
      const { decoder } = decode(chunks);
      assertEquals(decoder.flush(), events, showCut(chunks));
      assertEquals(decoder.flush(), [], "A second flush has nothing left");
    }
  }
});

Deno.test("SseDecoder.flush() leaves the last event id alone where it drops the event", () => {
  assertEquals(decode([encoder.encode("id: 7\ndata: {")]).lastEventId, "");
  const { decoder } = decode([encoder.encode("id: 7\n\nid: 8\ndata: {")]);
  assertEquals(decoder.flush(), []);
  assertEquals(decoder.lastEventId, "7");
  const whole = decode([encoder.encode("id: 8\ndata: {}")]).decoder;
  assertEquals(whole.flush(), [message("{}", "message", "8")]);
  assertEquals(whole.lastEventId, "8");
});

Deno.test("SseDecoder refuses an event over its bound, at the same event however it is cut", () => {
  // The bound counts everything up to the blank line: 9 bytes here.
  const fits = "data: 12\n\n";
  const cases = [
    { text: fits + fits, maxEventBytes: 9, count: 2, fails: false },
    { text: fits + fits, maxEventBytes: 8, count: 0, fails: true },
    { text: `${fits}data: 123\n\n${fits}`, maxEventBytes: 9, count: 1, fails: true },
    { text: `${fits}data: 12`, maxEventBytes: 9, count: 1, fails: false },
    { text: `${fits}data: 12345678`, maxEventBytes: 9, count: 1, fails: true },
    { text: `${fits}: comments count`, maxEventBytes: 9, count: 1, fails: true },
    // A blank line more belongs to no event.
    { text: `data: 1\n\n\n${fits}`, maxEventBytes: 9, count: 2, fails: false },
    { text: "data: 1\r\n\r\ndata: 2\r\n\r\n", maxEventBytes: 9, count: 2, fails: false },
    { text: "data: 1\r\n\r\ndata: 2\r\n\r\n", maxEventBytes: 8, count: 0, fails: true },
    { text: "data: 1\r\rdata: 2\r\r\r\n", maxEventBytes: 8, count: 2, fails: false },
    { text: "data: 1\ndata: 2\n\n", maxEventBytes: 15, count: 0, fails: true },
  ];
  for (const { text, maxEventBytes, count, fails } of cases) {
    for (const chunks of allCuts(encoder.encode(text))) {
      const decoder = new SseDecoder({ maxEventBytes });
      const events: SseEvent[] = [];
      const run = () => {
        for (const chunk of chunks) events.push(...decoder.push(chunk));
        decoder.flush();
      };
      const shown = `${maxEventBytes}: ${showCut(chunks)}`;
      if (fails) {
        const error = assertThrows(run, GatewayError, "", shown);
        assertEquals(error.code, "event_too_large");
        assertEquals(error.kind, "upstream_invalid_response");
        assertThrows(() => decoder.push(encoder.encode("\n\n")), GatewayError);
        assertThrows(() => decoder.flush(), GatewayError);
      } else run();
      assertEquals(events.length, count, shown);
    }
  }
});

Deno.test("SseDecoder copies and decodes each byte a bounded number of times", () => {
  const eventBytes = 1 << 20;
  const bytes = encoder.encode(`data: ${"x".repeat(eventBytes - 6)}\n\n`);
  for (const size of [1, 7, 65_536]) {
    const handledBytes = countHandledBytes(() => {
      const { events } = decode(evenCuts(bytes, size), bytes.length);
      assertEquals(events.length, 1);
    });
    // Once into the buffer, at most twice as the buffer grows, once out of it.
    assert(handledBytes <= 4 * bytes.length + 4_096, `${size}: ${handledBytes} bytes handled`);
  }
});

Deno.test("isDoneMark() knows the end mark with and without spaces around it", () => {
  for (const data of ["[DONE]", " [DONE]", "[DONE] ", "[DONE]\r"]) assert(isDoneMark(data), data);
  for (const data of ["", "DONE", "[DONE", "[DONE]]", "[done]", '"[DONE]"']) {
    assert(!isDoneMark(data), data);
  }
});
