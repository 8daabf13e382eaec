/** How answers are parsed, wherever the bytes are split. */

import { assert, assertEquals } from "@std/assert";
import { ResponseParser } from "../../src/transport/response/response_parser.ts";
import { bytesOf, textOf } from "./raw_server.ts";

const LIMITS = { maxHeaderBytes: 2_048, maxHeaders: 8 };
const OK = "HTTP/1.1 200 OK\r\n";
const chunked = `${OK}transfer-encoding: chunked\r\n\r\n`;

/** All that a parser reports of an answer. */
interface Report {
  readonly status: number | undefined;
  readonly fields: string;
  readonly keepsAlive: boolean | undefined;
  readonly payload: string;
  readonly isComplete: boolean;
  readonly hasSurplus: boolean;
  readonly failure: string | undefined;
}

function parse(parts: readonly Uint8Array[], method = "GET", ends = false): Report {
  const parser = new ResponseParser(method, LIMITS);
  const payload = parts.map((part) => textOf(parser.push(part))).join("");
  if (ends) parser.end();
  return {
    status: parser.head?.status,
    fields: JSON.stringify(parser.head?.fields),
    keepsAlive: parser.head?.keepsAlive,
    payload,
    isComplete: parser.isComplete,
    hasSurplus: parser.hasSurplus,
    failure: parser.failure?.message,
  };
}

const wires: readonly { name: string; wire: string; method?: string; ends?: boolean }[] = [
  { name: "a length", wire: `${OK}content-length: 5\r\nx: caf\xe9\r\n\r\nhello` },
  { name: "a length with surplus", wire: `${OK}content-length: 5\r\n\r\nhello${OK}` },
  { name: "chunks", wire: `${chunked}5;x="y"\r\nhello\r\n1 \r\n!\r\n0;z\r\na: b\r\n\r\n` },
  { name: "chunks with surplus", wire: `${chunked}5\r\nhello\r\n0\r\n\r\nHTTP` },
  { name: "the end of the connection", wire: `${OK}\r\nhello`, ends: true },
  { name: "interim answers", wire: `HTTP/1.1 100 Go\r\n\r\n${OK}content-length: 2\r\n\r\nhi` },
  { name: "HEAD", wire: `${OK}content-length: 5\r\n\r\n`, method: "HEAD" },
  { name: "204 with surplus", wire: "HTTP/1.1 204 No\r\n\r\nx" },
  { name: "a broken head", wire: `${OK}x : y\r\n\r\n` },
  { name: "LF alone within a head", wire: `${OK}x: y\nz: w\r\n\r\n` },
  { name: "CR alone within a head", wire: `${OK}x: y\rz: w\r\n\r\n` },
  { name: "no HTTP at all", wire: "SSH-2.0-x\r\n" },
  { name: "payload before a broken chunk", wire: `${chunked}5\r\nhello\r\nzz\r\nmore` },
  { name: "payload before a broken trailer", wire: `${chunked}5\r\nhello\r\n0\r\nx y\r\n\r\n` },
  { name: "a chunk that goes on too long", wire: `${chunked}5\r\nhelloX\r\n` },
  { name: "a cut length", wire: `${OK}content-length: 5\r\n\r\nhel`, ends: true },
  { name: "a cut chunk", wire: `${chunked}5\r\nhel`, ends: true },
  { name: "a cut head", wire: "HTTP/1.1 200 O", ends: true },
  { name: "a head beyond the bytes", wire: `${OK}x: ${"y".repeat(2_100)}` },
  { name: "headers beyond the number", wire: `${OK}${"x: y\r\n".repeat(9)}\r\n` },
];

for (const { name, wire, method, ends } of wires) {
  Deno.test(`ResponseParser reports ${name} alike wherever it is split`, () => {
    const bytes = bytesOf(wire);
    const expected = parse([bytes], method, ends);
    for (let first = 0; first <= bytes.length; first++) {
      const halves = [bytes.subarray(0, first), bytes.subarray(first)];
      assertEquals(parse(halves, method, ends), expected, `split at ${first}`);
    }
    const single = Array.from(bytes, (byte) => Uint8Array.of(byte));
    assertEquals(parse(single, method, ends), expected, "byte by byte");
  });
}

