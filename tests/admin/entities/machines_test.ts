/** What two machines do at the same time to keys, teams and budgets, and bodies that others have written. */

import { assertEquals, assertRejects } from "@std/assert";
import { EntityBook } from "../../../src/admin/entities/entity_book.ts";
import { budgetRoutes } from "../../../src/admin/entities/budgets.ts";
import { keyRoutes } from "../../../src/admin/entities/keys.ts";
import { teamRoutes } from "../../../src/admin/entities/teams.ts";
import type { AdminRoute, Asked } from "../../../src/admin/api/route.ts";
import { GatewayError } from "../../../src/core/gateway_error.ts";
import type { Entity, LedgerStore } from "../../../src/core/ledger/ledger_store.ts";
import type { BudgetState } from "../../../src/limits/budgets/budget.ts";
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
  const fileKeys = [] as const;
  const routes = [
    ...keyRoutes({ book, clock, randomBytes, fileKeys, isOpen: () => false }),
    ...teamRoutes({ book, clock, fileKeys }),
    ...budgetRoutes({
      book,
      budgets: { states: async () => (await book.of("budget")).map(stateOf) },
    }),
  ];
  return async (name, asked) => {
    const found = routes.find(({ method, path }: AdminRoute) => `${method} ${path}` === name);
    if (found === undefined) throw new Error(`There is no ${name}`);
    const caller = { role: "write", who: "admin", via: "key" } as const;
    const given = { caller, params: {}, query: {}, body: undefined, requestId: "", ...asked };
    return await found.handle(given as Asked<unknown, unknown>);
  };
}

/** Nothing is spent of it. */
function stateOf({ id, body }: Entity): BudgetState {
  const scope = { kind: "all", name: "" };
  const state = { id, source: "runtime", scope, spent: 0, reserved: 0 };
  return { ...body, ...state, startedAt: null, renewsAt: null } as unknown as BudgetState;
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

Deno.test("what another machine has made of a team or a budget meanwhile is not undone", async () => {
  const store = createMemoryStore(optionsWith(), clock);
  const here = machineOn(store);
  const made = async (kind: string, body: object) =>
    (await (await here(`POST /${kind}`, { body })).json()).id as string;
  const bodyOf = async (id: string) =>
    (await store.entities()).find((entity) => entity.id === id)?.body;
  /** One change on another machine between what `name` reads and what it writes. */
  const late = (
    name: string,
    id: string,
    body: object | undefined,
    act: () => Promise<unknown>,
  ) => {
    const acts = [act];
    const there = machineOn(interrupted(store, async () => await acts.pop()?.()));
    return there(name, { params: { id }, body });
  };
  const amount = { usd: 5, period: "day", time_zone: "UTC", mode: "hard", unpriced: "refuse" };
  const team = await made("teams", { name: "web" });
  const budget = await made("budgets", { scope: { kind: "all", name: "" }, ...amount });
  const ofTeam = { params: { id: team }, body: { description: "theirs" } };
  await late(
    "PATCH /teams/{id}",
    team,
    { budget: amount },
    () => here("PATCH /teams/{id}", ofTeam),
  );
  const body = await bodyOf(team);
  assertEquals([body?.["description"], typeof body?.["budget"]], ["theirs", "object"]);
  const ofBudget = { params: { id: budget }, body: { usd: 7 } };
  const raise = () => here("PATCH /budgets/{id}", ofBudget);
  await late("PATCH /budgets/{id}", budget, { mode: "soft" }, raise);
  assertEquals([(await bodyOf(budget))?.["usd"], (await bodyOf(budget))?.["mode"]], [7, "soft"]);
  for (const [name, id] of [["teams", team], ["budgets", budget]] as const) {
    const gone = () => here(`DELETE /${name}/{id}`, { params: { id } });
    const change = name === "teams" ? { description: "ours" } : { usd: 9 };
    await assertRejects(() => late(`PATCH /${name}/{id}`, id, change, gone), GatewayError);
    assertEquals(await bodyOf(id), undefined);
  }
  const other = await made("teams", { name: "app" });
  const change = () =>
    here("PATCH /teams/{id}", { params: { id: other }, body: { description: "x" } });
  await late("DELETE /teams/{id}", other, undefined, change);
  const { entries } = await store.audit(1);
  assertEquals([entries[0]?.action, entries[0]?.before?.["description"]], ["team.delete", "x"]);
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
