/** One table of limits under several threads. */

import { assert, assertEquals } from "@std/assert";
import { BucketTable, NONE } from "../../../src/limits/memory/bucket_table.ts";
import type { LimitDemand, LimitRule } from "../../../src/limits/limit_store.ts";
import {
  createLimitMemory,
  MemoryLimitStore,
} from "../../../src/limits/memory/memory_limit_store.ts";
import { SharedLock } from "../../../src/limits/memory/shared_lock.ts";
import { ManualClock } from "../../transport/manual_clock.ts";
import type { Job, Report } from "./limit_worker.ts";

const RULE: LimitRule = { name: "all", limit: 1_000, windowMs: 60_000 };
const SMALLER: LimitRule = { name: "some", limit: 700, windowMs: 60_000 };

/** Where a table's entries are in its memory, in words, and their links in them. */
const FIRST_ENTRY = 32;
const ENTRY_WORDS = 8;
const NEXT = 2;

type Decisions = readonly (readonly LimitDemand[])[];

/** Cuts off every chain, or makes each begin at the first entry, and that its own successor: a ring. */
function tear(memory: SharedArrayBuffer, maxBuckets: number, into: "pieces" | "a ring"): void {
  const words = new Int32Array(memory);
  words[FIRST_ENTRY + NEXT] = 1;
  words.fill(into === "a ring" ? 1 : 0, FIRST_ENTRY + maxBuckets * ENTRY_WORDS);
}

function nextReport(worker: Worker): Promise<Report> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
  });
}

/** Starts threads that are ready to begin, and ends them. */
class Threads {
  readonly #startSignal = new SharedArrayBuffer(4);
  readonly #workers: Worker[] = [];

