/**
 * The budgets that are in force, of the configuration and of what was made at run time, by whose spending they
 * count.
 *
 * @module
 */

import * as z from "zod";
import type { Entity, EntityKind, SpendScope } from "../../core/ledger/ledger_store.ts";
import type { Principal } from "../../core/principal.ts";
import { Budget } from "./budget.ts";
import {
  type BudgetAmount,
  budgetBody,
  listedId,
  ownBudgetOption,
  type ScopedBudget,
} from "./budget_options.ts";

/** What budgets are made of. */
export interface BudgetSources {
  /** Of the configuration. */
  readonly listed: readonly ScopedBudget[];
  /** Keys of the configuration; they win over those of the same name that were made at run time. */
  readonly keys: readonly { readonly name: string; readonly budget?: BudgetAmount | undefined }[];
  readonly entitiesOf: (kind: EntityKind) => readonly Entity[];
}

/** Of a key or a team what its budget is known by; the rest of its body is others' to judge. */
const ownerBody = z.looseObject({
  name: z.string(),
  budget: ownBudgetOption.optional(),
  withdrawnMs: z.number().optional(),
});

const NONE: readonly Budget[] = [];

export class BudgetTable {
  readonly all: readonly Budget[];
  /** Ids of entities whose budget cannot be read, such as those that a newer version has written. */
  readonly unread: readonly string[];
  readonly #byScope: ReadonlyMap<string, readonly Budget[]>;

  constructor(sources: BudgetSources) {
    const unread: string[] = [];
    this.all = [...configured(sources), ...made(sources, unread)];
    this.unread = unread;
    this.#byScope = Map.groupBy(this.all, ({ scope }) => nameOf(scope));
  }

  /** Those that count what a caller spends at a provider. */
  of({ name, team }: Pick<Principal, "name" | "team">, provider: string): readonly Budget[] {
    if (this.all.length === 0) return NONE;
    return [
      ...this.#in({ kind: "key", name }),
      ...(team === undefined ? NONE : this.#in({ kind: "team", name: team })),
      ...this.#in({ kind: "all", name: "" }),
      ...this.#in({ kind: "provider", name: provider }),
    ];
  }

  #in(scope: SpendScope): readonly Budget[] {
    return this.#byScope.get(nameOf(scope)) ?? NONE;
  }
}

function nameOf({ kind, name }: SpendScope): string {
  return `${kind}:${name}`;
}

function* configured({ listed, keys }: BudgetSources): Iterable<Budget> {
  for (const budget of listed) {
    yield new Budget(listedId(budget), scopeOf(budget), "configuration", budget);
  }
  for (const { name, budget } of keys) {
    if (budget === undefined) continue;
    yield new Budget(`key:${name}`, { kind: "key", name }, "configuration", budget);
  }
}

function* made({ keys, entitiesOf }: BudgetSources, unread: string[]): Iterable<Budget> {
  for (const { id, body } of entitiesOf("budget")) {
    const read = budgetBody.safeParse(body);
    if (read.success) yield new Budget(id, scopeOf(read.data), "entity", read.data);
    else unread.push(id);
  }
  const taken = new Set(keys.map(({ name }) => `key:${name}`));
  for (const kind of ["key", "team"] as const) {
    for (const { id, body } of entitiesOf(kind)) {
      if (body["budget"] === undefined) continue;
      const read = ownerBody.safeParse(body);
      if (!read.success) unread.push(id);
      else if (read.data.withdrawnMs === undefined && read.data.budget !== undefined) {
        const { name, budget } = read.data;
        const ownId = `${kind}:${name}`;
        if (taken.has(ownId)) continue;
        taken.add(ownId);
        yield new Budget(ownId, { kind, name }, "entity", budget);
      }
    }
  }
}

function scopeOf({ scope, name = "" }: ScopedBudget): SpendScope {
  return { kind: scope, name };
}
