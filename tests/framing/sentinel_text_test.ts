import { assert, assertEquals, assertThrows } from "@std/assert";
import { GatewayError } from "../../src/core/gateway_error.ts";
import { SentinelTextDecoder } from "../../src/framing/sentinel_text.ts";
import { allCuts, evenCuts, showCut } from "./cuts.ts";

const OPTIONS = { open: "<|stats|>", close: "<|/stats|>", maxTrailerBytes: 64 };
const encoder = new TextEncoder();

function decode(chunks: readonly Uint8Array[], options = OPTIONS) {
  const decoder = new SentinelTextDecoder(options);
  let text = chunks.map((chunk) => decoder.push(chunk).text).join("");
  text += decoder.flush();
  const { trailer, isTrailerOpen } = decoder;
  return { text, trailer, isTrailerOpen };
}

/** The same by searching the whole text, which no stream can do. */
function reference(bytes: Uint8Array, { open, close } = OPTIONS) {
  const whole = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  const at = whole.indexOf(open);
  if (at === -1) return { text: whole, trailer: undefined, isTrailerOpen: false };
  const text = whole.slice(0, at);
  const after = whole.slice(at + open.length);
  const end = after.indexOf(close);
  if (end === -1) return { text, trailer: undefined, isTrailerOpen: true };
  return { text, trailer: after.slice(0, end), isTrailerOpen: false };
}

const CASES = [
  "",
  "Just text, é€😀 and all.\n",
  'Text\n<|stats|>{"done":true}<|/stats|>',
  "<|stats|>{}<|/stats|>",
  "<|stats|><|/stats|>",
  "The tag <|stats| > is none, nor is <|stat or <| or <.\n<|stats|>{}<|/stats|>",
  "<<|<|s<|stat<|stats|>{}<|/stats|>",
  "<|stats<|stats|>{}<|/stats|>",
  "Ends in part of it: <|stats|",
  "Ends in <",
  "<|/stats|> alone is text",
  "Never closed<|stats|>{",
  "Never closed<|stats|>{}<|/stats|",
  'With markers inside<|stats|>{"reason":"<|eot_id|>","x":"<|stats|>"}<|/stats|>',
  "Text after is none<|stats|>{}<|/stats|> more <|stats|>{}<|/stats|>",
  'Other scripts<|stats|>{"é":"€😀"}<|/stats|>',
  "\uFEFFA byte order mark is text",
];

Deno.test("SentinelTextDecoder tells text from trailer, however the bytes are cut", () => {
  for (const text of CASES) {
    const bytes = encoder.encode(text);
    for (const chunks of allCuts(bytes)) {
      assertEquals(decode(chunks), reference(bytes), showCut(chunks));
    }
  }
});

Deno.test("SentinelTextDecoder knows markers that repeat themselves", () => {
  const options = { open: "aab", close: "aaab", maxTrailerBytes: 64 };
  for (const text of ["aaaab1aaaaab", "aabaab", "ababaaab", "aaaa", "xaab1aaxaaaab2"]) {
    const bytes = encoder.encode(text);
    for (const chunks of allCuts(bytes)) {
      assertEquals(decode(chunks, options), reference(bytes, options), showCut(chunks));
    }
  }
});

Deno.test("SentinelTextDecoder keeps the line end before the marker as text", () => {
  assertEquals(decode([encoder.encode("Hi\n<|stats|>{}<|/stats|>")]).text, "Hi\n");
});

Deno.test("SentinelTextDecoder.push() replaces invalid UTF-8 alike however it is cut", () => {
  const sequences = [
    [0x80],
    [0xc3],
    [0xe2, 0x82],
    [0xf0, 0x9f, 0x98],
    [0xe0, 0x80, 0x80],
    [0xed, 0xa0, 0x80],
    [0xf4, 0x90, 0x80, 0x80],
    [0xf5, 0x80, 0x80, 0x80, 0x80],
    [0xff, 0xfe],
    [0xc3, 0xe2, 0x82, 0xc3, 0xa9],
    [0xf0, 0x9f, 0x3c, 0x7c],
  ];
  for (const sequence of sequences) {
    for (const after of ["", "a", "é", "<|stats|>{}<|/stats|>"]) {
      const bytes = Uint8Array.of(0x61, ...sequence, ...encoder.encode(after));
      for (const chunks of allCuts(bytes)) {
        assertEquals(decode(chunks), reference(bytes), showCut(chunks));
      }
    }
  }
});

