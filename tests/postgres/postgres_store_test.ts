/** The ledger in Postgres: one promise for all stores, and what is its own. */

import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { LedgerStore } from "../../src/core/ledger/ledger_store.ts";
import { NewerStateError, StateError } from "../../src/state/installation_secret.ts";
import { connect } from "../../src/state/ledger/postgres/connection.ts";
import { openPostgresStore } from "../../src/state/ledger/postgres/postgres_store.ts";
import { sharedSecret } from "../../src/state/ledger/postgres/shared_secret.ts";
import { realClock } from "../support/real_clock.ts";
import { callRecord, NOW_MS, optionsWith, variedCalls } from "../state/ledger/recorded_calls.ts";
import { testLedgerStore } from "../state/ledger/store_contract.ts";
import { type PostgresServer, startPostgres } from "./postgres_server.ts";

const clock = { ...realClock, epochMs: () => NOW_MS };
let server: PostgresServer;

Deno.test.beforeAll(async () => {
  server = await startPostgres();
});
Deno.test.afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

testLedgerStore("in Postgres", async (options, clock) => {
  const store = await openPostgresStore(await server.database(), options, clock);
  return { store, [Symbol.asyncDispose]: () => store.close() };
});

function test(
  name: string,
  body: (open: () => Promise<LedgerStore>, address: string) => Promise<void>,
) {
  Deno.test(`in Postgres: ${name}`, async () => {
    const address = await server.database();
    const opened: LedgerStore[] = [];
    const open = async () => {
      const store = await openPostgresStore(address, optionsWith(), clock);
      opened.push(store);
      return store;
    };
    try {
      await body(open, address);
    } finally {
      for (const store of opened) await store.close();
    }
  });
}

async function callsOf(store: LedgerStore): Promise<number> {
  const [sums] = await store.usage({ groups: [], timeZone: "UTC" });
  const { calls } = await store.calls({ limit: 10_000 });
  assertEquals(sums?.calls ?? 0, calls.length, "calls and their sums");
  return calls.length;
}

test("machines that write at once miss and double nothing", async (open) => {
  const stores = await Promise.all([open(), open(), open()]);
  const records = variedCalls(300);
  const batches = Array.from({ length: 15 }, (_, at) => records.slice(at * 20, at * 20 + 30));
  // Each batch overlaps the next, and all machines write all of them.
  await Promise.all(stores.map(async (store, machine) => {
    for (let at = 0; at < batches.length; at++) {
      await store.append(batches[(at * (machine + 1)) % batches.length] ?? []);
    }
  }));
  for (const batch of batches) await stores[0]!.append(batch);
  const query = { groups: ["key", "provider"], timeZone: "UTC" } as const;
  assertEquals(await callsOf(stores[0]!), 300);
  assertEquals(await stores[1]!.usage(query), await stores[0]!.usage(query));
});

test("machines that name the same new things in another order do not block each other, and know all of them", async (open) => {
  const [here, there] = [await open(), await open()];
  const recordsOf = (process: string, round: number) =>
    Array.from({ length: 30 }, (_, at) => {
      const count = round * 30 + at;
      return callRecord({ process, count, line: { model: `model-${count}`, status: 400 + at } });
    });
  for (let round = 0; round < 10; round++) {
    await Promise.all([
      here.append(recordsOf("here", round)),
      there.append(recordsOf("there", round).toReversed()),
    ]);
  }
  assertEquals(await callsOf(here), 600);
  const query = { groups: ["model"], timeZone: "UTC" } as const;
  assertEquals(await there.usage(query), await here.usage(query));
});

test("a change on one machine is seen on the others", async (open) => {
  const [here, there] = [await open(), await open()];
  const before = await there.version();
  const audit = { atMs: 1, who: "a", action: "b", target: "c", before: null, after: null };
  await here.change({ kind: "key", id: "k", body: { name: "web" }, audit });
  assertEquals(await there.version(), before + 1);
  assertEquals(await there.entities(), [{ kind: "key", id: "k", body: { name: "web" } }]);
});

test("texts that Postgres does not take are no reason to lose a batch", async (open) => {
  const store = await open();
  const odd = callRecord({
    count: 1,
    line: { model: "nul\u0000", principal: "half \ud800", reason: "a\u0000b", outcome: "refused" },
    tags: { project: "\u0000'\"{},\\" },
  });
  await store.append([odd, callRecord({ count: 2 })]);
  assertEquals(await callsOf(store), 2);
  assertEquals(await store.call(odd.uid), odd);
});

test(
  "tables of a newer version are left alone, and their entities can be read",
  async (open, address) => {
    const store = await open();
    const audit = { atMs: 1, who: "a", action: "b", target: "c", before: null, after: null };
    await store.change({ kind: "key", id: "k", body: { name: "web" }, audit });
    const connection = await connect(address);
    await connection.run("UPDATE weir.versions SET version = 99 WHERE name = 'tables'");
    await connection.close();
    const error = await assertRejects(open, NewerStateError, "newer Weir");
    assertEquals(error.entities, [{ kind: "key", id: "k", body: { name: "web" } }]);
  },
);

test("machines that start at once make the tables once", async (open) => {
  const stores = await Promise.all([open(), open(), open(), open()]);
  await stores[3]!.append([callRecord()]);
  assertEquals(await callsOf(stores[0]!), 1);
});

test(
  "a server that is away rejects, says what to do, and is used again when it is back",
  async (open, address) => {
    const store = await open();
    await store.append([callRecord({ count: 1 })]);
    await server.kill();
    try {
      const append = () => store.append([callRecord({ count: 2 })]);
      const error = await assertRejects(append, StateError, "can be reached");
      assertStringIncludes(error.message, "postgres://127.0.0.1");
      assertEquals(error.message.includes("secret"), false);
      await assertRejects(() => store.version(), StateError);
      await assertRejects(() => openPostgresStore(address, optionsWith(), clock), StateError);
    } finally {
      await server.restart();
    }
    await store.append([callRecord({ count: 2 })]);
    assertEquals(await callsOf(store), 2);
  },
);

test("machines share a secret, which stays", async (open, address) => {
  let count = 0;
  const randomBytes = (bytes: Uint8Array) => void bytes.fill(++count);
  const secrets = await Promise.all([1, 2, 3].map(() => sharedSecret(address, randomBytes)));
  assertEquals(new Set(secrets.map(String)).size, 1);
  assertEquals(secrets[0]?.length, 32);
  const store = await open();
  await store.append([callRecord()]);
  assertEquals(await sharedSecret(address, randomBytes), secrets[0]);
});

Deno.test("in Postgres: a database that is not there says so", async () => {
  const address = (await server.database()).replace(/\/[^/]*$/, "/nowhere");
  const open = () => openPostgresStore(address, optionsWith(), clock);
  await assertRejects(open, StateError, "create that database");
});
