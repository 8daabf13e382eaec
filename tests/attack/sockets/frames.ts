/** Frames that break the protocol of WebSockets, and messages that are none of the API behind it. */

import { Buffer } from "node:buffer";
import { clientFrame, type FrameParts, join } from "../../support/websocket_frames.ts";
import { HOSTILE_TEXTS } from "../hostile_texts.ts";
import { HOSTILE_VALUES, type HostileValue, placesOf, wrongAt } from "../hostile_values.ts";

export interface HostileSocket {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What the server may say when it closes; 0 where it need not. */
  readonly codes: readonly number[];
}

const [CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG] = [0, 1, 2, 8, 9, 10] as const;
const PROTOCOL = [1002];
const BIG_BYTES = 200_000;

const text = (payload: string, more: Partial<FrameParts> = {}): FrameParts => ({
  opcode: TEXT,
  payload,
  ...more,
});

function closing(code: number, reason: string | Uint8Array = ""): FrameParts {
  return {
    opcode: CLOSE,
    payload: join(Uint8Array.of(code >> 8, code & 255), Buffer.from(reason as string)),
  };
}

type Row = readonly [
  name: string,
  frames: readonly (FrameParts | Uint8Array)[],
  codes: readonly number[],
];

const FRAMES: readonly Row[] = [
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode): Row => [
    `the opcode ${opcode}`,
    [{ opcode, payload: "x" }],
    PROTOCOL,
  ]),
  ...[1, 2, 4, 7].map((reserved): Row => [
    `the reserved bits ${reserved}`,
    [text("x", { reserved })],
    PROTOCOL,
  ]),
  ...[CLOSE, PING, PONG].flatMap((opcode): Row[] => [
    [`a control frame ${opcode} in pieces`, [{ opcode, payload: "x", isFinal: false }], PROTOCOL],
    [`a control frame ${opcode} of 126 bytes`, [{ opcode, payload: "x".repeat(126) }], PROTOCOL],
    [`a control frame ${opcode} with reserved bits`, [{ opcode, reserved: 4 }], PROTOCOL],
    [`a control frame ${opcode} without a mask`, [{ opcode, isMasked: false }], PROTOCOL],
  ]),
  ["a frame without a mask", [text("x", { isMasked: false })], PROTOCOL],
  ["a length in more bytes than it needs", [text("x", { lengthBytes: 3 })], PROTOCOL],
  ["a length in eight bytes", [text("x", { lengthBytes: 9 })], PROTOCOL],
  ["a length with its highest bit", [text("", { length: 1n << 63n, lengthBytes: 9 })], [
    1002,
    1009,
  ]],
  ["a length of 2^62", [text("", { length: 1n << 62n, lengthBytes: 9 })], [1002, 1009]],
  ["a length of 2^32", [text("", { length: 1n << 32n, lengthBytes: 9 })], [0, 1009]],
  ["a continuation of nothing", [{ opcode: CONTINUATION, payload: "x" }], PROTOCOL],
  ["a message within a message", [text("a", { isFinal: false }), text("b")], PROTOCOL],
  [
    "bytes within a text",
    [text("a", { isFinal: false }), { opcode: BINARY, payload: "b" }],
    PROTOCOL,
  ],
  ["bytes that are no UTF-8", [{ opcode: TEXT, payload: Uint8Array.of(0xff, 0xfe) }], [1007]],
  ["half a character", [{ opcode: TEXT, payload: Uint8Array.of(0xe2, 0x82) }], [1007]],
  ["half of a surrogate pair", [{ opcode: TEXT, payload: Uint8Array.of(0xed, 0xa0, 0x80) }], [
    1007,
  ]],
  ["a text that is never ended", [text("a", { isFinal: false })], [0]],
  ["3,000 empty pieces", [
    text("", { isFinal: false }),
    ...Array.from({ length: 3_000 }, () => ({ opcode: CONTINUATION, payload: "", isFinal: false })),
  ], [0, 1008, 1009]],
  ["3,000 pings", Array.from({ length: 3_000 }, () => ({ opcode: PING, payload: "x" })), [0, 1008]],
  ["3,000 pongs", Array.from({ length: 3_000 }, () => ({ opcode: PONG, payload: "x" })), [0, 1008]],
  ["more than a message may have", [text("x".repeat(BIG_BYTES))], [0, 1009]],
  ["more than it may have, in pieces", [
    text("x", { isFinal: false }),
    ...Array.from(
      { length: 40 },
      () => ({ opcode: CONTINUATION, payload: "x".repeat(8_000), isFinal: false }),
    ),
  ], [0, 1009]],
  ["half a frame", [clientFrame(text("x".repeat(500))).subarray(0, 20)], [0]],
  ["half a head", [clientFrame(text("x".repeat(500))).subarray(0, 3)], [0]],
  ["a request of HTTP", [new TextEncoder().encode("GET / HTTP/1.1\r\nhost: a\r\n\r\n")], PROTOCOL],
  ["noise", [Uint8Array.from({ length: 4_000 }, (_, at) => (at * 167 + 13) % 256)], PROTOCOL],
  ["a close of one byte", [{ opcode: CLOSE, payload: "x" }], PROTOCOL],
  ["a close whose reason is no UTF-8", [closing(1000, Uint8Array.of(0xff))], [1002, 1007]],
  ...[0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535].map((code): Row => [
    `a close with the code ${code}`,
    [closing(code)],
    PROTOCOL,
  ]),
  ...[1000, 1001, 1003, 1007, 1011, 3000, 4999].map((code): Row => [
    `a close with the code ${code}`,
    [closing(code, "because")],
    [code, 1000],
  ]),
  ["a message behind the close", [closing(1000), text("{}")], [1000]],
  ["two closes", [closing(1000), closing(1001)], [1000]],
];

/** Every message that a surface knows, with one thing wrong; the connection lives on, or says why not. */
function messagesOf(messages: readonly object[]): readonly HostileValue[] {
  return messages.flatMap((message, at) =>
    placesOf(message).flatMap((place, turn) =>
      wrongAt(
        message,
        place,
        HOSTILE_VALUES.filter((_, index) => place.length < 2 || (index + turn + at) % 5 === 0),
      ).map(({ name, json }) => ({ name: `message ${at}: ${name}`, json }))
    )
  );
}

function textsOf(field: string, message: object): readonly HostileValue[] {
  return HOSTILE_TEXTS.map(({ name, text: said }) => ({
    name: `${name} as ${field}`,
    json: JSON.stringify({ ...message, [field]: said }),
  }));
}

/** A message may ask for the end. */
const LIVES = [0, 1000, 1002, 1003, 1007, 1008, 1009];

export function hostileSockets(messages: readonly object[]): readonly HostileSocket[] {
  const [first = {}] = messages;
  return [
    ...FRAMES.map(([name, frames, codes]) => ({
      name,
      codes,
      bytes: join(...frames.map((each) => each instanceof Uint8Array ? each : clientFrame(each))),
    })),
    ...[...messagesOf(messages), ...textsOf("id", first), ...textsOf("type", first)].map((
      { name, json },
    ) => ({ name, codes: LIVES, bytes: clientFrame(text(json)) })),
    { name: "JSON as bytes", codes: LIVES, bytes: clientFrame({ opcode: BINARY, payload: "{}" }) },
    { name: "no JSON", codes: LIVES, bytes: clientFrame(text("{")) },
    { name: "depth without end", codes: LIVES, bytes: clientFrame(text("[".repeat(60_000))) },
  ];
}
