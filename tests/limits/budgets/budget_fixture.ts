/** Budgets on a clock that stands still, beside a ledger that says what it is told to. */

import type { Call } from "../../../src/core/call.ts";
import type { Entity, EntityKind, SpendScope } from "../../../src/core/ledger/ledger_store.ts";
import type { AttemptSpending } from "../../../src/core/ledger/spending.ts";
import { ANONYMOUS, type Principal } from "../../../src/core/principal.ts";
import type { Target } from "../../../src/core/provider/provider.ts";
import { ParsedBody } from "../../../src/core/http/parsed_body.ts";
import { openaiChat } from "../../../src/formats/openai_chat/mod.ts";
import type { Budget } from "../../../src/limits/budgets/budget.ts";
import { budgetListOptions } from "../../../src/limits/budgets/budget_options.ts";
import { type BudgetSources, BudgetTable } from "../../../src/limits/budgets/budget_table.ts";
import { BudgetLoader, type LoaderParts } from "../../../src/limits/budgets/load_budgets.ts";
import {
  createBudgetMemory,
  MemoryBudgetStore,
} from "../../../src/limits/budgets/memory/memory_budget_store.ts";
import { createReserveAttempt } from "../../../src/limits/budgets/reserve_attempt.ts";
import { openaiStyle } from "../../../src/providers/openai_style.ts";
import { ManualClock } from "../../transport/manual_clock.ts";

/** A key of the team `research`. */
export const ALICE: Principal = { ...ANONYMOUS, name: "alice", hasKey: true, team: "research" };

const DAY_MS = 86_400_000;
export const NOW_MS = Date.UTC(2026, 10, 29, 7);

export function callOf(principal: Principal = ALICE): Call {
  return {
    id: "call",
    operation: "chat",
    principal,
    account: principal.name,
    surface: "openai",
    formats: openaiChat,
    model: "m",
    wantsStream: false,
    body: new ParsedBody({ messages: [] }),
    bytes: new Uint8Array(0),
    headers: [],
    signal: new AbortController().signal,
    arrivedMs: 0,
    trace: { upstream: undefined, attempts: 0, warnings: [] },
  };
}

export function targetOf(provider = "openai"): Target {
  return {
    provider: openaiStyle({ name: provider, baseUrl: "http://a.test/v1", reason: "" }),
    model: "m",
  };
}

type Asked = readonly { readonly scope: SpendScope; readonly fromMs: number }[];

export interface BudgetOptions {
  /** As they stand in the configuration. */
  readonly listed?: readonly unknown[];
  readonly keys?: BudgetSources["keys"];
  readonly entities?: readonly Entity[];
  /** What the ledger answers; nothing was spent by default. */
  readonly spentSince?: (asked: Asked) => Promise<readonly number[]>;
}

export interface StartedBudgets {
  readonly clock: ManualClock;
  readonly loader: BudgetLoader;
  readonly table: BudgetTable;
  /** What the ledger was asked for. */
  readonly asked: readonly Asked[];
  /** Levels that were told, and lines of the log. */
  readonly reached: readonly string[];
  readonly lines: readonly string[];
  /** Budgets that counted an estimate. */
  readonly estimated: readonly string[];
  readonly reserve: (maxUsd: number | null, from?: Asking) => Promise<AttemptSpending | undefined>;
  /** As after a change of what is made at run time. */
  readonly change: (entities: readonly Entity[]) => void;
  /** Spent and reserved of a budget, the first by default, in dollars. */
  readonly state: (index?: number) => readonly [spent: number, reserved: number];
  readonly tomorrow: () => void;
}

interface Asking {
  readonly call?: Call;
  readonly provider?: string;
}

export function startBudgets(options: BudgetOptions): StartedBudgets {
  const clock = new ManualClock();
  clock.advance(NOW_MS);
  const memory = createBudgetMemory(1, [1, 2, 3, 4]);
  const store = new MemoryBudgetStore(memory, 0);
  const asked: Asked[] = [];
  const [reached, lines, estimated]: [string[], string[], string[]] = [[], [], []];
  let entities = options.entities ?? [];
  const spentSince = options.spentSince ?? ((asked) => Promise.resolve(asked.map(() => 0)));
  const write = (message: string): void => void lines.push(message);
  const tell = (budget: Budget, _: unknown, percent: number): void =>
    void reached.push(`${budget.id} ${percent}`);
  const ledger: LoaderParts["ledger"] = {
    spentSince: (scopes) => {
      asked.push(scopes);
      return spentSince(scopes);
    },
  };
  const log = { info: write, warn: write };
  const loader = new BudgetLoader({ store, ledger, clock, log, reached: tell });
  const makeTable = () =>
    new BudgetTable({
      listed: budgetListOptions.parse(options.listed ?? []),
      keys: options.keys ?? [],
      entitiesOf: (kind: EntityKind) => entities.filter((entity) => entity.kind === kind),
    });
  let table = makeTable();
  loader.inForce(table.all, []);
  const reserveAttempt = createReserveAttempt({
    store,
    table: () => table,
    loader,
    clock,
    reached: tell,
    estimated: (budget) => void estimated.push(budget.id),
  });
  const reserve: StartedBudgets["reserve"] = async (
    maxUsd,
    { call = callOf(), provider = "openai" } = {},
  ) => await reserveAttempt(call, targetOf(provider))?.(maxUsd);
  return {
    ...{ clock, loader, asked, reached, lines, estimated, reserve },
    get table() {
      return table;
    },
    change: (changed) => {
      const before = table.all;
      entities = changed;
      table = makeTable();
      loader.inForce(table.all, before);
    },
    state: (index = 0) => {
      const budget = table.all[index];
      if (budget === undefined) throw new Error("There is no such budget");
      const [state] = store.read([budget.counterAt(clock.epochMs())]);
      return [(state?.spent ?? 0) / 1e6, (state?.reserved ?? 0) / 1e6];
    },
    tomorrow: () => clock.advance(DAY_MS),
  };
}
