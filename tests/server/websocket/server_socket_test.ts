/** What leaves over a WebSocket, and how what comes is handed on. */

import { assert, assertEquals } from "@std/assert";
import { FramedSocket } from "../../../src/framing/websocket/framed_socket.ts";
import type { FrameParts } from "../../support/websocket_frames.ts";
import { ManualClock } from "../../transport/manual_clock.ts";
import { FakeConnection } from "./fake_connection.ts";
import { closeFrame, IDLE_MS, open, OPTIONS, settle, text } from "./open_socket.ts";

const [TEXT, BINARY, PING, PONG] = [1, 2, 9, 10] as const;

Deno.test("what is sent in one go leaves in one write, in its order", async () => {
  const { socket, connection } = open();
  socket.send("a");
  socket.sendText(new TextEncoder().encode("b"));
  socket.send(new Uint8Array([0x63]));
  assertEquals(socket.bufferedBytes, 9);
  await settle();
  assertEquals(connection.writes.length, 1);
  assertEquals(connection.sent, ["1 a", "1 b", "2 c"]);
  assertEquals(socket.bufferedBytes, 0);
});

Deno.test("what is sent before the answer has left waits for it", async () => {
  const socket = new FramedSocket(OPTIONS, new ManualClock());
  socket.send("early");
  socket.close(1001, "and gone");
  await settle();
  const connection = new FakeConnection(socket);
  socket.begin(connection);
  assertEquals(connection.sent, ["1 early", "8 1001 and gone"]);
});

Deno.test("a connection whose answer never left is closed with 1006", () => {
  const socket = new FramedSocket(OPTIONS, new ManualClock());
  const closes: number[] = [];
  socket.onClose = (code) => void closes.push(code);
  socket.ended();
  assertEquals(closes, [1006]);
  assertEquals(socket.send("late"), undefined);
});

Deno.test("a message waits for the one before it, and pings are answered meanwhile", async () => {
  const { socket, connection, received, receive } = open();
  let handled = Promise.withResolvers<void>();
  const take = socket.onMessage;
  socket.onMessage = (bytes, isText) => {
    take(bytes, isText);
    return received.at(-1) === "slow" ? handled.promise : undefined;
  };
  assertEquals(receive(text("slow"), text("next"), { opcode: PING, payload: "p" }), undefined);
  assertEquals(receive(text("slow"), { opcode: BINARY, payload: "b" }), undefined);
  await settle();
  assertEquals(received, ["slow"]);
  assertEquals(connection.sent, ["10 p"]);
  const first = handled;
  handled = Promise.withResolvers();
  first.resolve();
  await settle();
  assertEquals(received, ["slow", "next", "slow"]);
  handled.resolve();
  await settle();
  assertEquals(received, ["slow", "next", "slow", new TextEncoder().encode("b")]);
});

Deno.test("a client is read no further than a bound ahead of what is handled", async () => {
  for (
    const [title, frames] of [
      ["many messages", Array.from({ length: 3_000 }, () => text("x"))],
      ["a few long ones", Array.from({ length: 3 }, () => text("x".repeat(30_000)))],
      ["a piece of one", [{ opcode: TEXT, payload: "x".repeat(70_000), isFinal: false }]],
    ] as readonly [string, readonly FrameParts[]][]
  ) {
    const { clock, socket, connection, receive } = open();
    const handled = Promise.withResolvers<void>();
    socket.onMessage = () => handled.promise;
    assertEquals(receive(text("slow")), undefined);
    const ready = receive(...frames);
    assert(ready !== undefined, title);
    let isReady = false;
    ready.then(() => isReady = true);
    // Nobody listens to the client, so it cannot be blamed for its silence.
    for (let times = 0; times < 5; times++) clock.advance(IDLE_MS / 2);
    await settle();
    assertEquals([isReady, connection.endings], [false, []], title);
    handled.resolve();
    await settle();
    assertEquals(isReady, true, title);
  }
});

