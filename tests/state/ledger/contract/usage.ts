/** Sums are those of the calls. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  LedgerQueryError,
  type LedgerStore,
  OTHERS,
  type UsageGroup,
  type UsageQuery,
} from "../../../../src/core/ledger/ledger_store.ts";
import { expectedUsage } from "../expected_answers.ts";
import { attemptAt, callRecord, HOUR_MS, NOW_MS, variedCalls } from "../recorded_calls.ts";
import type { Test } from "./test.ts";

const USAGE_GROUPS: readonly (readonly UsageGroup[])[] = [
  [],
  ["hour"],
  ["day"],
  ["key"],
  ["team"],
  ["model"],
  ["provider"],
  ["surface"],
  ["tag:project"],
  ["tag:nothing"],
  ["day", "key"],
  ["key", "model"],
  ["tag:project", "day", "provider"],
];

const USAGE_FILTERS: readonly Omit<UsageQuery, "groups" | "timeZone">[] = [
  {},
  { key: "alice" },
  { provider: "mistral" },
  { team: "search", model: "fast" },
  { tag: ["project", "web"], surface: "openai" },
  { key: "nobody" },
  { fromMs: NOW_MS - 31 * HOUR_MS + 5, untilMs: NOW_MS - 7 * HOUR_MS - 5 },
  { fromMs: NOW_MS - 49 * HOUR_MS, key: "bob" },
  { untilMs: NOW_MS - 24 * HOUR_MS, provider: "openai" },
];

export function testUsage(test: Test): void {
  test("sums are those of the calls, by every group and filter", async (store) => {
    const records = variedCalls(200);
    for (let at = 0; at < records.length; at += 64) await store.append(records.slice(at, at + 64));
    for (const groups of USAGE_GROUPS) {
      for (const filter of USAGE_FILTERS) {
        const timeZone = groups.length % 2 === 0 ? "UTC" : "America/New_York";
        const query = { ...filter, groups, timeZone };
        const label = JSON.stringify(query);
        assertEquals(await store.usage(query), expectedUsage(records, query), label);
      }
    }
  });

  test("days are those of the time zone, also those of 23 and 25 hours", async (store) => {
    const timeZone = "Europe/Berlin";
    // Clocks went back on the 25th of October and on on the 29th of March.
    for (const [month, day] of [[9, 24], [2, 28]] as const) {
      const startMs = Date.UTC(2026, month, day);
      const records = Array.from({ length: 72 }, (_, at) => (
        callRecord({ count: at, endedMs: startMs + at * HOUR_MS + 1 })
      ));
      await store.append(records);
      const query: UsageQuery = {
        groups: ["day"],
        timeZone,
        fromMs: startMs,
        untilMs: startMs + 72 * HOUR_MS,
      };
      assertEquals(await store.usage(query), expectedUsage(records, query));
    }
  });

  test("a zone that is none is refused as such", async (store) => {
    await store.append([callRecord()]);
    const query: UsageQuery = { groups: ["day"], timeZone: "Europe/Atlantis" };
    await assertRejects(() => store.usage(query), LedgerQueryError, "Europe/Atlantis");
  });

  test("a call of which nothing is known has no names", async (store) => {
    const bare = { ...callRecord(), line: { outcome: "internal_error" }, attempts: [] };
    await store.append([{ ...bare, costUsd: 0 }]);
    const rows = await store.usage({ groups: ["key", "team", "provider"], timeZone: "UTC" });
    assertEquals(rows.map(({ group, failed }) => [group, failed]), [[["", "", ""], 1]]);
  });

  test("what each provider charged is its own, and what nobody told is where the call ended", async (store) => {
    await store.append([
      callRecord({
        count: 1,
        attempts: [attemptAt("mistral", 0.5, "gone"), attemptAt("openai", 0.25)],
        costUsd: 1,
      }),
      callRecord({
        count: 2,
        attempts: [attemptAt("mistral", 0.5, "gone"), attemptAt("openai", null)],
        costUsd: null,
      }),
      { ...callRecord({ count: 3, attempts: [], costUsd: 0.125 }), isEstimated: true },
    ]);
    const rows = await store.usage({ groups: ["provider"], timeZone: "UTC" });
    assertEquals(
      rows.map(({ group, calls, costUsd, unpriced, estimated }) =>
        [group[0], calls, costUsd, unpriced, estimated] as const
      ),
      [["mistral", 0, 1, 0, 0], ["openai", 3, 0.625, 1, 1]],
    );
  });
}

export function testBounds(test: Test): void {
  const groupsOf = async (store: LedgerStore, group: UsageGroup) =>
    (await store.usage({ groups: [group], timeZone: "UTC" }))
      .map(({ group: [name], calls }) => [name, calls] as const);

  test("names beyond the bound are counted among others, and those before stay", async (store) => {
    const records = Array.from({ length: 20 }, (_, count) =>
      callRecord({
        count,
        line: { principal: `key-${count % 5}` },
        tags: { user: `user-${count}` },
      }));
    await store.append(records);
    await store.append([callRecord({ count: 20, line: { principal: "key-1" } })]);
    assertEquals(await groupsOf(store, "key"), [[OTHERS, 8], ["key-0", 4], ["key-1", 5], [
      "key-2",
      4,
    ]]);
    assertEquals(await groupsOf(store, "tag:user"), [
      ["", 1],
      [OTHERS, 18],
      ["user-0", 1],
      ["user-1", 1],
    ]);
    // The call itself says what it was, and is found by it.
    const { calls } = await store.calls({ limit: 9, text: "key-4" });
    assertEquals(calls.length, 4);
  }, { maxNames: 3, maxTagValues: 2 });

  test("models that only refused calls name are counted among others", async (store) => {
    const refused = { outcome: "refused", status: 404, upstream: undefined };
    const call = (count: number, model: string, line = {}) =>
      callRecord({ count, line: { ...line, model }, attempts: [], costUsd: 0 });
    await store.append([
      call(1, "made-up", refused),
      call(2, "real"),
      call(3, "real", refused),
    ]);
    assertEquals(await groupsOf(store, "model"), [[OTHERS, 1], ["real", 2]]);
    assertEquals((await store.calls({ limit: 9, text: "made-up" })).calls.length, 1);
  });

  test("of too many combinations the key stays", async (store) => {
    const records = Array.from({ length: 40 }, (_, count) =>
      callRecord({
        count,
        line: { principal: `key-${count % 2}`, model: `model-${count}` },
      }));
    await store.append(records);
    assertEquals(await groupsOf(store, "key"), [["key-0", 20], ["key-1", 20]]);
    const models = await groupsOf(store, "model");
    assert(models.length <= 11, `${models.length}`);
    assertEquals(models.reduce((sum, [, calls]) => sum + calls, 0), 40);
  }, { maxSeries: 10 });
}
