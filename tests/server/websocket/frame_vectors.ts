/**
 * Frames and what they mean by RFC 6455.
 *
 * @module
 */

import type { ClientEvent } from "../../../src/framing/websocket/frame_decoder.ts";
import { type FrameParts, join } from "../../support/websocket_frames.ts";

/** The bound that the vectors are made for, and how far beyond it a message is skipped. */
export const MAX_MESSAGE_BYTES = 100_000;
export const SKIPPED_BYTES = 16_777_216;

const [CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG] = [0, 1, 2, 8, 9, 10] as const;

export interface Vector {
  readonly title: string;
  readonly frames: readonly FrameParts[];
  /** Events in short; see `inShort`. */
  readonly events: readonly string[];
}

/** `type: what`, with the payload as Latin-1, and of faults the code alone. */
export function inShort(event: ClientEvent): string {
  switch (event.type) {
    case "message":
      return event.isText
        ? `text: ${shorten(new TextDecoder("utf-8", { ignoreBOM: true }).decode(event.bytes))}`
        : `binary: ${shorten(latin1(event.bytes))}`;
    case "ping":
      return `ping: ${latin1(event.payload)}`;
    case "close":
      return `close: ${event.code} ${event.reason}`;
    case "fault":
      return `fault: ${event.code}`;
    default:
      return event.type;
  }
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, 1_000)) +
    (bytes.length > 1_000 ? "x".repeat(bytes.length - 1_000) : "");
}

function shorten(text: string): string {
  return text.length > 200 ? `${text.slice(0, 3)} (${text.length})` : text;
}

export function bytes(...values: readonly number[]): Uint8Array {
  return new Uint8Array(values);
}

/** Payload of a close frame. */
function close(code: number, reason: Uint8Array | string = ""): FrameParts {
  const text = typeof reason === "string" ? new TextEncoder().encode(reason) : reason;
  return { opcode: CLOSE, payload: join(bytes(code >> 8, code & 0xff), text) };
}

function vector(title: string, frames: readonly FrameParts[], ...events: string[]): Vector {
  return { title, frames, events };
}

/** Of a protocol that is broken; what comes after it is not looked at. */
function broken(title: string, ...frames: readonly FrameParts[]): Vector {
  return vector(title, [...frames, { opcode: TEXT, payload: "late" }], "fault: 1002");
}

export const text = (payload: string | Uint8Array, isFinal = true): FrameParts => ({
  opcode: TEXT,
  payload,
  isFinal,
});
export const more = (payload: string | Uint8Array, isFinal = true): FrameParts => ({
  opcode: CONTINUATION,
  payload,
  isFinal,
});

const GOOD: readonly Vector[] = [
  vector("a text", [text("Hello")], "text: Hello"),
  vector("a text of nothing", [text("")], "text: "),
  vector("a text with all sizes of characters", [text("aü€😀")], "text: aü€😀"),
  vector("a text that begins with a byte order mark", [text("\ufeffa")], "text: \ufeffa"),
  vector(
    "U+0000 and U+10FFFF",
    [text("\0\u{10ffff}\ud7ff\ue000")],
    "text: \0\u{10ffff}\ud7ff\ue000",
  ),
  vector(
    "a text without a mask's effect",
    [{ ...text("Hello"), mask: [0, 0, 0, 0] }],
    "text: Hello",
  ),
  vector("bytes", [{ opcode: BINARY, payload: bytes(0, 255, 128) }], "binary: \x00\xff\x80"),
  vector("no bytes", [{ opcode: BINARY }], "binary: "),
  vector("125 bytes, the most of one byte", [text("a".repeat(125))], `text: ${"a".repeat(125)}`),
  vector("126 bytes, the fewest of three", [text("a".repeat(126))], `text: ${"a".repeat(126)}`),
  vector("65,535 bytes, the most of three", [text("a".repeat(65_535))], "text: aaa (65535)"),
  vector("65,536 bytes, the fewest of nine", [text("a".repeat(65_536))], "text: aaa (65536)"),
  vector("as many bytes as may be", [text("a".repeat(100_000))], "text: aaa (100000)"),
  vector("two messages", [text("a"), text("b")], "text: a", "text: b"),
  vector(
    "a text in three fragments",
    [text("He", false), more("l", false), more("lo")],
    "text: Hello",
  ),
  vector("bytes in fragments", [
    { opcode: BINARY, payload: bytes(1), isFinal: false },
    more(bytes(0xff)),
  ], "binary: \x01\xff"),
  vector("empty fragments", [text("", false), more("", false), more("")], "text: "),
  vector(
    "a character over two fragments",
    [text(bytes(0xe2, 0x82), false), more(bytes(0xac))],
    "text: €",
  ),
  vector("a character in a fragment for each byte", [
    text(bytes(0xf0), false),
    more(bytes(0x9f), false),
    more(bytes(0x98), false),
    more(bytes(0x80)),
  ], "text: 😀"),
  vector(
    "a ping between fragments",
    [
      text("Hel", false),
      { opcode: PING, payload: "p" },
      more("lo"),
    ],
    "ping: p",
    "text: Hello",
  ),
  vector("a close between fragments", [text("Hel", false), close(1000)], "close: 1000 "),
  vector("a ping with nothing", [{ opcode: PING }], "ping: "),
  vector(
    "a ping with 125 bytes",
    [{ opcode: PING, payload: "p".repeat(125) }],
    `ping: ${"p".repeat(125)}`,
  ),
  vector("a pong nobody asked for", [{ opcode: PONG, payload: "p" }], "pong"),
  vector("a close without a code", [{ opcode: CLOSE }], "close: 1005 "),
  vector("a close with a reason", [close(1000, "Zürich")], "close: 1000 Zürich"),
  vector("a close of 125 bytes", [close(4999, "r".repeat(123))], `close: 4999 ${"r".repeat(123)}`),
  vector("what follows a close", [close(1001), text("late"), { opcode: 3 }], "close: 1001 "),
];

