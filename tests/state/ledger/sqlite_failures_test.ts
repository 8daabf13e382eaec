/** What happens to a ledger in a file that cannot be opened, read or written: it says what to do, and keeps its sums right. */

import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import type { CallRecord } from "../../../src/core/ledger/call_record.ts";
import type { LedgerStore } from "../../../src/core/ledger/ledger_store.ts";
import { NewerStateError, StateError } from "../../../src/state/installation_secret.ts";
import { Database } from "../../../src/state/ledger/sqlite/database.ts";
import { openDatabase } from "../../../src/state/ledger/sqlite/open_database.ts";
import { MIGRATIONS } from "../../../src/state/ledger/sqlite/migrations.ts";
import { openSqliteStore, SqliteStore } from "../../../src/state/ledger/sqlite/sqlite_store.ts";
import { realClock } from "../../support/real_clock.ts";
import { workingDirectory } from "../../support/working_directory.ts";
import { callRecord, NOW_MS, optionsWith, variedCalls } from "./recorded_calls.ts";

const NAME = "ledger.sqlite";
const clock = { ...realClock, epochMs: () => NOW_MS };

function open(folder: string): LedgerStore {
  return openSqliteStore(folder, optionsWith(), clock);
}

interface Opened {
  readonly store: LedgerStore;
  readonly database: Database;
  readonly path: string;
}

/** A store whose connection the test may do things to. */
function testOpened(name: string, body: (opened: Opened) => Promise<void>): void {
  Deno.test(name, async () => {
    await using folder = await workingDirectory({});
    const path = `${folder.path}/${NAME}`;
    const database = openDatabase(path, "normal");
    const store = new SqliteStore(database, optionsWith(), clock);
    try {
      await body({ store, database, path });
    } finally {
      await store.close();
    }
  });
}

async function callsOf(store: LedgerStore): Promise<number> {
  const [sums] = await store.usage({ groups: [], timeZone: "UTC" });
  const { calls } = await store.calls({ limit: 10_000 });
  assertEquals(sums?.calls ?? 0, calls.length, "calls and their sums");
  return calls.length;
}

function largeCalls(from: number, count: number): CallRecord[] {
  return Array.from({ length: count }, (_, at) => (
    callRecord({ count: from + at, line: { reason: "x".repeat(1_000) } })
  ));
}

testOpened(
  "a full disk refuses a batch whole, and the next one is taken when there is room",
  async (
    { store, database },
  ) => {
    await store.append(largeCalls(0, 10));
    const pages = database.number("PRAGMA page_count");
    database.execute(`PRAGMA max_page_count = ${pages + 5}`);
    const tooMuch = largeCalls(10, 200);
    await assertRejects(() => store.append(tooMuch), StateError, "free space");
    assertEquals(await callsOf(store), 10);
    await assertRejects(() => store.append(tooMuch), StateError, "free space");
    database.execute("PRAGMA max_page_count = 1000000");
    await store.append(tooMuch);
    assertEquals(await callsOf(store), 210);
  },
);

testOpened(
  "a name that came with a refused batch is counted by its own when it comes again",
  async (
    { store, database },
  ) => {
    await store.append([callRecord({ count: 1 })]);
    database.execute("PRAGMA query_only = 1");
    const call = callRecord({ count: 2, line: { principal: "bob", model: "new" } });
    await assertRejects(() => store.append([call]), StateError, "let this program write");
    database.execute("PRAGMA query_only = 0");
    await store.append([callRecord({ count: 3, line: { principal: "carol" } }), call]);
    const rows = await store.usage({ groups: ["key", "model"], timeZone: "UTC" });
    assertEquals(rows.map(({ group }) => group), [["alice", "fast"], ["bob", "new"], [
      "carol",
      "fast",
    ]]);
  },
);

testOpened("what may only be read refuses every change and answers every question", async (
  { store, database },
) => {
  await store.append([callRecord()]);
  database.execute("PRAGMA query_only = 1");
  const entry = { atMs: 1, who: "a", action: "b", target: "c", before: null, after: null };
  const change = { kind: "key", id: "k", body: {}, audit: entry } as const;
  for (const ask of [() => store.change(change), () => store.note(entry), () => store.prune(0)]) {
    await assertRejects(ask, StateError, "let this program write");
  }
  assertEquals(await callsOf(store), 1);
  assertEquals(await store.entities(), []);
});

