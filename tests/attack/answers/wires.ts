/** Answers whose framing or packing is the attack; whatever the API. */

import { Buffer } from "node:buffer";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { textOf } from "../../transport/raw_server.ts";
import { GOOD_ANSWERS, type GoodAnswer } from "./good_answers.ts";
import {
  ANSWERED,
  headOf,
  type HostileAnswer,
  jsonAnswer,
  REFUSED,
  streamAnswer,
  type WireRow,
} from "./hostile_answer.ts";
import { hostileHeaders, hostileRefusals } from "./refusals.ts";

const FAILED = [502, 504];
const BOMB = textOf(gzipSync(Buffer.alloc(80_000_000, " ")));
const DEFLATED_BOMB = textOf(deflateSync(Buffer.alloc(80_000_000, " ")));
const packed = (text: string, coding: string, body: string): string =>
  headOf(200, [`content-type: ${text}`, `content-encoding: ${coding}`, "connection: close"]) + body;

const FRAMING: readonly WireRow[] = [
  [
    "a length that is too long",
    ({ whole }) =>
      headOf(200, ["content-type: application/json", `content-length: ${whole.length + 50}`]) +
      whole,
  ],
  [
    "a length that is too short",
    ({ whole }) =>
      headOf(200, ["content-type: application/json", `content-length: ${whole.length - 5}`]) +
      whole,
  ],
  [
    "two lengths",
    ({ whole }) => headOf(200, [`content-length: ${whole.length}`, "content-length: 3"]) + whole,
  ],
  [
    "a length and chunks",
    ({ whole }) =>
      headOf(200, ["content-length: 3", "transfer-encoding: chunked"]) + chunked(whole),
  ],
  ["a length below zero", ({ whole }) => headOf(200, ["content-length: -1"]) + whole],
  [
    "a length beyond all",
    ({ whole }) => headOf(200, [`content-length: ${"9".repeat(30)}`]) + whole,
  ],
  ["a chunk's size below zero", () => headOf(200, ["transfer-encoding: chunked"]) + "-1\r\n{}"],
  [
    "a chunk's size beyond all",
    () => headOf(200, ["transfer-encoding: chunked"]) + `${"f".repeat(30)}\r\n{}`,
  ],
  [
    "a chunk that is shorter than it says",
    () => headOf(200, ["transfer-encoding: chunked"]) + "ff\r\n{}\r\n0\r\n\r\n",
  ],
  ["a chunk's extension without end", () => ({
    text: headOf(200, ["transfer-encoding: chunked"]) + "1;",
    endless: "a".repeat(16_384),
  }), FAILED],
  ["trailers without end", ({ whole }) => ({
    text: headOf(200, ["transfer-encoding: chunked", "content-type: application/json"]) +
      chunked(whole).slice(0, -2),
    endless: "x-a: b\r\n".repeat(2_000),
  })],
  [
    "a trailer that is a header",
    ({ whole }) =>
      headOf(200, ["transfer-encoding: chunked", "content-type: application/json"]) +
      `${chunked(whole).slice(0, -2)}set-cookie: evil=1\r\nx-evil: 1\r\n\r\n`,
  ],
  [
    "a head without end",
    () => ({ text: "HTTP/1.1 200 OK\r\n", endless: "x-a: b\r\n".repeat(2_000) }),
    FAILED,
  ],
  [
    "a header without end",
    () => ({ text: "HTTP/1.1 200 OK\r\nx-a: ", endless: "a".repeat(16_384) }),
    FAILED,
  ],
  [
    "a status line without end",
    () => ({ text: "HTTP/1.1 200 ", endless: "a".repeat(16_384) }),
    FAILED,
  ],
  ["a body without end", () => ({
    text: headOf(200, ["content-type: application/json"]) + `{"a":"`,
    endless: "a".repeat(65_536),
  }), FAILED],
  ["a line without end", ({ type }) => ({
    text: headOf(200, [`content-type: ${type}`]) + "data: ",
    endless: "a".repeat(65_536),
  })],
  ["comments without end", ({ type }) => ({
    text: headOf(200, [`content-type: ${type}`]),
    endless: ": comment\n\n".repeat(3_000),
  })],
  ["empty lines without end", ({ type }) => ({
    text: headOf(200, [`content-type: ${type}`]),
    endless: "\n".repeat(16_384),
  })],
  ["nothing, and no end", () => ({ text: "", stalls: true }), FAILED],
  ["half a head, and no end", () => ({ text: "HTTP/1.1 200 OK\r\nconte", stalls: true }), FAILED],
  [
    "a head, and no body",
    ({ type }) => ({ text: headOf(200, [`content-type: ${type}`]), stalls: true }),
    FAILED,
  ],
  ["nothing at all", () => "", FAILED],
  ["another protocol", () => "SSH-2.0-OpenSSH_9.2\r\n", FAILED],
  ["a request", () => "GET / HTTP/1.1\r\nhost: a\r\n\r\n", FAILED],
  ["HTTP/2", () => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", FAILED],
  ["HTTP/0.9", ({ whole }) => whole, FAILED],
  ["NULs", () => "\0".repeat(5_000), FAILED],
  ["a folded header", ({ whole }) => headOf(200, ["x-a: b", " c: d"]) + whole],
  ["a header without a colon", ({ whole }) => headOf(200, ["evil"]) + whole],
  ["a space before the colon", ({ whole }) => headOf(200, ["x-evil : 1"]) + whole],
  ["a bare carriage return", ({ whole }) => headOf(200, ["x-a: b\rx-evil: 1"]) + whole],
  ["a bare line feed", ({ whole }) => headOf(200, ["x-a: b\nx-evil: 1"]) + whole],
  [
    "2,000 headers",
    ({ whole }) => jsonAnswer(whole, 200, Array.from({ length: 2_000 }, (_, at) => `x-${at}: 1`)),
  ],
  ["a status of 99", ({ whole }) => headOf(99, []) + whole, FAILED],
  ["a status of 999", ({ whole }) => headOf(999, []) + whole, FAILED],
  ["a status in words", ({ whole }) => `HTTP/1.1 OK 200\r\n\r\n${whole}`, FAILED],
  ["101 without a wish", () => headOf(101, ["upgrade: websocket", "connection: upgrade"]), FAILED],
  ["100 many times", ({ whole }) => `${headOf(100, []).repeat(500)}${jsonAnswer(whole)}`],
  [
    "103 without end",
    () => ({ text: "", endless: headOf(103, ["link: </a>"]).repeat(500) }),
    FAILED,
  ],
  ["204", () => headOf(204, []), [200, 502]],
  ["206", ({ whole }) => jsonAnswer(whole, 206, ["content-range: bytes 0-1/2"])],
  ["304", () => headOf(304, []), [200, ...REFUSED]],
  ["two answers", ({ whole }) => jsonAnswer(whole) + jsonAnswer(`{"smuggled":true}`)],
];

const PACKING: readonly WireRow[] = [
  ["a bomb", ({ type }) => packed(type, "gzip", BOMB)],
  ["a bomb as JSON", () => packed("application/json", "gzip", BOMB), FAILED],
  ["a bomb of deflate", () => packed("application/json", "deflate", DEFLATED_BOMB), FAILED],
  [
    "a bomb in a refusal",
    () =>
      headOf(400, [
        "content-encoding: gzip",
        "content-type: application/json",
        "connection: close",
      ]) + BOMB,
    REFUSED,
  ],
  ["what is not packed", ({ whole }) => packed("application/json", "gzip", whole), FAILED],
  [
    "half of it",
    ({ whole }) => packed("application/json", "gzip", textOf(gzipSync(whole)).slice(0, 40)),
    FAILED,
  ],
  [
    "a coding that nobody asked for",
    ({ whole }) => packed("application/json", "br", textOf(brotliCompressSync(whole))),
  ],
  ["a coding that nobody knows", ({ whole }) => packed("application/json", "evil", whole)],
  [
    "a coding a hundred times",
    ({ whole }) => packed("application/json", "gzip, ".repeat(100) + "gzip", whole),
  ],
  ["depth without end", () => jsonAnswer("[".repeat(100_000)), FAILED],
  [
    "400,000 names",
    () => jsonAnswer(`{"a":{${Array.from({ length: 400_000 }, (_, at) => `"${at}":0`).join()}}}`),
  ],
  ["UTF-16", ({ whole }) => jsonAnswer(textOf(Buffer.from(`\ufeff${whole}`, "utf16le")))],
  [
    "bytes that are no UTF-8",
    ({ whole }) => jsonAnswer(whole.replace("hello", "\xff\xfe\xc0\xaf")),
  ],
  ["a page", () => streamAnswer("text/html", "<script>alert(1)</script>")],
  [
    "an event of another API",
    ({ type }) => streamAnswer(type, `event: evil\ndata: {"type":"evil"}\n\n`),
  ],
  ["JSON that is none", ({ type }) => streamAnswer(type, "data: {\n\ndata: ]\n\ndata: \n\n")],
  [
    "an id and a retry",
    ({ type }) => streamAnswer(type, "id: a\0b\nretry: 99999999999\ndata: {}\n\n"),
  ],
];

/** Each for two APIs in turn, whole and streamed. */
export const hostileWires: readonly HostileAnswer[] = [
  ...hostileHeaders,
  ...FRAMING,
  ...hostileRefusals,
  ...PACKING,
].flatMap(([name, wire, statuses = ANSWERED], at) =>
  [at, at + 1 + (at % 4)].map((turn): HostileAnswer => {
    const good: GoodAnswer = GOOD_ANSWERS[turn % GOOD_ANSWERS.length] ?? GOOD_ANSWERS[0]!;
    const isStream = (at + turn) % 2 === 1;
    const pieces = { whole: JSON.stringify(good.whole), type: good.streamType };
    return {
      name: `${good.format}${isStream ? ", streamed" : ""}: ${name}`,
      format: good.format,
      isStream,
      wire: wire(pieces),
      statuses,
    };
  })
);

function chunked(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;
}
