/** The ledger in memory. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { createMemoryStore } from "../../../src/state/ledger/memory_store.ts";
import { realClock } from "../../support/real_clock.ts";
import { attemptAt, callRecord, HOUR_MS, NOW_MS, optionsWith } from "./recorded_calls.ts";
import { testLedgerStore } from "./store_contract.ts";

testLedgerStore("in memory", (options, clock) => {
  const store = createMemoryStore(options, clock);
  return Promise.resolve({ store, [Symbol.asyncDispose]: () => store.close() });
});

Deno.test("the newest calls are kept, and sums of all", async () => {
  const store = createMemoryStore(optionsWith({ maxCallsInMemory: 10 }), realClock);
  for (let count = 0; count < 100; count++) {
    await store.append([callRecord({ count, endedMs: NOW_MS + count })]);
  }
  const { calls } = await store.calls({ limit: 100 });
  assert(calls.length >= 10 && calls.length <= 11, `${calls.length}`);
  assertEquals(calls[0]?.line["request_id"], "request-99");
  const [sums] = await store.usage({ groups: [], timeZone: "UTC", untilMs: NOW_MS + HOUR_MS });
  assertEquals(sums?.calls, 100);
});

Deno.test("hours of the oldest days become days where there are too many", async () => {
  const store = createMemoryStore(optionsWith({ maxSeries: 30 }), realClock);
  for (let count = 0; count < 72; count++) {
    const endedMs = NOW_MS - 72 * HOUR_MS + count * HOUR_MS;
    await store.append([callRecord({ count, endedMs })]);
  }
  const window = { fromMs: NOW_MS - 80 * HOUR_MS, untilMs: NOW_MS };
  const days = await store.usage({ ...window, groups: ["day"], timeZone: "UTC" });
  assertEquals(days.map(({ group: [day], calls }) => [day, calls]), [
    ["2026-11-26", 17],
    ["2026-11-27", 24],
    ["2026-11-28", 24],
    ["2026-11-29", 7],
  ]);
  const hours = await store.usage({ ...window, groups: ["hour"], timeZone: "UTC" });
  assert(hours.length <= 30, `${hours.length}`);
});

Deno.test("days are told of more sums than a function may have arguments", async () => {
  const store = createMemoryStore(optionsWith({ maxSeries: 200_000 }), realClock);
  // Of each call there is a sum for each provider that it was tried at.
  const attempts = Array.from({ length: 1_000 }, (_, at) => attemptAt(`provider-${at}`, 1));
  const records = Array.from({ length: 140 }, (_, count) => {
    const line = { principal: `key-${count}` };
    return callRecord({ count, endedMs: NOW_MS + count, line, attempts, costUsd: 1_000 });
  });
  await store.append(records);
  const asked = { untilMs: NOW_MS + HOUR_MS, groups: ["day"], timeZone: "Europe/Berlin" } as const;
  const rows = await store.usage(asked);
  assertEquals(rows.map(({ group, calls, costUsd }) => [group, calls, costUsd]), [
    [["2026-11-29"], 140, 140_000],
  ]);
});

Deno.test("there is no backup of what lies in memory", async () => {
  const store = createMemoryStore(optionsWith(), realClock);
  await assertRejects(() => store.backup("copy.sqlite"), Error, "set STATE");
});