testOpened(
  "a file that another program holds refuses a batch, and takes it when it is let go",
  async (
    { store, database, path },
  ) => {
    await store.append([callRecord({ count: 1 })]);
    database.execute("PRAGMA busy_timeout = 1");
    const other = new Database(path, "normal");
    other.execute("BEGIN IMMEDIATE");
    await assertRejects(() => store.append([callRecord({ count: 2 })]), StateError, "holds it");
    assertEquals(await callsOf(store), 1);
    other.execute("COMMIT");
    other.close();
    await store.append([callRecord({ count: 2 })]);
    assertEquals(await callsOf(store), 2);
  },
);

Deno.test("a file that is no database says so and is left as it is", async () => {
  await using folder = await workingDirectory({ [NAME]: "No database at all. ".repeat(500) });
  const error = assertThrows(() => open(folder.path), StateError);
  assertStringIncludes(error.message, `${folder.path}/${NAME}`);
  assertStringIncludes(error.message, "put a backup in its place");
  assertStringIncludes(await Deno.readTextFile(`${folder.path}/${NAME}`), "No database at all");
});

Deno.test("pages that are damaged refuse what needs them, and say what to do", async () => {
  await using folder = await workingDirectory({});
  const store = open(folder.path);
  await store.append(largeCalls(0, 200));
  await store.close();
  // But for the first, which says what there is.
  const file = await Deno.open(`${folder.path}/${NAME}`, { read: true, write: true });
  const { size } = await file.stat();
  await file.seek(4_096, Deno.SeekMode.Start);
  await file.write(new Uint8Array(size - 4_096).fill(0x5a));
  file.close();
  const damaged = open(folder.path);
  for (
    const ask of [
      () => damaged.append([callRecord({ count: 300 })]),
      () => damaged.calls({ limit: 300 }),
      () => damaged.usage({ groups: ["key"], timeZone: "UTC" }),
    ]
  ) {
    await assertRejects(ask, StateError, "put a backup in its place");
  }
  await damaged.close();
});

Deno.test("a folder that may not be used says so", async () => {
  await using folder = await workingDirectory({ "file": "" });
  assertThrows(() => open(`${folder.path}/file/state`), StateError, "read and write");
  assertThrows(() => open("/nowhere/weir"), StateError, "read and write");
});

Deno.test("a database of a newer version is left alone, and its entities can be read", async () => {
  await using folder = await workingDirectory({});
  const entity = { kind: "key", id: "k1", body: { name: "web", hash: "ab" } } as const;
  const store = open(folder.path);
  const audit = { atMs: 1, who: "a", action: "b", target: "c", before: null, after: null };
  await store.change({ ...entity, audit });
  await store.close();
  const path = `${folder.path}/${NAME}`;
  const later = new Database(path, "normal");
  later.execute("PRAGMA user_version = 99");
  later.close();
  const before = await Deno.readFile(path);
  const error = assertThrows(() => open(folder.path), NewerStateError);
  assertEquals(error.entities, [entity]);
  assertStringIncludes(error.message, "newer Weir");
  assertEquals(await Deno.readFile(path), before);

  const changed = new Database(path, "normal");
  changed.execute("DROP TABLE entities");
  changed.close();
  assertEquals(assertThrows(() => open(folder.path), NewerStateError).entities, undefined);
});

Deno.test("the folder of 0.1.0 gets a ledger beside what it has", async () => {
  await using folder = await workingDirectory({ secret: `${"ab".repeat(32)}\n` });
  const responses = new Database(`${folder.path}/responses.sqlite`, "normal");
  responses.execute("CREATE TABLE responses (id TEXT PRIMARY KEY) STRICT");
  responses.close();
  const store = open(folder.path);
  await store.append([callRecord()]);
  assertEquals(await callsOf(store), 1);
  await store.close();
  const names = (await Array.fromAsync(Deno.readDir(folder.path))).map(({ name }) => name).sort();
  assertEquals(names, [NAME, "responses.sqlite", "secret"]);
  const { mode } = await Deno.stat(`${folder.path}/${NAME}`);
  assertEquals((mode ?? 0) & 0o777, 0o600);
});