Deno.test("a message that waits is dropped by a close, and its client is read on", async () => {
  for (const isOwn of [true, false]) {
    const { socket, received, receive, closes } = open();
    const handled = Promise.withResolvers<void>();
    const take = socket.onMessage;
    socket.onMessage = (bytes, isText) => {
      take(bytes, isText);
      return handled.promise;
    };
    receive(text("first"), text("second"));
    const ready = receive(text("x".repeat(100_000)));
    if (isOwn) socket.close(1001, "");
    else receive(closeFrame(1000));
    await ready;
    handled.resolve();
    await settle();
    assertEquals(receive(text("x".repeat(100_000)), closeFrame(1000)), undefined);
    assertEquals(received, ["first"]);
    assertEquals(closes, [[1000, ""]]);
  }
});

Deno.test("a handler that fails closes the connection, and the process is told", async () => {
  for (const isLate of [true, false]) {
    const { socket, connection, receive, received } = open();
    const reported = Promise.withResolvers<unknown>();
    const report = (event: PromiseRejectionEvent): void => {
      event.preventDefault();
      reported.resolve(event.reason);
    };
    addEventListener("unhandledrejection", report);
    const bug = new Error("A bug");
    socket.onMessage = () => {
      if (isLate) return Promise.reject(bug);
      throw bug;
    };
    receive(text("a"), text("b"));
    assertEquals(await reported.promise, bug);
    removeEventListener("unhandledrejection", report);
    assertEquals(connection.sent, ["8 1011 Internal error"]);
    assertEquals(received, []);
  }
});

Deno.test("a message over the bound is told in its turn", async () => {
  const { received, receive } = open();
  receive(text("a"), text("x".repeat(1_000_001)), text("b"));
  await settle();
  assertEquals(received, ["a", "oversized", "b"]);
});

Deno.test("a client that is behind makes senders wait, once there is more than the bound", async () => {
  const { socket, connection } = open();
  connection.fallBehind();
  assertEquals(socket.send("x".repeat(5_000)) === undefined, false);
  await settle();
  assertEquals(socket.send("y".repeat(500)), undefined);
  const room = socket.send("z".repeat(500));
  assert(room !== undefined && room === socket.send("a"));
  let hasRoom = false;
  room.then(() => hasRoom = true);
  await settle();
  assertEquals([hasRoom, connection.writes.length], [false, 1]);
  assertEquals(socket.bufferedBytes, 5_004 + 504 + 504 + 3);
  connection.catchUp();
  await settle();
  assertEquals([hasRoom, connection.writes.length, socket.bufferedBytes], [true, 2, 0]);
});

Deno.test("who waits for room is let go when the connection ends", async () => {
  for (const end of ["ended", "closed", "broken"] as const) {
    const { socket, connection, receive } = open();
    connection.fallBehind();
    socket.send("a");
    await settle();
    const room = socket.send("x".repeat(2_000));
    if (end === "ended") socket.ended();
    else if (end === "closed") receive(closeFrame(1000));
    else receive({ opcode: 3 });
    await room;
  }
});

Deno.test("pings of a client that takes nothing are answered by one pong", async () => {
  const { socket, connection, receive } = open();
  connection.fallBehind();
  socket.send("a");
  await settle();
  socket.send("x".repeat(2_000));
  for (let count = 0; count < 10_000; count++) receive({ opcode: PING, payload: `${count}` });
  assert(socket.bufferedBytes < 3_000);
  connection.catchUp();
  await settle();
  assertEquals(connection.sent.slice(2), ["10 9999"]);
});

Deno.test("each ping of a client that reads is answered with what it holds", async () => {
  const { connection, receive } = open();
  receive({ opcode: PING, payload: "1" }, { opcode: PING }, { opcode: PING, payload: "3" });
  receive({ opcode: PONG, payload: "unasked" });
  await settle();
  assertEquals(connection.sent, ["10 1", "10", "10 3"]);
});
