/** What every store of budgets does, wherever it keeps them. */

import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import type {
  BudgetCharge,
  BudgetCounter,
  BudgetDecision,
  BudgetDemand,
  BudgetStore,
  CounterState,
} from "../../../src/limits/budgets/budget_store.ts";
import { seededRandom } from "../../framing/cuts.ts";
import { FIRST_SEED } from "../../support/fuzzing.ts";

const DAY_MS = 86_400_000;
/** A day that has only just begun: far from its end, also for a store with a clock of its own. */
const TODAY_MS = Math.floor(Date.now() / DAY_MS) * DAY_MS;

export function counterOf(name: string, daysFromNow = 0): BudgetCounter {
  const startMs = TODAY_MS + daysFromNow * DAY_MS;
  return { name, startMs, endMs: startMs + 2 * DAY_MS };
}

export function demandOf(
  counter: BudgetCounter,
  micros: number,
  limitMicros = 1_000,
): BudgetDemand {
  return { counter, micros, limitMicros };
}

function chargesOf(
  { hold: { demands } }: BudgetDecision,
  micros: number,
  budgetMicros = 1_000,
): BudgetCharge[] {
  return demands.map(({ counter }) => ({ counter, micros, budgetMicros }));
}

async function loaded(store: BudgetStore, ...names: readonly string[]): Promise<BudgetCounter[]> {
  const counters = names.map((name) => counterOf(name));
  for (const counter of counters) await store.raise(counter, 0, 1_000);
  return counters;
}

async function stateOf(store: BudgetStore, counter: BudgetCounter): Promise<CounterState> {
  const [state] = await store.read([counter]);
  if (state === undefined) throw new Error("There is no state");
  return state;
}

/** A store with nothing in it, which is closed by the test. */
type OpenBudgetStore = () => Promise<{ readonly store: BudgetStore } & AsyncDisposable>;

export function testBudgetStore(kind: string, open: OpenBudgetStore): void {
  testReserving(kind, open);
  testPeriods(kind, open);
  testLoading(kind, open);
  testOrders(kind, open);
}

function testReserving(kind: string, open: OpenBudgetStore): void {
  Deno.test(`${kind} reserves in all counters or in none`, async () => {
    await using opened = await open();
    const { store } = opened;
    const [left, right] = await loaded(store, "left", "right");
    const both = [demandOf(left!, 400), demandOf(right!, 400, 500)];
    const first = await store.reserve(both);
    assertEquals(first.kind, "reserved");
    assertEquals(first.states.map(({ reserved }) => reserved), [400, 400]);
    assertEquals((await store.reserve(both)).kind, "refused");
    assertEquals((await stateOf(store, left!)).reserved, 400);
    assertEquals((await store.reserve([demandOf(left!, 600)])).kind, "reserved");
    assertEquals((await store.reserve([demandOf(left!, 1)])).kind, "refused");
    assertEquals((await store.reserve([demandOf(left!, 0)])).kind, "reserved", "costs nothing");
    assertEquals((await store.reserve([demandOf(left!, 5_000, Infinity)])).kind, "reserved");
  });

  Deno.test(`${kind} settles by what it came to, less or more`, async () => {
    await using opened = await open();
    const { store } = opened;
    const [counter] = await loaded(store, "a");
    const less = await store.reserve([demandOf(counter!, 500)]);
    const more = await store.reserve([demandOf(counter!, 500)]);
    await store.settle(less.hold, chargesOf(less, 100));
    assertEquals(await stateOf(store, counter!), { spent: 100, reserved: 500, isLoaded: true });
    await store.settle(more.hold, chargesOf(more, 1_200));
    assertEquals(await stateOf(store, counter!), { spent: 1_300, reserved: 0, isLoaded: true });
    assertEquals((await store.reserve([demandOf(counter!, 1)])).kind, "refused");
    assertEquals((await store.reserve([demandOf(counter!, 1, 1_301)])).kind, "reserved", "raised");
  });

  Deno.test(`${kind} takes whole micro-dollars alone`, async () => {
    await using opened = await open();
    const { store } = opened;
    const [counter] = await loaded(store, "a");
    for (const micros of [0.5, -1, NaN, Infinity]) {
      const demands = [demandOf(counter!, micros)];
      const { message } = assertThrows(() => store.reserve(demands), RangeError);
      assertMatch(message, /micro-dollars/);
    }
  });
}