Deno.test("ResponseParser reports alike for every pair of splits of a chunked answer", () => {
  const wire = "HTTP/1.1 100 C\r\n\r\nHTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" +
    "3;a\r\nabc\r\n0\r\nx: y\r\n\r\nHT";
  const bytes = bytesOf(wire);
  const expected = parse([bytes]);
  assertEquals([expected.payload, expected.isComplete, expected.hasSurplus], ["abc", true, true]);
  for (let first = 0; first <= bytes.length; first++) {
    for (let second = first; second <= bytes.length; second++) {
      const parts = [
        bytes.subarray(0, first),
        bytes.subarray(first, second),
        bytes.subarray(second),
      ];
      assertEquals(parse(parts), expected, `split at ${first} and ${second}`);
    }
  }
});

Deno.test("ResponseParser says what it read of each answer", () => {
  const rows = wires.map(({ name, wire, method, ends }) => {
    const { status, payload, isComplete, hasSurplus, failure } = parse(
      [bytesOf(wire)],
      method,
      ends,
    );
    const end = failure === undefined ? isComplete ? "complete" : "open" : "failed";
    return [name, status, payload, hasSurplus ? `${end}, surplus` : end];
  });
  assertEquals(rows, [
    ["a length", 200, "hello", "complete"],
    ["a length with surplus", 200, "hello", "complete, surplus"],
    ["chunks", 200, "hello!", "complete"],
    ["chunks with surplus", 200, "hello", "complete, surplus"],
    ["the end of the connection", 200, "hello", "complete"],
    ["interim answers", 200, "hi", "complete"],
    ["HEAD", 200, "", "complete"],
    ["204 with surplus", 204, "", "complete, surplus"],
    ["a broken head", undefined, "", "failed"],
    ["LF alone within a head", undefined, "", "failed"],
    ["CR alone within a head", undefined, "", "failed"],
    ["no HTTP at all", undefined, "", "failed"],
    ["payload before a broken chunk", 200, "hello", "failed"],
    ["payload before a broken trailer", 200, "hello", "failed"],
    ["a chunk that goes on too long", 200, "hello", "failed"],
    ["a cut length", 200, "hel", "failed"],
    ["a cut chunk", 200, "hel", "failed"],
    ["a cut head", undefined, "", "failed"],
    ["a head beyond the bytes", undefined, "", "failed"],
    ["headers beyond the number", undefined, "", "failed"],
  ]);
});

Deno.test("ResponseParser.push() returns bytes of their own", () => {
  const buffer = bytesOf(`${OK}content-length: 5\r\n\r\nhello`);
  const payload = new ResponseParser("GET", LIMITS).push(buffer);
  buffer.fill(0);
  assertEquals(textOf(payload), "hello");
  assert(payload.buffer !== buffer.buffer, "It does not hold the read buffer");
});

// Each row: what the server says, and how long the connection may be kept.
Deno.test("ResponseParser reads how long the server keeps the connection", () => {
  const rows: readonly [string, boolean, number | undefined][] = [
    ["x: y\r\n", true, undefined],
    ["keep-alive: timeout=5\r\n", true, 5_000],
    ["Keep-Alive: max=9, Timeout=15\r\n", true, 15_000],
    ["keep-alive: timeout=x\r\n", true, undefined],
    ["keep-alive: nottimeout=5\r\n", true, undefined],
    ["connection: close\r\n", false, undefined],
    ["connection: keep-alive\r\nconnection: Close\r\n", false, undefined],
  ];
  for (const [field, keepsAlive, keepAliveMs] of rows) {
    const parser = new ResponseParser("GET", LIMITS);
    parser.push(bytesOf(`${OK}${field}content-length: 0\r\n\r\n`));
    assertEquals([parser.head?.keepsAlive, parser.head?.keepAliveMs], [keepsAlive, keepAliveMs]);
  }
});