const BROKEN: readonly Vector[] = [
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode) =>
    broken(`the opcode ${opcode}`, { opcode })
  ),
  ...[1, 2, 4, 7].map((reserved) =>
    broken(`the reserved bits ${reserved}`, { ...text("a"), reserved })
  ),
  broken("a reserved bit of a compressed fragment", text("a", false), {
    ...more("b"),
    reserved: 4,
  }),
  broken("a reserved bit of a ping", { opcode: PING, reserved: 4 }),
  broken("a text without a mask", { ...text("a"), isMasked: false }),
  broken("a ping without a mask", { opcode: PING, isMasked: false }),
  broken("a close without a mask", { ...close(1000), isMasked: false }),
  ...[PING, PONG, CLOSE].map((opcode) =>
    broken(`the control frame ${opcode} in fragments`, { opcode, isFinal: false })
  ),
  ...[PING, PONG, CLOSE].map((opcode) =>
    broken(`the control frame ${opcode} with 126 bytes`, { opcode, payload: "p".repeat(126) })
  ),
  broken("a control frame that announces 2^63 bytes", { opcode: PING, length: 1n << 63n }),
  broken("a length of 125 in three bytes", { ...text("a".repeat(125)), lengthBytes: 3 }),
  broken("a length of 0 in three bytes", { ...text(""), lengthBytes: 3 }),
  broken("a length of 5 in nine bytes", { ...text("Hello"), lengthBytes: 9 }),
  broken("a length of 65,535 in nine bytes", { ...text("a".repeat(65_535)), lengthBytes: 9 }),
  broken("a length with its highest bit", { ...text(""), length: 1n << 63n }),
  broken("a fragment of nothing", more("a")),
  broken("a fragment of nothing that is not the last", more("a", false)),
  vector("a fragment after a whole message", [text("a"), more("b")], "text: a", "fault: 1002"),
  broken("a text within a text", text("a", false), text("b")),
  broken("bytes within a text", text("a", false), { opcode: BINARY, payload: "b" }),
  broken("half a code", { opcode: CLOSE, payload: bytes(3) }),
];

const CODES: readonly Vector[] = [
  ...[
    1000,
    1001,
    1002,
    1003,
    1007,
    1008,
    1009,
    1010,
    1011,
    1012,
    1013,
    1014,
    3000,
    3999,
    4000,
    4999,
  ]
    .map((code) => vector(`the code ${code}`, [close(code)], `close: ${code} `)),
  ...[0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535]
    .map((code) => broken(`the code ${code}`, close(code))),
];

const NO_TEXTS: readonly (readonly [title: string, text: readonly number[]])[] = [
  ["a byte that begins nothing", [0x61, 0x80]],
  ["0xff", [0xff]],
  ["ASCII in two bytes", [0xc0, 0xaf]],
  ["0x7f in two bytes", [0xc1, 0xbf]],
  ["two bytes' worth in three", [0xe0, 0x9f, 0xbf]],
  ["three bytes' worth in four", [0xf0, 0x8f, 0xbf, 0xbf]],
  ["a high surrogate", [0xed, 0xa0, 0x80]],
  ["a low surrogate", [0xed, 0xbf, 0xbf]],
  ["a pair of surrogates", [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80]],
  ["above U+10FFFF", [0xf4, 0x90, 0x80, 0x80]],
  ["five bytes", [0xf8, 0x88, 0x80, 0x80, 0x80]],
  ["a character cut by another", [0xe2, 0x82, 0x61]],
  ["a character that does not end", [0x61, 0xe2, 0x82]],
];

const TEXTS: readonly Vector[] = NO_TEXTS.flatMap(([title, wrong]) => {
  const payload = bytes(...wrong);
  return [
    vector(title, [text(payload), text("late")], "fault: 1007"),
    vector(
      `${title}, over two frames`,
      [text(payload.subarray(0, 1), false), more(payload.subarray(1)), text("late")],
      "fault: 1007",
    ),
    vector(`${title}, in a close`, [close(1000, payload)], "fault: 1007"),
    vector(
      `${title}, in bytes`,
      [{ opcode: BINARY, payload }],
      `binary: ${latin1(payload)}`,
    ),
  ];
});

const SIZES: readonly Vector[] = [
  vector("one byte too many", [text("a".repeat(100_001)), text("b")], "oversized", "text: b"),
  vector(
    "one byte too many in fragments",
    [text("a".repeat(60_000), false), { opcode: PING }, more("a".repeat(40_001)), text("b")],
    "ping: ",
    "oversized",
    "text: b",
  ),
  vector(
    "no text, but too large to be looked at",
    [text("a".repeat(100_001), false), more(bytes(0xff)), text("b")],
    "oversized",
    "text: b",
  ),
  vector(
    "an announcement that is too large to be skipped",
    [{ ...text(""), length: BigInt(MAX_MESSAGE_BYTES + SKIPPED_BYTES + 1) }],
    "fault: 1009",
  ),
  vector("the largest announcement", [{ ...text(""), length: (1n << 63n) - 1n }], "fault: 1009"),
  vector(
    "a fragment that makes it too large to be skipped",
    [text("a".repeat(100_000), false), { ...more(""), length: BigInt(SKIPPED_BYTES + 1) }],
    "fault: 1009",
  ),
];

export const VECTORS = [...GOOD, ...BROKEN, ...CODES, ...TEXTS, ...SIZES];
