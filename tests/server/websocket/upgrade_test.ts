/** How a connection becomes a WebSocket, byte by byte. */

import { assertEquals, assertMatch } from "@std/assert";
import { clientFrame, join, readServerFrames } from "../../support/websocket_frames.ts";
import { startSocketHost } from "./socket_host.ts";

const [TEXT, CLOSE] = [1, 8] as const;
const OPTIONS = {
  protocol: undefined,
  idleTimeoutMs: 60_000,
  maxMessageBytes: 1_000,
  maxBufferedBytes: 65_536,
};
const HEAD_END = "\r\n\r\n";

const utf8 = new TextEncoder();

function handshake(version: string, ...more: readonly string[]): Uint8Array {
  return utf8.encode(
    [
      `GET / HTTP/${version}`,
      "host: localhost",
      "upgrade: websocket",
      "connection: Upgrade",
      "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
      "sec-websocket-version: 13",
      ...more,
    ].join("\r\n") + HEAD_END,
  );
}

/** Sends pieces, each once the one before has left, and reads to the end. */
async function exchange(
  port: number,
  pieces: readonly Uint8Array[],
): Promise<{ readonly head: string; readonly rest: Uint8Array<ArrayBuffer> }> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  connection.setNoDelay(true);
  for (const piece of pieces) await connection.write(piece);
  const read: Uint8Array[] = [];
  for await (const chunk of connection.readable) read.push(chunk);
  const bytes = join(...read);
  const head = new TextDecoder("latin1").decode(bytes).split(HEAD_END)[0] ?? "";
  return { head, rest: bytes.slice(head.length + HEAD_END.length) };
}

Deno.test("what a client sends before it has the answer is read, wherever it is cut", async () => {
  using host = startSocketHost(OPTIONS, (socket) => {
    socket.onMessage = (bytes) => socket.sendText(bytes);
  });
  const frames = [
    clientFrame({ opcode: TEXT, payload: "early" }),
    clientFrame({ opcode: TEXT, payload: "later" }),
    clientFrame({ opcode: CLOSE, payload: Uint8Array.of(1000 >> 8, 1000 & 255) }),
  ];
  const sent = join(handshake("1.1"), ...frames);
  const start = sent.length - join(...frames).length;
  const cuts = [start - 1, start, start + 1, start + 6, start + 11, start + 15, sent.length - 1];
  for (const cut of [...cuts, sent.length]) {
    const { head, rest } = await exchange(host.port, [sent.subarray(0, cut), sent.subarray(cut)]);
    assertMatch(head, /^HTTP\/1\.1 101 Switching Protocols\r\n/);
    assertMatch(head, /\r\nsec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=\r\n/);
    const received = readServerFrames(rest).frames.map(({ opcode, payload }) =>
      opcode === TEXT ? new TextDecoder().decode(payload) : [opcode, ...payload]
    );
    const close = [CLOSE, 1000 >> 8, 1000 & 255];
    assertEquals(received, ["early", "later", close], `Cut at ${cut}`);
  }
});

Deno.test("an upgrade by HTTP/1.0 is none, and one with a body is refused", async () => {
  using host = startSocketHost(OPTIONS, () => {});
  const old = await exchange(host.port, [handshake("1.0")]);
  assertMatch(old.head, /^HTTP\/1\.1 426 /);
  const body = utf8.encode("body");
  const { head } = await exchange(host.port, [
    handshake("1.1", "content-length: 4", "connection: close"),
    body,
  ]);
  assertMatch(head, /^HTTP\/1\.1 400 /);
});
