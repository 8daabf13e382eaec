/** Keys of one name that are made at the same time on two machines, and bodies that others have written. */

import { assertEquals, assertRejects } from "@std/assert";
import { EntityBook } from "../../../src/admin/entities/entity_book.ts";
import { keyRoutes } from "../../../src/admin/entities/keys.ts";
import type { AdminRoute, Asked } from "../../../src/admin/api/route.ts";
import { GatewayError } from "../../../src/core/gateway_error.ts";
import type { LedgerStore } from "../../../src/core/ledger/ledger_store.ts";
import { createMemoryStore } from "../../../src/state/ledger/memory_store.ts";
import { optionsWith } from "../../state/ledger/recorded_calls.ts";
import { ManualClock } from "../../transport/manual_clock.ts";

const clock = new ManualClock();
const randomBytes = (bytes: Uint8Array<ArrayBuffer>): void => {
  crypto.getRandomValues(bytes);
};

/** A machine's own view of one store. */
function machineOn(
  store: LedgerStore,
): (name: string, asked: Partial<Asked<unknown, unknown>>) => Promise<Response> {
  const book = new EntityBook({ ledger: { store }, clock, randomBytes });
  const routes = keyRoutes({ book, clock, randomBytes, fileKeys: [], isOpen: () => false });
  return async (name, asked) => {
    const found = routes.find(({ method, path }: AdminRoute) => `${method} ${path}` === name);
    if (found === undefined) throw new Error(`There is no ${name}`);
    const caller = { role: "write", who: "admin", via: "key" } as const;
    const given = { caller, params: {}, query: {}, body: undefined, requestId: "", ...asked };
    return await found.handle(given as Asked<unknown, unknown>);
  };
}

async function namesIn(store: LedgerStore): Promise<readonly unknown[]> {
  return (await store.entities()).map(({ body }) => body["name"]);
}

Deno.test("two machines that make a key of one name at once make one at the most", async () => {
  const store = createMemoryStore(optionsWith(), clock);
  const machines = [machineOn(store), machineOn(store)];
  const made = await Promise.allSettled(
    machines.map((ask) => ask("POST /keys", { body: { name: "ci" } })),
  );
  const refused = made.filter(({ status }) => status === "rejected").length;
  assertEquals((await namesIn(store)).length, 2 - refused);
  assertEquals(refused >= 1, true);
  // Whoever tries again has it, or is told that it is taken.
  if (refused === 2) await machines[0]?.("POST /keys", { body: { name: "ci" } });
  await assertRejects(
    () => machineOn(store)("POST /keys", { body: { name: "ci" } }),
    GatewayError,
    "is taken",
  );
});

/** The same store, on which others act between what one reads and what one writes. */
function interrupted(store: LedgerStore, act: () => Promise<unknown>): LedgerStore {
  const view = Object.create(store) as LedgerStore;
  view.entities = async () => {
    const read = await store.entities();
    await act();
    return read;
  };
  for (const name of ["change", "audit"] as const) view[name] = store[name].bind(store) as never;
  return view;
}

Deno.test("a key that is withdrawn while another machine changes it stays withdrawn", async () => {
  const store = createMemoryStore(optionsWith(), clock);
  const here = machineOn(store);
  const { id } = await (await here("POST /keys", { body: { name: "ci" } })).json();
  const params = { id };
  let acts = [() => here("DELETE /keys/{id}", { params })];
  const there = machineOn(interrupted(store, async () => await acts.pop()?.()));
  const late = () => there("PATCH /keys/{id}", { params, body: { disabled: true } });
  await assertRejects(late, GatewayError, "no key of this id");
  const [{ body = {} } = {}] = await store.entities();
  assertEquals([typeof body["withdrawnMs"], body["disabled"]], ["number", false]);

  // Both changes are made where both can be, and one that always comes too late is told.
  const second = await (await here("POST /keys", { body: { name: "cd" } })).json();
  const pause = { params: { id: second.id }, body: { disabled: true } };
  const own = (owner: string) => () =>
    here("PATCH /keys/{id}", { params: { id: second.id }, body: { owner } });
  acts = [own("anna")];
  const shown = await (await there("PATCH /keys/{id}", pause)).json();
  assertEquals([shown.owner, shown.state], ["anna", "paused"]);
  acts = Array.from({ length: 20 }, (_, at) => own(`${at}`));
  const error = await assertRejects(
    () => there("PATCH /keys/{id}", { ...pause, body: { disabled: false } }),
    GatewayError,
    "at the same time",
  );
  assertEquals([error.status, error.code], [409, "changed_meanwhile"]);
});

Deno.test("a key that a newer version has written is left alone, and hides no other", async () => {
  const store = createMemoryStore(optionsWith(), clock);
  const audit = { atMs: 0, who: "x", action: "key.create", target: "", before: null, after: null };
  await store.change({ kind: "key", id: "key_new", body: { name: "new", shape: 2 }, audit });
  const ask = machineOn(store);
  await ask("POST /keys", { body: { name: "ci" } });
  const listed = await (await ask("GET /keys", { query: { withdrawn: "false" } })).json();
  assertEquals(listed.data.map(({ name }: { name: string }) => name), ["ci"]);
  await assertRejects(() => ask("DELETE /keys/{id}", { params: { id: "key_new" } }), GatewayError);
  assertEquals(await namesIn(store), ["new", "ci"]);
});