const SECOND = "ALTER TABLE audit ADD COLUMN address TEXT";

Deno.test("an older database is copied and brought to the version of this program", async () => {
  await using folder = await workingDirectory({});
  const path = `${folder.path}/${NAME}`;
  const records = variedCalls(30);
  const store = open(folder.path);
  await store.append(records);
  // Still running, as the process before is while the new one starts.
  const newer = openDatabase(path, "normal", [...MIGRATIONS, SECOND]);
  await store.append([callRecord({ count: 99 })]);
  await store.note({ atMs: 1, who: "a", action: "b", target: "c", before: null, after: null });
  assertEquals(newer.number("SELECT count(*) FROM calls"), 31);
  assertEquals(newer.get("SELECT who, address FROM audit"), { who: "a", address: null });
  assertEquals(newer.number("PRAGMA user_version"), MIGRATIONS.length + 1);
  newer.close();
  await store.close();

  // The copy can be put in its place.
  await Deno.remove(path);
  await Deno.rename(`${path}.before-${MIGRATIONS.length + 1}`, path);
  const restored = open(folder.path);
  assertEquals(await callsOf(restored), 30);
  await restored.close();
});

Deno.test("a change of the tables that fails leaves the database as it was", async () => {
  await using folder = await workingDirectory({});
  const path = `${folder.path}/${NAME}`;
  const store = open(folder.path);
  await store.append([callRecord()]);
  await store.close();
  const broken = [...MIGRATIONS, "DROP TABLE calls; SELECT nonsense"];
  assertThrows(() => openDatabase(path, "normal", broken), StateError, "nonsense");
  assertThrows(() => openDatabase(path, "normal", broken), StateError, "nonsense");
  const again = open(folder.path);
  assertEquals(await callsOf(again), 1);
  await again.close();
});

Deno.test("two processes write into one folder, and neither misses or doubles anything", async () => {
  await using folder = await workingDirectory({});
  const [old, young] = [open(folder.path), open(folder.path)];
  const records = variedCalls(200);
  for (let at = 0; at < records.length; at += 20) {
    const batch = records.slice(at, at + 20);
    // Half of them by both, as a process that is told to stop and does not know what was written.
    await old.append(batch.slice(0, 15));
    await young.append(batch.slice(5));
  }
  const query = { groups: ["key", "provider"], timeZone: "UTC" } as const;
  assertEquals(await callsOf(old), 200);
  assertEquals(await young.usage(query), await old.usage(query));
  const audit = { atMs: 1, who: "a", action: "b", target: "c", before: null, after: null };
  const before = await young.version();
  await old.change({ kind: "key", id: "k", body: { name: "web" }, audit });
  assert(await young.version() > before);
  assertEquals(await young.entities(), [{ kind: "key", id: "k", body: { name: "web" } }]);
  await old.close();
  await young.append([callRecord({ count: 999 })]);
  assertEquals(await callsOf(young), 201);
  await young.close();
});

Deno.test("a database above its size gives up its oldest calls", async () => {
  await using folder = await workingDirectory({});
  const maxBytes = 4_194_304;
  const store = openSqliteStore(folder.path, optionsWith({ maxBytes }), clock);
  for (let at = 0; at < 2_000; at += 500) {
    await store.append(largeCalls(at, 500).map((record) => ({ ...record, endedMs: NOW_MS + at })));
  }
  await store.prune(NOW_MS);
  const { calls } = await store.calls({ limit: 2_000 });
  assert(calls.length > 500 && calls.length <= 1_500, `${calls.length}`);
  assertEquals(calls[0]?.endedMs, NOW_MS + 1_500);
  const [sums] = await store.usage({ groups: [], timeZone: "UTC" });
  assertEquals(sums?.calls, 2_000);
  await store.close();
});