function testPeriods(kind: string, open: OpenBudgetStore): void {
  Deno.test(`${kind} tells of each level once in a period`, async () => {
    await using opened = await open();
    const { store } = opened;
    const [counter] = await loaded(store, "a");
    const spend = async (micros: number, budgetMicros = 1_000, from = counter!) => {
      const decision = await store.reserve([demandOf(from, micros, Infinity)]);
      return await store.settle(decision.hold, chargesOf(decision, micros, budgetMicros));
    };
    assertEquals(await spend(499), [0]);
    assertEquals(await spend(1), [50]);
    assertEquals(await spend(1), [0]);
    assertEquals(await spend(499), [100], "80 is passed by");
    assertEquals(await spend(100), [0]);
    assertEquals(await spend(0, 2_000), [0], "a larger budget is half spent, which was told");
    assertEquals(await spend(500, 2_000), [80]);
    const next = counterOf("a", 1);
    await store.raise(next, 0, 1_000);
    assertEquals(await spend(900, 1_000, next), [80]);
  });

  Deno.test(`${kind} begins anew with a period, and counts what ends in it there`, async () => {
    await using opened = await open();
    const { store } = opened;
    const [today] = await loaded(store, "a");
    const tomorrow = counterOf("a", 1);
    const running = await store.reserve([demandOf(today!, 600)]);
    const ended = await store.reserve([demandOf(today!, 300)]);
    await store.settle(ended.hold, chargesOf(ended, 300));
    await store.raise(tomorrow, 0, 1_000);
    assertEquals((await store.reserve([demandOf(tomorrow, 900)])).kind, "reserved");
    await store.settle(running.hold, [{ counter: tomorrow, micros: 50, budgetMicros: 1_000 }]);
    assertEquals(await stateOf(store, tomorrow), { spent: 50, reserved: 900, isLoaded: true });
  });
}

function testLoading(kind: string, open: OpenBudgetStore): void {
  Deno.test(`${kind} judges no counter that does not know of what was spent before`, async () => {
    await using opened = await open();
    const { store } = opened;
    const counter = counterOf("a");
    const demand = demandOf(counter, 300);
    assertEquals((await store.reserve([demand])).kind, "unloaded");
    assertEquals((await stateOf(store, counter)).reserved, 0);
    const anyway = await store.reserve([demand], true);
    assertEquals(anyway.kind, "reserved");
    assertEquals(await store.raise(counter, 800, 1_000), 0, "was told before it was lost");
    assertEquals(await stateOf(store, counter), { spent: 800, reserved: 300, isLoaded: true });
    assertEquals((await store.reserve([demand])).kind, "refused");
    await store.settle(anyway.hold, chargesOf(anyway, 100));
    assertEquals(await store.raise(counter, 500, 1_000), 0, "knows of more already");
    assertEquals((await stateOf(store, counter)).spent, 900);
    assertEquals(await store.raise(counter, 1_000, 1_000), 100, "others have spent");
  });
}

function testOrders(kind: string, open: OpenBudgetStore): void {
  Deno.test(`${kind} never lets more be reserved and spent than the limit, whatever the order`, async () => {
    await using opened = await open();
    const { store } = opened;
    const random = seededRandom(FIRST_SEED);
    const names = ["a", "b", "c"];
    const counters = await loaded(store, ...names);
    const model = new Map(counters.map((counter) => [counter, { spent: 0, reserved: 0 }]));
    const running: BudgetDecision[] = [];
    for (let step = 0; step < 300; step++) {
      if (running.length > 0 && random() < 0.5) {
        const [decision] = running.splice(Math.floor(random() * running.length), 1);
        const charges = decision!.hold.demands.map(({ counter, micros }): BudgetCharge => ({
          counter,
          micros: Math.floor(random() * micros),
          budgetMicros: 1_000,
        }));
        await store.settle(decision!.hold, charges);
        for (const [index, { counter, micros }] of decision!.hold.demands.entries()) {
          const expected = model.get(counter)!;
          expected.reserved -= micros;
          expected.spent += charges[index]!.micros;
        }
        continue;
      }
      const demands = counters.filter(() => random() < 0.6)
        .map((counter) => demandOf(counter, Math.floor(random() * 300)));
      const isMet = demands.every(({ counter, micros }) => {
        const { spent, reserved } = model.get(counter)!;
        return micros === 0 || spent + reserved + micros <= 1_000;
      });
      const decision = await store.reserve(demands);
      assertEquals(decision.kind, isMet ? "reserved" : "refused", `step ${step}`);
      if (!isMet) continue;
      running.push(decision);
      for (const { counter, micros } of demands) model.get(counter)!.reserved += micros;
    }
    for (const [counter, expected] of model) {
      const { spent, reserved } = await stateOf(store, counter);
      assertEquals({ spent, reserved }, expected);
      assert(spent + reserved <= 1_000);
    }
  });
}
