/** How a WebSocket ends: by its client, by us, by a mistake, by silence. */

import { assertEquals } from "@std/assert";
import { clientFrame, type FrameParts } from "../../support/websocket_frames.ts";
import { closeFrame, IDLE_MS, open, settle, text } from "./open_socket.ts";

const [CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG] = [0, 1, 2, 8, 9, 10] as const;

Deno.test("a close of the client is answered with its code, and the connection ends", async () => {
  for (
    const [frame, answer, code, reason] of [
      [closeFrame(4321, "enough"), "8 4321", 4321, "enough"],
      [{ opcode: CLOSE }, "8", 1005, ""],
    ] as readonly [FrameParts, string, number, string][]
  ) {
    const { clock, socket, connection, receive, closes } = open();
    socket.send("before");
    await settle();
    receive(frame);
    assertEquals(connection.sent, ["1 before", answer]);
    assertEquals(connection.endings, ["end"]);
    assertEquals(closes, [[code, reason]]);
    assertEquals(socket.send("late"), undefined);
    socket.close(1001, "");
    socket.ended();
    assertEquals([connection.sent.length, closes.length, clock.pending], [2, 1, 0]);
  }
});

Deno.test("a client that leaves is told no more of what waits for it", async () => {
  const { socket, connection, receive } = open();
  connection.fallBehind();
  socket.send("a");
  await settle();
  socket.send("waits");
  receive(closeFrame(1000));
  assertEquals(connection.sent, ["1 a", "8 1000"]);
});

Deno.test("our close comes after what was sent, and waits for the client's", async () => {
  const { clock, socket, connection, received, receive, closes } = open();
  socket.send("last");
  socket.close(1001, "Bye");
  socket.close(1000, "twice");
  assertEquals(connection.sent, ["1 last", "8 1001 Bye"]);
  receive(text("late"), { opcode: PING });
  await settle();
  assertEquals([connection.sent.length, received, closes], [2, [], []]);
  receive(closeFrame(1001));
  assertEquals([connection.endings, closes], [["end"], [[1001, ""]]]);
  socket.ended();
  assertEquals(clock.pending, 0);
});

Deno.test("our close gets through to a client that was behind", async () => {
  const { socket, connection, receive } = open();
  connection.fallBehind();
  socket.send("a");
  await settle();
  socket.send("b");
  socket.close(1001, "");
  assertEquals(connection.sent, ["1 a"]);
  receive(closeFrame(1000));
  assertEquals(connection.sent, ["1 a", "1 b", "8 1001"]);
});

Deno.test("a client that does not answer a close is given up", () => {
  const { clock, socket, connection, closes } = open();
  socket.close(1001, "");
  clock.advance(4_999);
  assertEquals([connection.endings, closes], [[], []]);
  clock.advance(1);
  assertEquals([connection.endings, closes], [["close"], [[1006, ""]]]);
  assertEquals(clock.pending, 0);
});

Deno.test("a client that breaks the protocol is told why", () => {
  const cases: readonly (readonly [FrameParts, number])[] = [
    [{ opcode: CONTINUATION }, 1002],
    [{ ...text("a"), isMasked: false }, 1002],
    [{ opcode: TEXT, payload: Uint8Array.of(0xff) }, 1007],
    [{ opcode: BINARY, length: 1n << 40n }, 1009],
  ];
  for (const [frame, code] of cases) {
    const { clock, connection, receive, closes } = open();
    receive(frame);
    assertEquals(connection.frames.map(({ opcode }) => opcode), [CLOSE]);
    assertEquals(closes.map(([code]) => code), [code]);
    assertEquals(connection.sent[0], `8 ${code} ${closes[0]?.[1]}`);
    assertEquals([connection.endings, clock.pending], [["end"], 0]);
  }
});

Deno.test("a client is pinged after half of the idle time, and given up after all of it", () => {
  const { clock, connection, closes } = open();
  clock.advance(IDLE_MS / 2 - 1);
  assertEquals(connection.sent, []);
  clock.advance(1);
  assertEquals(connection.sent, ["9"]);
  clock.advance(IDLE_MS / 2 - 1);
  assertEquals(connection.endings, []);
  clock.advance(1);
  assertEquals([connection.sent, connection.endings, closes], [["9"], ["close"], [[1006, ""]]]);
  assertEquals(clock.pending, 0);
});

Deno.test("a client that answers its pings stays, and one that talks is not pinged", () => {
  const { clock, connection, receive } = open();
  for (let times = 0; times < 10; times++) {
    clock.advance(IDLE_MS / 2);
    receive({ opcode: PONG });
  }
  assertEquals(connection.sent.length, 10);
  for (let times = 0; times < 100; times++) {
    clock.advance(IDLE_MS / 4);
    receive(text("a"));
  }
  assertEquals([connection.sent.length, connection.endings], [10, []]);
});

Deno.test("bytes that make no frame are a sign of life as well", () => {
  const { clock, socket, connection } = open();
  for (const byte of clientFrame(text("slowly"))) {
    clock.advance(IDLE_MS / 4);
    socket.receive(Uint8Array.of(byte));
  }
  assertEquals([connection.sent, connection.endings], [[], []]);
});

Deno.test("a connection that breaks is 1006, once", () => {
  const { clock, socket, closes } = open();
  socket.ended();
  assertEquals([closes, clock.pending], [[[1006, ""]], 0]);
});