  async start(memory: SharedArrayBuffer, decisions: Decisions, takes: number): Promise<void> {
    const url = new URL("./limit_worker.ts", import.meta.url);
    const worker = new Worker(url, { type: "module" });
    this.#workers.push(worker);
    const job: Job = { memory, startSignal: this.#startSignal, decisions, takes };
    const report = nextReport(worker);
    worker.postMessage(job);
    assertEquals(await report, "ready");
  }

  /** How many of each decision were allowed, by all threads together. */
  async run(): Promise<readonly number[]> {
    const reports = this.#workers.map(nextReport);
    const signal = new Int32Array(this.#startSignal);
    Atomics.store(signal, 0, 1);
    Atomics.notify(signal, 0);
    const sums: number[] = [];
    for (const report of await Promise.all(reports)) {
      if (report === "ready") throw new Error("A thread is ready twice");
      report.forEach((count, index) => sums[index] = (sums[index] ?? 0) + count);
    }
    return sums;
  }

  [Symbol.dispose](): void {
    for (const worker of this.#workers) worker.terminate();
  }
}

for (const threadCount of [2, 4]) {
  Deno.test(`${threadCount} threads admit exactly what one would`, async () => {
    using threads = new Threads();
    const memory = createLimitMemory(1_000, [1, 2, 3, 4]);
    const decisions: Decisions = [
      [{ rule: RULE, key: "a", cost: 1 }],
      [{ rule: RULE, key: "b", cost: 3 }],
      [{ rule: RULE, key: "c", cost: 1 }, { rule: SMALLER, key: "c", cost: 1 }],
      [{ rule: RULE, key: "c", cost: 1 }, { rule: SMALLER, key: "nobody", cost: 701 }],
    ];
    for (let count = 0; count < threadCount; count++) {
      await threads.start(memory, decisions, 100_000 / threadCount);
    }
    assertEquals(await threads.run(), [1_000, 333, 700, 0]);
    const store = new MemoryLimitStore(memory, new ManualClock());
    const looks = decisions.slice(0, 3).map(([demand]) => ({ ...demand!, cost: 0 }));
    const left = store.take(looks).states.map(({ remaining }) => remaining);
    assertEquals(left, [0, 1, 300]);
  });
}

Deno.test("Threads that fight for the places of a full table leave it sound", async () => {
  using threads = new Threads();
  const memory = createLimitMemory(50, [1, 2, 3, 4]);
  for (const name of ["x", "y"]) {
    const decisions = Array.from({ length: 200 }, (_, index) => [
      { rule: RULE, key: `${name} ${index}`, cost: 1 },
      { rule: SMALLER, key: "both", cost: 1 },
    ]);
    await threads.start(memory, decisions, 10_000);
  }
  await threads.run();
  const store = new MemoryLimitStore(memory, new ManualClock());
  // What is spent most is never dropped, so it was counted to the end.
  assertEquals(store.take([{ rule: SMALLER, key: "both", cost: 1 }]).isAllowed, false);
  assertEquals(new BucketTable(memory, 50).count, 50);
});

Deno.test("A thread that dies with the lock in its hand keeps the others waiting for a moment only", async () => {
  const memory = createLimitMemory(1_000, [1, 2, 3, 4]);
  const store = new MemoryLimitStore(memory, new ManualClock());
  const keys = Array.from({ length: 100 }, (_, index) => `client ${index}`);
  for (const [index, key] of keys.entries()) store.take([{ rule: RULE, key, cost: index }]);
  {
    using threads = new Threads();
    await threads.start(memory, [], 0);
    tear(memory, 1_000, "pieces"); // As if it had died in the middle of a change.
  }
  const left = () =>
    keys.map((key) => store.take([{ rule: RULE, key, cost: 0 }]).states[0]!.remaining);
  assertEquals(left(), keys.map((_, index) => 1_000 - index));
});

Deno.test("Whoever loses the lock while it holds it has the table put right", () => {
  const words = new Int32Array(new SharedArrayBuffer(16));
  const [stalled, other] = [new SharedLock(words, 0), new SharedLock(words, 0)];
  assertEquals(stalled.acquire(), true);
  stalled.release();
  assertEquals(stalled.acquire(), true);
  assertEquals(other.acquire(), false, "taken over");
  stalled.release();
  other.release();
  assertEquals(other.acquire(), false, "both have written");
  other.release();
  assertEquals(other.acquire(), true, "put right");
});

Deno.test("A table whose links were torn is put right with its levels", () => {
  const hashOf = (entry: number) => ({ low: entry, high: entry });
  const levelOf = (entry: number) => ({ fullAtMs: 1_000 + entry, rest: entry });
  const tornTable = () => {
    const memory = new SharedArrayBuffer(BucketTable.bytesFor(100));
    const table = new BucketTable(memory, 100);
    for (let entry = 0; entry < 100; entry++) table.add(hashOf(entry), 60_000, levelOf(entry), 0);
    tear(memory, 100, "a ring");
    return table;
  };
  const searched = tornTable();
  for (let entry = 0; entry < 100; entry++) {
    const found = searched.find(hashOf(entry));
    assert(found !== NONE, `${entry} is lost`);
    const level = { fullAtMs: 0, rest: 0 };
    searched.load(found, level);
    assertEquals(level, levelOf(entry));
  }
  const enlarged = tornTable();
  enlarged.add(hashOf(100), 60_000, levelOf(100), 0);
  enlarged.add(hashOf(101), 60_000, levelOf(101), 0);
  const kept = Array.from({ length: 102 }, (_, entry) => enlarged.find(hashOf(entry)) !== NONE);
  assertEquals(kept.filter((isKept) => !isKept).length, 2, "two make room");
  assertEquals(kept.slice(100), [true, true]);
});

Deno.test("Threads whose clocks began at other times share one time", () => {
  const memory = createLimitMemory(1_000, [1, 2, 3, 4]);
  let realMs = 1_000_000;
  const startedAt = (startMs: number, wallErrorMs: number) =>
    new MemoryLimitStore(memory, {
      nowMs: () => realMs - startMs,
      epochMs: () => realMs + wallErrorMs,
      schedule: () => () => {},
    });
  const demand: LimitDemand = {
    rule: { name: "all", limit: 10, windowMs: 10_000 },
    key: "a",
    cost: 10,
  };
  const first = startedAt(0, 0);
  assertEquals(first.take([demand]).isAllowed, true);
  // The wall clock was set back by a minute before the second thread began.
  const second = startedAt(900_000, -60_000);
  const waits: number[] = [];
  for (
    const [store, afterMs] of [[second, 0], [first, 500], [second, 500], [second, 1_000]] as const
  ) {
    realMs += afterMs;
    waits.push(store.take([demand]).states[0]!.retryAfterMs);
  }
  assertEquals(waits, [10_000, 9_500, 9_000, 8_000]);
});
