import { assertEquals } from "@std/assert";
import { BatchWriter } from "../../src/ledger/writing/batch_writer.ts";
import { type RecordBatch, recordLine, recordsOf } from "../../src/ledger/writing/record_lines.ts";
import { WriteQueue } from "../../src/ledger/writing/write_queue.ts";
import { ManualClock } from "../transport/manual_clock.ts";
import { recorded, settle } from "./recorded.ts";

Deno.test("records are the same after they were lines of text, whatever their texts hold", () => {
  const records = [
    recorded("a", { tags: { note: 'a "quoted"\nline,{}[]\u2028' } }),
    recorded("b", { costUsd: null, bodies: { request: "}\n{" } }),
  ];
  assertEquals(recordsOf(records.map(recordLine).join("")), records);
  assertEquals(recordsOf(""), []);
});

function writer(send: (batch: RecordBatch) => Promise<void>) {
  const clock = new ManualClock();
  return { clock, writer: new BatchWriter(send, clock) };
}

Deno.test("BatchWriter hands on what came within 100 ms as one batch, and nothing without records", async () => {
  const batches: RecordBatch[] = [];
  const { clock, writer: batchWriter } = writer((batch) => {
    batches.push(batch);
    return Promise.resolve();
  });
  batchWriter.add(recorded("a"));
  clock.advance(99);
  batchWriter.add(recorded("b"));
  assertEquals(batches, []);
  clock.advance(1);
  assertEquals(batches.map(({ text }) => recordsOf(text).map(({ uid }) => uid)), [["a", "b"]]);
  assertEquals(clock.pending, 0);
  batchWriter.add(recorded("c"));
  await batchWriter.flush();
  assertEquals(batches[1]?.records, 1);
  assertEquals(clock.pending, 0);
});

Deno.test("BatchWriter bounds what nobody takes, and the next batch says what was lost", async () => {
  const taken = Promise.withResolvers<void>();
  const batches: RecordBatch[] = [];
  const { writer: batchWriter } = writer((batch) => {
    batches.push(batch);
    return taken.promise;
  });
  const large = recorded("l", { bodies: { request: "x".repeat(1_048_576) } });
  for (let count = 0; count < 20; count++) batchWriter.add(large);
  // 16 MiB hold fifteen of them and what is around each.
  assertEquals(batches.length, 15);
  taken.resolve();
  await settle();
  batchWriter.add(recorded("after"));
  await batchWriter.flush();
  assertEquals(batches.at(-1)?.lost, 5);
});

Deno.test("BatchWriter counts what could not be handed on as lost", async () => {
  const batches: RecordBatch[] = [];
  const { writer: batchWriter } = writer((batch) => {
    batches.push(batch);
    return batches.length === 1 ? Promise.reject(new Error("gone")) : Promise.resolve();
  });
  batchWriter.add(recorded("a"));
  await batchWriter.flush();
  batchWriter.add(recorded("b"));
  await batchWriter.flush();
  assertEquals(batches.map(({ lost }) => lost), [0, 1]);
});

function queueOf(write: (text: string) => Promise<void>, isThere = () => true) {
  const clock = new ManualClock();
  const told: string[] = [];
  const queue = new WriteQueue({
    write,
    isThere: () => Promise.resolve(isThere()),
    watch: {
      away: (cause, waiting) => told.push(`away ${cause} ${waiting}`),
      back: (waiting) => told.push(`back ${waiting}`),
      lost: (records, cause) => told.push(`lost ${records} ${cause}`),
    },
    clock,
  });
  const take = (uid: string): void =>
    queue.take({ text: recordLine(recorded(uid)), records: 1, lost: 0 });
  return { clock, told, queue, take };
}

