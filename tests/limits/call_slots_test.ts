import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { GatewayError } from "../../src/core/gateway_error.ts";
import {
  CallSlots,
  type ConcurrencyOptions,
  concurrencyOptions,
  type ReleaseSlot,
} from "../../src/limits/call_slots.ts";
import { ManualClock } from "../transport/manual_clock.ts";

const NEVER = new AbortController().signal;

function start(options: Partial<ConcurrencyOptions>) {
  const clock = new ManualClock();
  const slots = new CallSlots({ ...concurrencyOptions.parse({}), ...options }, clock);
  const order: string[] = [];
  /** Takes a slot and notes when it is given. */
  const take = (key: string, maxCalls = 0, signal = NEVER): Promise<ReleaseSlot> => {
    const taken = slots.take({ key, maxCalls, signal });
    return Promise.resolve(taken).then((release) => {
      order.push(key);
      return release;
    });
  };
  return { clock, slots, order, take };
}

/** Lets everything that is ready run. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
}

Deno.test("A free slot is taken without waiting", () => {
  const { slots } = start({ maxCalls: 2 });
  const release = slots.take({ key: "a", maxCalls: 0, signal: NEVER });
  assertEquals(release instanceof Promise, false);
  assertEquals([slots.running, slots.queued], [1, 0]);
});

Deno.test("Who waits gets the slot of who ends", async () => {
  const { slots, take, order, clock } = start({ maxCalls: 1 });
  const release = await take("a");
  const waiting = take("b");
  assertEquals([slots.running, slots.queued], [1, 1]);
  release();
  (await waiting)();
  assertEquals(order, ["a", "b"]);
  assertEquals([slots.running, slots.queued, clock.pending], [0, 0, 0]);
});

Deno.test("Callers are served in turn, however many calls each has", async () => {
  const { take, order } = start({ maxCalls: 1 });
  const held = [await take("first")];
  for (const key of ["hog", "hog", "hog", "b", "c"]) take(key).then((slot) => held.push(slot));
  for (let served = 0; served < 6; served++) {
    held.shift()?.();
    await settle();
  }
  assertEquals(order, ["first", "hog", "b", "c", "hog", "hog"]);
});

Deno.test("A key at its own limit waits while others pass", async () => {
  const { take, order, slots } = start({ maxCalls: 3 });
  const release = await take("a", 1);
  const second = take("a", 1);
  await take("b", 1);
  assertEquals(order, ["a", "b"]);
  release();
  await second;
  assertEquals(order, ["a", "b", "a"]);
  assertEquals([slots.running, slots.queued], [2, 0]);
});

Deno.test("The wait has a deadline", async () => {
  const { clock, take, slots } = start({ maxCalls: 1, queueTimeoutMs: 5_000 });
  await take("a");
  const waiting = take("b");
  clock.advance(5_000);
  const error = await assertRejects(() => waiting, GatewayError);
  assertEquals([error.status, error.code, error.retryAfterMs], [503, "overloaded", 5_000]);
  assertEquals([slots.queued, clock.pending], [0, 0]);
});

Deno.test("A key's own limit is told apart from the gateway's", async () => {
  const { clock, take } = start({ maxCalls: 9, queueTimeoutMs: 1_000 });
  await take("a", 1);
  const waiting = take("a", 1);
  clock.advance(1_000);
  const error = await assertRejects(() => waiting, GatewayError);
  assertEquals([error.status, error.code], [429, "concurrency_limit_exceeded"]);
});

Deno.test("A full queue refuses at once", async () => {
  const { slots, take } = start({ maxCalls: 1, maxQueued: 1 });
  await take("a");
  take("b");
  const error = assertThrows(
    () => slots.take({ key: "c", maxCalls: 0, signal: NEVER }),
    GatewayError,
  );
  assertEquals([error.status, error.code], [503, "overloaded"]);
});

Deno.test("One caller cannot fill the queue for the others", async () => {
  const { slots, take, order } = start({ maxCalls: 1, maxQueued: 3 });
  const release = await take("a");
  const hogs = ["hog", "hog", "hog"].map((key) => take(key));
  const other = take("b");
  const error = await assertRejects(() => hogs[2] ?? Promise.resolve(), GatewayError);
  assertEquals(error.code, "overloaded");
  assertEquals(slots.queued, 3);
  release();
  (await hogs[0])?.();
  await other;
  assertEquals(order, ["a", "hog", "b"]);
});

Deno.test("Who has left before is told to nobody as a fault of Weir", async () => {
  const { slots, take } = start({ maxCalls: 1 });
  await take("a");
  const client = new AbortController();
  client.abort();
  const error = assertThrows(
    () => slots.take({ key: "b", maxCalls: 0, signal: client.signal }),
    GatewayError,
  );
  assertEquals([error.kind, slots.queued], ["client_closed", 0]);
});

Deno.test("A client that leaves the queue leaves nothing behind", async () => {
  const { slots, take, clock } = start({ maxCalls: 1 });
  const release = await take("a");
  const client = new AbortController();
  const waiting = take("b", 0, client.signal);
  client.abort();
  const error = await assertRejects(() => waiting, GatewayError);
  assertEquals(error.code, "client_closed");
  release();
  assertEquals([slots.running, slots.queued, clock.pending], [0, 0, 0]);
});

Deno.test("More slots by a new configuration serve the queue", async () => {
  const { slots, take } = start({ maxCalls: 1 });
  await take("a");
  const waiting = take("b");
  slots.configure({ ...concurrencyOptions.parse({}), maxCalls: 2 });
  await waiting;
  assertEquals([slots.running, slots.queued], [2, 0]);
});

Deno.test("Whatever comes and goes, no more than the limits run and nothing is lost", async () => {
  const { slots, take, clock } = start({ maxCalls: 4, maxQueued: 8 });
  let seed = 7;
  const random = (bound: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor(seed / 65_536) % bound;
  };
  const held: ReleaseSlot[] = [];
  const runningOf = new Map<string, number>();
  let refused = 0;
  let taken = 0;
  const pending: Promise<void>[] = [];
  for (let step = 0; step < 2_000; step++) {
    if (random(2) === 0) held.splice(random(held.length + 1), 1)[0]?.();
    else {
      const key = `k${random(5)}`;
      const running = Promise.resolve().then(() => take(key, 2)).then((release) => {
        taken++;
        runningOf.set(key, (runningOf.get(key) ?? 0) + 1);
        assertEquals((runningOf.get(key) ?? 0) <= 2, true);
        held.push(() => {
          runningOf.set(key, (runningOf.get(key) ?? 1) - 1);
          release();
        });
      }, () => {
        refused++;
      });
      pending.push(running);
    }
    await settle();
    assertEquals(slots.running <= 4 && slots.queued <= 8, true);
    if (random(50) === 0) clock.advance(20_000);
  }
  while (slots.running > 0) {
    held.pop()?.();
    await settle();
  }
  clock.advance(20_000);
  await Promise.all(pending);
  assertEquals([slots.running, slots.queued, clock.pending], [0, 0, 0]);
  assertEquals(taken + refused, pending.length);
});
