/** What every store of the ledger promises, wherever it keeps it. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Clock } from "../../../src/core/clock.ts";
import { callUid } from "../../../src/core/ledger/call_record.ts";
import type {
  AuditEntry,
  CallsQuery,
  LedgerStore,
  UsageGroup,
  UsageQuery,
} from "../../../src/core/ledger/ledger_store.ts";
import { LedgerQueryError, OTHERS } from "../../../src/core/ledger/ledger_store.ts";
import type { LedgerOptions } from "../../../src/state/ledger/options.ts";
import { realClock } from "../../support/real_clock.ts";
import { expectedCalls, expectedUsage } from "./expected_answers.ts";
import {
  attemptAt,
  callRecord,
  HOUR_MS,
  NOW_MS,
  optionsWith,
  variedCalls,
} from "./recorded_calls.ts";

const DAY_MS = 24 * HOUR_MS;
const testClock: Clock = { ...realClock, epochMs: () => NOW_MS };

/** Makes an empty store; disposing closes it and removes what it kept. */
export type OpenStore = (
  options: LedgerOptions,
  clock: Clock,
) => Promise<{ readonly store: LedgerStore } & AsyncDisposable>;

type Body = (store: LedgerStore) => Promise<void>;

export function testLedgerStore(where: string, open: OpenStore): void {
  const test = (name: string, body: Body, given: Partial<LedgerOptions> = {}) =>
    Deno.test(`${where}: ${name}`, async () => {
      await using opened = await open(optionsWith(given), testClock);
      await body(opened.store);
    });
  testCalls(test);
  testFoundCalls(test);
  testUsage(test);
  testBounds(test);
  testSpending(test);
  testEntities(test);
  testPruning(test);
}

type Test = (name: string, body: Body, given?: Partial<LedgerOptions>) => void;

function testCalls(test: Test): void {
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

function testFoundCalls(test: Test): void {
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

function testUsage(test: Test): void {
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

function testBounds(test: Test): void {
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

function testSpending(test: Test): void {
  test("what was spent is exact to the millisecond it is asked from", async (store) => {
    const records = variedCalls(300);
    await store.append(records);
    const starts = [0, NOW_MS - 40 * HOUR_MS, NOW_MS - 21 * HOUR_MS - 1_234, NOW_MS - 60_000];
    const scopes = [
      { kind: "all", name: "" },
      { kind: "key", name: "alice" },
      { kind: "team", name: "search" },
      { kind: "provider", name: "mistral" },
      { kind: "provider", name: "openai" },
      { kind: "key", name: "nobody" },
    ] as const;
    const asked = starts.flatMap((fromMs) => scopes.map((scope) => ({ scope, fromMs })));
    const expected = asked.map(({ scope: { kind, name }, fromMs }) => {
      const since = records.filter(({ endedMs }) => endedMs >= fromMs);
      const filter = kind === "all" ? {} : { [kind]: name };
      const [row] = expectedUsage(since, { ...filter, groups: [], timeZone: "UTC" });
      return row?.costUsd ?? 0;
    });
    assertEquals(await store.spentSince(asked), expected);
  });
}

function auditOf(action: string, atMs = NOW_MS): AuditEntry {
  return { atMs, who: "admin", action, target: "k1", before: null, after: { name: "web" } };
}

function testEntities(test: Test): void {
  test("what is made at run time is kept, changed and removed, each with its entry", async (store) => {
    const body = { name: "web", hash: "ab", limits: [{ requests: 5 }] };
    const versions = [await store.version()];
    const change = async (given: typeof body | null, action: string) => {
      await store.change({ kind: "key", id: "k1", body: given, audit: auditOf(action) });
      versions.push(await store.version());
    };
    await change(body, "key.create");
    assertEquals(await store.entities(), [{ kind: "key", id: "k1", body }]);
    await change({ ...body, name: "app" }, "key.change");
    assertEquals(await store.entities(), [{
      kind: "key",
      id: "k1",
      body: { ...body, name: "app" },
    }]);
    await store.change({
      kind: "team",
      id: "k1",
      body: { name: "search" },
      audit: auditOf("team.create"),
    });
    assertEquals((await store.entities()).length, 2);
    await change(null, "key.remove");
    assertEquals((await store.entities()).map(({ kind }) => kind), ["team"]);
    assert(versions.every((version, at) => at === 0 || version > versions[at - 1]!), `${versions}`);
    const { entries } = await store.audit(10);
    assertEquals(
      entries.map(({ action }) => action),
      ["key.remove", "team.create", "key.change", "key.create"],
    );
    assertEquals(entries[3], auditOf("key.create"));
  });

  test("a note is no change of an entity", async (store) => {
    const before = await store.version();
    await store.note(auditOf("configuration.reload"));
    assertEquals(await store.version(), before);
    assertEquals((await store.audit(1)).entries, [auditOf("configuration.reload")]);
  });

  test("the audit trail is read page by page, the newest first", async (store) => {
    for (let at = 0; at < 7; at++) await store.note(auditOf(`action.${at}`));
    const actions: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await store.audit(3, cursor);
      actions.push(...page.entries.map(({ action }) => action));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    assertEquals(actions, [6, 5, 4, 3, 2, 1, 0].map((at) => `action.${at}`));
  });
}

function testPruning(test: Test): void {
  test("old calls go and their sums stay", async (store) => {
    const old = Array.from({ length: 30 }, (_, count) => (
      callRecord({ count, endedMs: NOW_MS - 31 * DAY_MS + count })
    ));
    const recent = callRecord({ count: 40, endedMs: NOW_MS - 29 * DAY_MS });
    await store.append([...old, recent]);
    await store.prune(NOW_MS);
    assertEquals((await store.calls({ limit: 100 })).calls, [recent]);
    assertEquals(await store.call("request-3"), undefined);
    const [sums] = await store.usage({ groups: [], timeZone: "UTC" });
    assertEquals([sums?.calls, sums?.costUsd], [31, 31 * 0.25]);
  });

  test("sums and entries of the audit trail go where that is asked for", async (store) => {
    const ages = [0, 3 * DAY_MS];
    await store.append(ages.map((age, count) => callRecord({ count, endedMs: NOW_MS - age })));
    for (const age of ages.toReversed()) await store.note(auditOf(`age.${age}`, NOW_MS - age));
    await store.prune(NOW_MS);
    const rows = await store.usage({ groups: ["day"], timeZone: "UTC" });
    assertEquals(rows.map(({ calls }) => calls), [1]);
    assertEquals((await store.audit(9)).entries.map(({ action }) => action), ["age.0"]);
  }, { sumsMaxAgeMs: 2 * DAY_MS, auditMaxAgeMs: 2 * DAY_MS });
}