Deno.test("WriteQueue makes one write at a time, of all that waits", async () => {
  const writes: string[][] = [];
  let finish = Promise.withResolvers<void>();
  const { queue, take } = queueOf((text) => {
    writes.push(recordsOf(text).map(({ uid }) => uid));
    return finish.promise;
  });
  take("a");
  take("b");
  take("c");
  assertEquals(writes, [["a"]]);
  const first = finish;
  finish = Promise.withResolvers();
  first.resolve();
  await settle();
  assertEquals(writes, [["a"], ["b", "c"]]);
  finish.resolve();
  await queue.flush();
  assertEquals([queue.written, queue.lost, queue.waiting], [3, 0, 0]);
});

Deno.test("WriteQueue tries again while the store is away, in order, and says once that it is", async () => {
  let isAway = true;
  const written: string[] = [];
  const { clock, told, queue, take } = queueOf((text) => {
    if (isAway) return Promise.reject(new Error("no disk"));
    written.push(...recordsOf(text).map(({ uid }) => uid));
    return Promise.resolve();
  }, () => false);
  take("a");
  await settle();
  for (const pauseMs of [250, 500, 1_000, 2_000, 4_000, 5_000, 5_000]) {
    take(`later ${pauseMs}`);
    clock.advance(pauseMs);
    await settle();
  }
  assertEquals(queue.isAway, true);
  isAway = false;
  clock.advance(5_000);
  await settle();
  assertEquals(written.length, 8);
  assertEquals(written[0], "a");
  assertEquals(told, ["away no disk 1", "back 0"]);
  assertEquals(queue.isAway, false);
});

Deno.test("WriteQueue gives up the record that a store which answers does not take, and no other", async () => {
  const written: string[] = [];
  const { clock, told, queue, take } = queueOf((text) => {
    const uids = recordsOf(text).map(({ uid }) => uid);
    if (uids.includes("bad")) return Promise.reject(new Error("no such column"));
    written.push(...uids);
    return Promise.resolve();
  });
  take("bad");
  await settle();
  take("good");
  for (let tries = 0; tries < 5; tries++) {
    clock.advance(5_000);
    await settle();
  }
  take("next");
  await settle();
  assertEquals(written, ["good", "next"]);
  assertEquals(told, [
    "away no such column 1",
    "lost 1 no such column",
    "back 2",
  ]);
  assertEquals(queue.waiting, 0);
});

Deno.test("WriteQueue keeps what it writes one by one where the store goes away meanwhile", async () => {
  const written: string[] = [];
  let isThere = true;
  let isAway = false;
  const { clock, told, queue, take } = queueOf((text) => {
    const uids = recordsOf(text).map(({ uid }) => uid);
    // Away once the first of them is written by itself, until it is said to be back.
    if (isAway || uids.length > 1) return Promise.reject(new Error("gone"));
    written.push(...uids);
    if (uids[0] === "a") [isAway, isThere] = [true, false];
    return Promise.resolve();
  }, () => isThere);
  queue.take({
    text: ["a", "b", "c"].map((uid) => recordLine(recorded(uid))).join(""),
    records: 3,
    lost: 0,
  });
  for (let tries = 0; tries < 5; tries++) {
    await settle();
    clock.advance(5_000);
  }
  await settle();
  assertEquals([written, queue.lost, queue.waiting], [["a"], 0, 2]);
  [isAway, isThere] = [false, true];
  for (let tries = 0; tries < 6; tries++) {
    clock.advance(5_000);
    await settle();
  }
  assertEquals([written, queue.lost, queue.waiting], [["a", "b", "c"], 0, 0]);
  assertEquals(told, ["away gone 3", "back 2"]);
  take("d");
  await settle();
  assertEquals(written.at(-1), "d");
});

Deno.test("WriteQueue loses what is beyond its room, and at its close what cannot be written", async () => {
  const { told, queue, take } = queueOf(() => Promise.reject(new Error("full")), () => false);
  take("a");
  await settle();
  queue.take({ text: "x".repeat(68_000_000), records: 900, lost: 3 });
  assertEquals(queue.lost, 903);
  await queue.close();
  assertEquals(queue.lost, 904);
  assertEquals(told, [
    "away full 1",
    "lost 3 its thread had no room for it",
    "lost 900 too many wait to be written",
    "lost 1 full",
  ]);
});
