import { assertEquals } from "@std/assert";
import { Outbox } from "../../../src/surfaces/openrouter/socket/outbox.ts";
import { ManualClock } from "../../transport/manual_clock.ts";
import { FakeSocket } from "./fake_socket.ts";

const MESSAGE = JSON.stringify({ text: "x".repeat(89) });
assertEquals(MESSAGE.length, 100);

function start() {
  const clock = new ManualClock();
  const socket = new FakeSocket(250);
  const stalls: number[] = [];
  const outbox = new Outbox(
    socket,
    clock,
    { maxBufferedBytes: 250, stallTimeoutMs: 1_000 },
    () => stalls.push(clock.nowMs()),
  );
  return { clock, socket, stalls, outbox };
}

/** Whether a promise has resolved by now. */
async function hasResolved(promise: Promise<void> | undefined): Promise<boolean> {
  return await Promise.race([
    Promise.resolve(promise).then(() => true),
    new Promise<boolean>((resolve) => queueMicrotask(() => queueMicrotask(() => resolve(false)))),
  ]);
}

Deno.test("Outbox makes nobody wait below its bound, and has no timer then", () => {
  const { clock, outbox } = start();
  outbox.send(MESSAGE);
  outbox.send(MESSAGE);
  assertEquals(outbox.whenReady(), undefined);
  assertEquals(clock.pending, 0);
});

Deno.test("Outbox lets all go on at once when the client has read enough", async () => {
  const { clock, socket, outbox } = start();
  for (let sent = 0; sent < 3; sent++) outbox.send(MESSAGE);
  const [first, second] = [outbox.whenReady(), outbox.send(MESSAGE)];
  clock.advance(10);
  assertEquals(await hasResolved(first), false);
  socket.drain(1);
  assertEquals(await hasResolved(first), false);
  socket.drain(1);
  assertEquals([await hasResolved(first), await hasResolved(second)], [true, true]);
  assertEquals([outbox.whenReady(), clock.pending], [undefined, 0]);
});

Deno.test("Outbox reports a client that reads nothing for the stall timeout, and no other", () => {
  const { clock, socket, stalls, outbox } = start();
  clock.advance(60_000);
  for (let sent = 0; sent < 20; sent++) outbox.send(MESSAGE);
  // One that reads a little, but never enough.
  for (let look = 0; look < 10; look++) {
    for (let poll = 0; poll < 90; poll++) clock.advance(10);
    socket.drain(1);
  }
  assertEquals(stalls, []);
  for (let poll = 0; poll < 125; poll++) clock.advance(10);
  assertEquals(stalls.length > 0, true);
  // It is looked at each quarter of a second, and so was last seen to read at the look after it had.
  assertEquals(stalls[0], 60_000 + 9_250 + 1_000);
});

Deno.test("Outbox takes a buffer that is never empty for no stall while it moves", () => {
  const { clock, socket, stalls, outbox } = start();
  outbox.send(MESSAGE);
  for (let second = 0; second < 10; second++) {
    outbox.send(MESSAGE);
    socket.drain(1);
    clock.advance(900);
    outbox.check();
  }
  assertEquals(stalls, []);
});

Deno.test("Outbox finds also the little that is never read, where it is looked at", () => {
  const { clock, stalls, outbox } = start();
  clock.advance(60_000);
  outbox.send(MESSAGE);
  outbox.check();
  clock.advance(999);
  outbox.check();
  assertEquals(stalls, []);
  clock.advance(1);
  outbox.check();
  assertEquals(stalls, [61_000]);
});

Deno.test("Outbox bounds the replies to a client that does not read", () => {
  const { socket, stalls, outbox } = start();
  for (let sent = 0; sent < 3; sent++) outbox.reply(MESSAGE);
  assertEquals(stalls.length, 0);
  for (let sent = 0; sent < 3; sent++) outbox.reply(MESSAGE);
  assertEquals([stalls.length, socket.sent.length], [1, 5]);

  const reading = start();
  for (let sent = 0; sent < 100; sent++) {
    reading.outbox.reply(MESSAGE);
    reading.socket.drain();
  }
  assertEquals([reading.stalls.length, reading.socket.sent.length], [0, 100]);
});

Deno.test("Outbox sends nothing over a socket that is closed, and lets go of whoever waits", async () => {
  const { clock, socket, outbox } = start();
  for (let sent = 0; sent < 3; sent++) outbox.send(MESSAGE);
  const waiting = outbox.whenReady();
  socket.close(1000, "");
  outbox.send(MESSAGE);
  outbox.close();
  socket.leave(1006);
  assertEquals(await hasResolved(waiting), true);
  assertEquals([socket.sent.length, clock.pending], [3, 0]);
});
