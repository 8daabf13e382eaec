import { assert, assertEquals } from "@std/assert";
import { ServerSocket } from "../../../src/server/websocket/server_socket.ts";
import { clientFrame, type FrameParts, join } from "../../support/websocket_frames.ts";
import { ManualClock } from "../../transport/manual_clock.ts";
import { FakeConnection } from "./fake_connection.ts";

const [CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG] = [0, 1, 2, 8, 9, 10] as const;
const IDLE_MS = 10_000;
const MAX_BUFFERED_BYTES = 1_000;

function open() {
  const clock = new ManualClock();
  const socket = new ServerSocket({
    protocol: undefined,
    idleTimeoutMs: IDLE_MS,
    maxMessageBytes: 1_000_000,
    maxBufferedBytes: MAX_BUFFERED_BYTES,
  }, clock);
  const received: unknown[] = [];
  const closes: (readonly [code: number, reason: string])[] = [];
  socket.onMessage = (message) => void received.push(message);
  socket.onOversized = () => void received.push("oversized");
  socket.onClose = (code, reason) => void closes.push([code, reason]);
  const connection = new FakeConnection(socket);
  socket.begin(connection);
  const receive = (...frames: readonly FrameParts[]) =>
    socket.receive(join(...frames.map(clientFrame)));
  return { clock, socket, connection, received, closes, receive };
}

function closeFrame(code: number, reason = ""): FrameParts {
  const payload = join(Uint8Array.of(code >> 8, code & 255), new TextEncoder().encode(reason));
  return { opcode: CLOSE, payload };
}

const text = (payload: string): FrameParts => ({ opcode: TEXT, payload });

/** Lets everything happen that waits for nothing outside. */
async function settle(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
}

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
  const socket = new ServerSocket({
    protocol: undefined,
    idleTimeoutMs: IDLE_MS,
    maxMessageBytes: 10,
    maxBufferedBytes: 10,
  }, new ManualClock());
  socket.send("early");
  socket.close(1001, "and gone");
  await settle();
  const connection = new FakeConnection(socket);
  socket.begin(connection);
  assertEquals(connection.sent, ["1 early", "8 1001 and gone"]);
});

Deno.test("a connection whose answer never left is closed with 1006", () => {
  const socket = new ServerSocket({
    protocol: undefined,
    idleTimeoutMs: IDLE_MS,
    maxMessageBytes: 10,
    maxBufferedBytes: 10,
  }, new ManualClock());
  const closes: number[] = [];
  socket.onClose = (code) => void closes.push(code);
  socket.ended();
  assertEquals(closes, [1006]);
  assertEquals(socket.send("late"), undefined);
});

Deno.test("a message waits for the one before it, and pings are answered meanwhile", async () => {
  const { socket, connection, received, receive } = open();
  let handled = Promise.withResolvers<void>();
  socket.onMessage = (message) => {
    received.push(message);
    return message === "slow" ? handled.promise : undefined;
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
    socket.onMessage = (message) => {
      received.push(message);
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
