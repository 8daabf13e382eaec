/** Copies of the ledger, made while it is used. */

import { assertEquals, assertThrows } from "@std/assert";
import { StateError } from "../../../src/state/installation_secret.ts";
import { backupState } from "../../../src/state/ledger/backup.ts";
import { openSqliteStore } from "../../../src/state/ledger/sqlite/sqlite_store.ts";
import { realClock } from "../../support/real_clock.ts";
import { workingDirectory } from "../../support/working_directory.ts";
import { callRecord, NOW_MS, optionsWith, variedCalls } from "./recorded_calls.ts";

async function namesIn(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
}

const clock = { ...realClock, epochMs: () => NOW_MS };

Deno.test("a copy has all there was, and can be put in the place of the ledger", async () => {
  await using folder = await workingDirectory({});
  const [state, other] = [`${folder.path}/state`, `${folder.path}/other`];
  const store = openSqliteStore(state, optionsWith(), clock);
  const records = variedCalls(100);
  const audit = { atMs: 1, who: "a", action: "b", target: "c", before: null, after: { b: 1 } };
  await store.append(records);
  await store.change({ kind: "key", id: "k", body: { name: "wéb" }, audit });
  await Deno.mkdir(other);
  backupState(state, `${other}/ledger.sqlite`);
  await store.append([callRecord({ count: 999 })]);
  assertEquals(await namesIn(other), ["ledger.sqlite"]);

  const copy = openSqliteStore(other, optionsWith(), clock);
  assertEquals((await copy.calls({ limit: 200 })).calls, records.toReversed());
  const query = { groups: ["key", "model"], timeZone: "UTC" } as const;
  const before = await copy.usage(query);
  assertEquals(before.reduce((sum, { calls }) => sum + calls, 0), 100);
  assertEquals(await copy.entities(), await store.entities());
  assertEquals(await copy.audit(9), await store.audit(9));
  assertEquals(await copy.version(), await store.version());
  // It goes on where it was.
  await copy.append([...records, callRecord({ count: 999 })]);
  assertEquals(await copy.usage(query), await store.usage(query));
  await copy.close();
  await store.close();
});

Deno.test("the store copies itself as well", async () => {
  await using folder = await workingDirectory({});
  const store = openSqliteStore(folder.path, optionsWith(), clock);
  await store.append(variedCalls(10));
  await store.backup(`${folder.path}/copy.sqlite`);
  await store.close();
  await Deno.rename(`${folder.path}/copy.sqlite`, `${folder.path}/ledger.sqlite`);
  const copy = openSqliteStore(folder.path, optionsWith(), clock);
  assertEquals((await copy.calls({ limit: 20 })).calls.length, 10);
  await copy.close();
});

Deno.test("what cannot be copied, and where it cannot be copied to, is said", async () => {
  await using folder = await workingDirectory({ "there": "before" });
  const file = `${folder.path}/there`;
  assertThrows(() => backupState(undefined, file), StateError, "in memory");
  assertThrows(() => backupState("postgres://weir@db/weir", file), StateError, "pg_dump");
  assertThrows(() => backupState(`${folder.path}/none`, file), StateError, "must be there");
  await openSqliteStore(folder.path, optionsWith(), clock).close();
  assertThrows(() => backupState(folder.path, file), StateError, "exists");
  assertThrows(
    () => backupState(folder.path, `${folder.path}/no/where`),
    StateError,
    "must be there",
  );
  assertEquals(await Deno.readTextFile(file), "before");
});
