/** Answers that give way to others. */

import { assert, assertEquals } from "@std/assert";
import { MemoryAnswerStore } from "../../../src/gateway/sharing/answer_store.ts";
import { bytesOf, type KeptAnswer } from "../../../src/gateway/sharing/kept_answer.ts";
import { ManualClock } from "../../transport/manual_clock.ts";

const ANSWER: KeptAnswer = {
  headers: [],
  chunks: [{ atMs: 0, bytes: new Uint8Array(100) }],
  isStream: false,
  keptMs: 0,
  provider: "p",
  warnings: [],
  guards: [],
  usd: null,
  inputTokens: 0,
  outputTokens: 0,
};

function storeFor(answers: number) {
  let dropped = 0;
  const store = new MemoryAnswerStore({
    clock: new ManualClock(),
    ttlMs: 60_000,
    maxBytes: answers * bytesOf(ANSWER),
    generation: new Int32Array(1),
    onDropped: () => dropped++,
  });
  return { store, dropped: () => dropped };
}

Deno.test("those that were not asked for longest give way, and no more than have to", () => {
  const { store, dropped } = storeFor(3);
  for (const key of ["a", "b", "c"]) store.put(key, ANSWER);
  store.get("a");
  store.put("d", ANSWER);
  assertEquals(["a", "b", "c", "d"].filter((key) => store.get(key) !== undefined), ["a", "c", "d"]);
  assertEquals(dropped(), 1);
  assertEquals(store.held, { count: 3, bytes: 3 * bytesOf(ANSWER) });
});

Deno.test("of a large store a sixty-fourth gives way at the most", () => {
  const { store, dropped } = storeFor(6_400);
  for (let number = 0; number <= 6_400; number++) store.put(`${number}`, ANSWER);
  assertEquals(dropped(), 100);
  assertEquals(store.get("99"), undefined);
  assertEquals(store.get("100"), ANSWER);
});

Deno.test("an answer costs a full store no more where it holds a hundred times as many", () => {
  // Short enough for one of them to be left alone by whoever else uses the machine.
  const ROUNDS = 30;
  const PUTS = 10_000;
  let next = 0;
  const stores = [1_000, 100_000].map((size) => {
    const { store } = storeFor(size);
    for (let number = 0; number < size; number++) store.put(`${next++}`, ANSWER);
    return { store, fastestMs: Infinity };
  });
  for (let round = 0; round < ROUNDS; round++) {
    for (const each of stores) {
      const startMs = performance.now();
      for (let put = 0; put < PUTS; put++) each.store.put(`${next++}`, ANSWER);
      each.fastestMs = Math.min(each.fastestMs, performance.now() - startMs);
    }
  }
  const [small, large] = stores.map(({ fastestMs }) => fastestMs) as [number, number];
  // Nine times as much, where each looks for the oldest by itself.
  assert(large < 5 * small, `${large} ms and not ${small} ms`);
});
