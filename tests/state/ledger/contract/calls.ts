/** Calls come back as they were recorded, and are found by what they are. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { callUid } from "../../../../src/core/ledger/call_record.ts";
import {
  type CallsQuery,
  LedgerQueryError,
  type LedgerStore,
} from "../../../../src/core/ledger/ledger_store.ts";
import { expectedCalls } from "../expected_answers.ts";
import { callRecord, HOUR_MS, NOW_MS, variedCalls } from "../recorded_calls.ts";
import type { Test } from "./test.ts";

export function testCalls(test: Test): void {
  test("a call comes back as it was recorded, by its uid and by its request's id", async (store) => {
    const record = {
      ...callRecord({ tags: { project: "wéb" }, team: "search", costUsd: null }),
      bodies: { request: "{}", answer: "ü\u0000\n" },
    };
    await store.append([record]);
    assertEquals(await store.call(record.uid), record);
    assertEquals(await store.call("request-1"), record);
    assertEquals(await store.call("request-2"), undefined);
    assertEquals(await store.call(callUid(NOW_MS, "q", 1)), undefined);
  });

  test("of calls with the same request id the newest is found", async (store) => {
    const line = { request_id: "again" };
    const first = callRecord({ count: 1, line });
    const second = callRecord({ count: 2, endedMs: NOW_MS + 5, line });
    await store.append([second, first]);
    assertEquals(await store.call("again"), second);
  });

  test("a batch that is sent twice counts once", async (store) => {
    const records = variedCalls(50);
    await store.append(records);
    await store.append([...records, callRecord({ count: 99 })]);
    await store.append(records);
    const [sums] = await store.usage({ groups: [], timeZone: "UTC" });
    assertEquals(sums?.calls, 51);
    const { calls } = await store.calls({ limit: 100 });
    assertEquals(calls.length, 51);
  });

  test("calls that ended in the same millisecond are all kept", async (store) => {
    const records = Array.from({ length: 300 }, (_, count) => callRecord({ count }));
    await store.append(records.slice(0, 200));
    await store.append(records.slice(100));
    const { calls } = await store.calls({ limit: 1_000 });
    assertEquals(calls.length, 300);
  });

  test("a batch of nothing changes nothing", async (store) => {
    await store.append([]);
    assertEquals(await store.usage({ groups: [], timeZone: "UTC" }), []);
    assertEquals(await store.calls({ limit: 1 }), {
      calls: [],
      nextCursor: undefined,
      isPartial: false,
    });
  });
}

async function allPages(store: LedgerStore, query: Omit<CallsQuery, "limit">, limit: number) {
  const found = [];
  let cursor: string | undefined;
  do {
    const page = await store.calls({
      ...query,
      limit,
      ...(cursor === undefined ? {} : { cursor }),
    });
    assert(page.calls.length <= limit);
    found.push(...page.calls);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return found;
}

const CALL_QUERIES: readonly Omit<CallsQuery, "limit">[] = [
  {},
  { key: "alice" },
  { key: "alice", model: "smart", outcome: "complete" },
  { provider: "anthropic", surface: "openai" },
  { team: "" },
  { team: "search", tag: ["project", "web"] },
  { tag: ["project", ""] },
  { status: 429 },
  { status: 5 },
  { status: 4, key: "bob" },
  { outcome: "client_gone", status: 499 },
  { outcome: "client_gone", status: 200 },
  { key: "nobody" },
  { fromMs: NOW_MS - 30 * HOUR_MS, untilMs: NOW_MS - 20 * HOUR_MS },
  { fromMs: NOW_MS - 30 * HOUR_MS, key: "carol", outcome: "refused" },
  { text: "code_502" },
  { text: "CODE_502", key: "alice" },
  { text: "mistral" },
  { text: "carol", fromMs: NOW_MS - 10 * HOUR_MS },
  { text: "100%_\\" },
  { text: "request-7" },
  { text: "something failed", status: 4 },
];

export function testFoundCalls(test: Test): void {
  test("calls are found by what they are, the newest first, page by page", async (store) => {
    const records = variedCalls(400);
    for (let at = 0; at < records.length; at += 64) await store.append(records.slice(at, at + 64));
    for (const query of CALL_QUERIES) {
      const expected = expectedCalls(records, query).map(({ uid }) => uid);
      const label = JSON.stringify(query);
      assertEquals((await allPages(store, query, 7)).map(({ uid }) => uid), expected, label);
      assertEquals((await allPages(store, query, 500)).map(({ uid }) => uid), expected, label);
    }
  });

  test("new calls do not shift the pages of somebody who reads on", async (store) => {
    const records = variedCalls(30);
    await store.append(records);
    const first = await store.calls({ limit: 10 });
    await store.append([callRecord({ count: 31 }), callRecord({ count: 32 })]);
    const second = await store.calls({ limit: 10, cursor: first.nextCursor! });
    assertEquals(
      [...first.calls, ...second.calls].map(({ uid }) => uid),
      records.slice(10).reverse().map(({ uid }) => uid),
    );
  });

  test("a cursor of somebody else's is refused as such", async (store) => {
    for (const cursor of ["", "x", "-1", "'; DROP TABLE calls"]) {
      await assertRejects(() => store.calls({ limit: 1, cursor }), LedgerQueryError, "cursor");
      await assertRejects(() => store.audit(1, cursor), LedgerQueryError, "cursor");
    }
  });
}