Deno.test("SentinelTextDecoder.push() holds back only what may become the marker or a character", () => {
  const decoder = new SentinelTextDecoder(OPTIONS);
  const steps: readonly (readonly [chunk: Uint8Array, text: string])[] = [
    [encoder.encode("a"), "a"],
    [encoder.encode("b<"), "b"],
    [encoder.encode("c<|st"), "<c"],
    [encoder.encode("op"), "<|stop"],
    [Uint8Array.of(0x64, 0xf0, 0x9f), "d"],
    [Uint8Array.of(0x98), ""],
    [Uint8Array.of(0x80), "😀"],
    [Uint8Array.of(0xf0, 0x61), "\uFFFDa"],
    [encoder.encode("e<|stats|"), "e"],
    [encoder.encode(">f"), ""],
  ];
  for (const [chunk, text] of steps) assertEquals(decoder.push(chunk).text, text);
  assert(decoder.isTrailerOpen);
  assertEquals(decoder.flush(), "");
});

Deno.test("SentinelTextDecoder.push() keeps nothing of the caller's chunk", () => {
  const decoder = new SentinelTextDecoder(OPTIONS);
  const chunk = encoder.encode("a<|st");
  decoder.push(chunk);
  chunk.fill(0x7a);
  assertEquals(decoder.push(encoder.encode("op")).text, "<|stop");
});

Deno.test("SentinelTextDecoder refuses a trailer over its bound, however it is cut", () => {
  const options = { ...OPTIONS, maxTrailerBytes: 5 };
  const cases = [
    { text: "ok<|stats|>12345<|/stats|>", fails: false },
    { text: "ok<|stats|>12345<|/stats", fails: false },
    { text: "ok<|stats|>12345<|/stats|>and as much as it likes", fails: false },
    { text: "ok<|stats|>123456<|/stats|>", fails: true },
    { text: "ok<|stats|>12345678901234567890", fails: true },
  ];
  for (const { text, fails } of cases) {
    for (const chunks of allCuts(encoder.encode(text))) {
      const decoder = new SentinelTextDecoder(options);
      let decoded = "";
      const run = () => {
        for (const chunk of chunks) decoded += decoder.push(chunk).text;
        decoded += decoder.flush();
      };
      if (fails) {
        const error = assertThrows(run, GatewayError, "", showCut(chunks));
        assertEquals(error.code, "trailer_too_large");
        assertThrows(() => decoder.push(encoder.encode("x")), GatewayError);
        assertThrows(() => decoder.flush(), GatewayError);
      } else run();
      assertEquals(decoded, "ok", showCut(chunks));
    }
  }
});

Deno.test("SentinelTextDecoder searches a trailer of one-byte chunks once", () => {
  const trailer = "<".repeat(1 << 16);
  const bytes = encoder.encode(`<|stats|>${trailer}<|/stats|>`);
  const { indexOf } = Uint8Array.prototype;
  let searchedBytes = 0;
  Uint8Array.prototype.indexOf = function (byte, from = 0) {
    const index = indexOf.call(this, byte, from);
    searchedBytes += (index === -1 ? this.length : index + 1) - from;
    return index;
  };
  try {
    const result = decode(evenCuts(bytes, 1), { ...OPTIONS, maxTrailerBytes: trailer.length });
    assertEquals(result, { text: "", trailer, isTrailerOpen: false });
  } finally {
    Uint8Array.prototype.indexOf = indexOf;
  }
  // Each push looks again at what may be the beginning of the closing marker.
  assert(searchedBytes < 12 * bytes.length, `${searchedBytes} bytes searched`);
});
