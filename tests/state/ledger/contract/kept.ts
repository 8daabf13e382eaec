/** What was spent, what is made at run time, and what is dropped with time. */

import { assert, assertEquals } from "@std/assert";
import { type AuditEntry } from "../../../../src/core/ledger/ledger_store.ts";
import { expectedUsage } from "../expected_answers.ts";
import { callRecord, HOUR_MS, NOW_MS, variedCalls } from "../recorded_calls.ts";
import type { JsonObject } from "../../../../src/core/text/json.ts";
import type { Test } from "./test.ts";

const DAY_MS = 24 * HOUR_MS;

export function testSpending(test: Test): void {
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

export function testEntities(test: Test): void {
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
}

export function testLateChanges(test: Test): void {
  test("a change of what others have changed meanwhile changes nothing", async (store) => {
    const change = (body: JsonObject | null, replaces: JsonObject, action: string) =>
      store.change({ kind: "key", id: "k1", body, replaces, audit: auditOf(action) });
    const first = { name: "web", limits: [{ requests: 5 }], note: 'ü"\u0000' };
    assert(!await change(first, first, "too early"));
    assert(
      await store.change({ kind: "key", id: "k1", body: first, audit: auditOf("key.create") }),
    );
    const [{ body: read = {} } = {}] = await store.entities();
    const withdrawn = { ...read, withdrawnMs: 1 };
    assert(await change(withdrawn, read, "key.delete"));
    const version = await store.version();
    assert(!await change({ ...read, name: "app" }, read, "too late"));
    assert(!await change(null, read, "too late"));
    assertEquals(await store.entities(), [{ kind: "key", id: "k1", body: withdrawn }]);
    assertEquals(await store.version(), version);
    const { entries } = await store.audit(10);
    assertEquals(entries.map(({ action }) => action), ["key.delete", "key.create"]);
  });
}

export function testAudit(test: Test): void {
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

export function testPruning(test: Test): void {
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
