/** Slots for calls that several threads share. */

import { assertEquals, assertRejects } from "@std/assert";
import { GatewayError } from "../../../src/core/gateway_error.ts";
import { CallSlots, concurrencyOptions, type ReleaseSlot } from "../../../src/limits/call_slots.ts";
import {
  clearThread,
  createSlotMemory,
  SharedSlotCounts,
} from "../../../src/limits/memory/shared_slot_counts.ts";
import { ManualClock } from "../../transport/manual_clock.ts";

const NEVER = new AbortController().signal;
const ANYBODY = { key: "anybody", maxCalls: 0 };

function createThreads(count: number) {
  const clock = new ManualClock();
  clock.advance(1_000_000);
  const memory = createSlotMemory(count, [1, 2, 3, 4]);
  const counts = Array.from(
    { length: count },
    (_, thread) => new SharedSlotCounts(memory, thread, clock),
  );
  return { clock, memory, counts };
}

/** Slots of two threads, and how a call takes one. */
function createSlots(maxCalls: number) {
  const { clock, counts } = createThreads(2);
  const options = concurrencyOptions.parse({ maxCalls });
  const [first, second] = counts.map((own) => new CallSlots(options, clock, own)) as [
    CallSlots,
    CallSlots,
  ];
  const take = async (slots: CallSlots): Promise<ReleaseSlot> =>
    await slots.take({ ...ANYBODY, signal: NEVER });
  return { clock, first, second, take };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
}

Deno.test("SharedSlotCounts counts the calls of all threads, and those of a key", () => {
  const { clock, counts } = createThreads(3);
  const keyed = { key: "a", maxCalls: 2 };
  const [first, second, third] = counts as [SharedSlotCounts, SharedSlotCounts, SharedSlotCounts];
  assertEquals(first.take(keyed, 4), true);
  assertEquals(second.take(keyed, 4), true);
  assertEquals([third.isSpent(keyed), third.take(keyed, 4)], [true, false]);
  assertEquals(third.take({ key: "b", maxCalls: 2 }, 4), true);
  assertEquals(third.take(ANYBODY, 4), true);
  assertEquals([first.take(ANYBODY, 4), first.running, third.running], [false, 4, 4]);
  second.giveBack(keyed);
  clock.advance(60);
  assertEquals([first.isSpent(keyed), third.take(keyed, 4)], [false, true]);
});

Deno.test("SharedSlotCounts gives back every key, in whatever order", () => {
  const { counts: [counts] } = createThreads(2);
  const owners = Array.from({ length: 50 }, (_, index) => ({ key: `key ${index}`, maxCalls: 1 }));
  for (const owner of owners) assertEquals(counts?.take(owner, 100), true);
  assertEquals(owners.filter((owner) => counts?.isSpent(owner)).length, 50);
  for (const [index, owner] of owners.entries()) if (index % 2 === 0) counts?.giveBack(owner);
  assertEquals(owners.map((owner) => counts?.isSpent(owner)), owners.map((_, i) => i % 2 === 1));
  for (const [index, owner] of owners.entries()) if (index % 2 === 1) counts?.giveBack(owner);
  assertEquals([counts?.running, owners.some((owner) => counts?.isSpent(owner))], [0, false]);
});

Deno.test("clearThread() takes off what a dead thread held, and nothing else", () => {
  const { counts, memory } = createThreads(2);
  const [first, second] = counts as [SharedSlotCounts, SharedSlotCounts];
  const keyed = { key: "a", maxCalls: 1 };
  first.take(ANYBODY, 10);
  second.take(keyed, 10);
  second.take(ANYBODY, 10);
  assertEquals(first.take(keyed, 10), false);
  assertEquals(clearThread(memory, 1), 2);
  assertEquals([first.running, first.take(keyed, 10)], [1, true]);
});

Deno.test("a call that waits in one thread gets the slot that another gives back", async () => {
  const { clock, first, second, take } = createSlots(1);
  const release = await take(first);
  const waiting = take(second);
  await settle();
  assertEquals([second.queued, clock.pending], [1, 2]);
  release();
  clock.advance(5);
  (await waiting)();
  assertEquals([first.running, second.queued], [0, 0]);
  clock.advance(5);
  assertEquals(clock.pending, 0, "nobody waits, so nobody looks");
});

Deno.test("a thread with many calls does not keep slots from one that waits with few", async () => {
  const { clock, first, second, take } = createSlots(2);
  const held = [await take(first), await take(first)];
  const more = Array.from({ length: 10 }, () => take(first));
  const waiting = take(second);
  await settle();
  clock.advance(5);
  held[0]?.();
  await settle();
  // The first thread's own queue is not served before the other has had its share.
  assertEquals([first.queued, second.queued], [10, 1]);
  clock.advance(5);
  await settle();
  assertEquals([first.queued, second.queued], [10, 0]);
  (await waiting)();
  clock.advance(5);
  await settle();
  assertEquals(first.queued, 9);
  held[1]?.();
  for (const call of more) {
    clock.advance(60);
    await settle();
    (await call)();
  }
  assertEquals([first.running, second.running], [0, 0]);
});

Deno.test("a share is kept only for who waits now", async () => {
  const { clock, first, second, take } = createSlots(2);
  const held = [await take(first), await take(first)];
  const waiting = take(second);
  await settle();
  // Its clients have left, or it hangs.
  clock.advance(10_000);
  await assertRejects(() => waiting, GatewayError);
  held[0]?.();
  clock.advance(60);
  assertEquals(first.take({ ...ANYBODY, signal: NEVER }) instanceof Promise, false);
});
