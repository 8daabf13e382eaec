/** `/budgets`: what may be spent, by whom, and what of it is. */

import * as z from "zod";
import type { AdminCaller } from "../../access/admin_role.ts";
import { GatewayError } from "../../core/gateway_error.ts";
import type { JsonObject } from "../../core/text/json.ts";
import type { BudgetState } from "../../limits/budgets/budget.ts";
import { askStore } from "../api/ask_store.ts";
import {
  budgetBodyOf,
  budgetChangeBody,
  newBudgetBody,
  showBudget,
  shownBudget,
} from "./budget_form.ts";
import { conflict, type EntityBook, withChange } from "./entity_book.ts";
import { moment, pageAfter, pageOf, pageParameters, pageSize } from "../api/filters.ts";
import { type AdminRoute, json, route } from "../api/route.ts";

export interface BudgetRouteParts {
  readonly book: EntityBook;
  readonly budgets: { readonly states: () => Promise<readonly BudgetState[]> };
}

const SOURCES = ["runtime", "file", "key", "team"] as const;

const budget = shownBudget.extend({
  id: z.string(),
  source: z.enum(SOURCES).describe("Those that are not `runtime` are changed where they stand."),
  scope: z.object({ kind: z.enum(["key", "team", "provider", "all"]), name: z.string() }),
  spent: z.number().describe("US dollars, in the period that is now."),
  reserved: z.number().describe("US dollars, by calls that run."),
  remaining: z.number(),
  share: z.number().describe("Spent, of the whole; 1 is all of it."),
  since: moment.nullable(),
  renews_at: moment.nullable(),
});

export type ShownBudget = z.output<typeof budget>;

const query = z.strictObject(pageParameters);
const ONE = { status: 200, meaning: "The budget", schema: budget };

export function budgetRoutes(parts: BudgetRouteParts): readonly AdminRoute[] {
  const { book } = parts;
  return [
    route<z.output<typeof query>>({
      method: "GET",
      path: "/budgets",
      role: "read",
      summary: "All budgets that are in force, those of the file, of keys and of teams included",
      query,
      answer: { status: 200, meaning: "A page of budgets", schema: pageOf(budget) },
      handle: async ({ query: { limit, cursor } }) => {
        const all = await shownBudgets(parts);
        const { data, nextCursor } = pageAfter(all, ({ id }) => id, pageSize(limit), cursor);
        return json({ data, next_cursor: nextCursor });
      },
    }),
    route<Record<string, never>, z.output<typeof newBudgetBody>>({
      method: "POST",
      path: "/budgets",
      role: "write",
      summary: "Make a budget of a key, a team, a provider or all calls together",
      body: newBudgetBody,
      answer: { ...ONE, status: 201 },
      handle: ({ caller, body }) => book.inTurn(() => make(parts, caller, body)),
    }),
    route({
      method: "GET",
      path: "/budgets/{id}",
      role: "read",
      summary: "A budget",
      answer: ONE,
      handle: async ({ params: { id = "" } }) => json(await find(parts, id)),
    }),
    route<Record<string, never>, z.output<typeof budgetChangeBody>>({
      method: "PATCH",
      path: "/budgets/{id}",
      role: "write",
      summary: "Change how much a budget is; what was spent stays spent",
      body: budgetChangeBody,
      answer: ONE,
      handle: ({ caller, params: { id = "" }, body }) =>
        book.inTurn(async () => {
          const before = await findOwn(parts, id);
          const after = withChange(before, body);
          await write(parts, caller, "budget.update", id, before, after);
          return json(await find(parts, id));
        }),
    }),
    route({
      method: "DELETE",
      path: "/budgets/{id}",
      role: "write",
      summary: "Take a budget away",
      answer: {
        status: 200,
        meaning: "It counts no more",
        schema: z.object({ id: z.string(), deleted: z.literal(true) }),
      },
      handle: ({ caller, params: { id = "" } }) =>
        book.inTurn(async () => {
          await write(parts, caller, "budget.delete", id, await findOwn(parts, id), null);
          return json({ id, deleted: true });
        }),
    }),
  ];
}

async function make(
  parts: BudgetRouteParts,
  caller: AdminCaller,
  given: z.output<typeof newBudgetBody>,
): Promise<Response> {
  const { book } = parts;
  const body = budgetBodyOf(given);
  const entities = await book.of("budget");
  book.refuseTooMany(entities);
  const isSame = (other: JsonObject): boolean =>
    (["scope", "name", "period", "mode"] as const).every((member) =>
      other[member] === body[member]
    );
  if (entities.some((entity) => isSame(entity.body))) {
    throw conflict(
      "name_taken",
      `There is a ${given.mode} budget of this scope for this period already; change that`,
    );
  }
  const id = book.makeId("budget");
  await write(parts, caller, "budget.create", id, null, body);
  return json(await find(parts, id), 201, { location: `/admin/v1/budgets/${id}` });
}

async function write(
  { book }: BudgetRouteParts,
  caller: AdminCaller,
  action: string,
  id: string,
  before: JsonObject | null,
  after: JsonObject | null,
): Promise<void> {
  const change = { kind: "budget", id, body: after, ...(before && { replaces: before }) } as const;
  await book.change(caller, { ...change, action, before, after });
}

async function shownBudgets({ budgets }: BudgetRouteParts): Promise<readonly ShownBudget[]> {
  return (await askStore(budgets.states())).map(show);
}

function show(state: BudgetState): ShownBudget {
  const { id, scope, source, usd, period, timeZone, mode, unpriced, spent, reserved } = state;
  return {
    id,
    source: sourceOf(id, source),
    scope: { kind: scope.kind, name: scope.name },
    ...showBudget({ usd, period, timeZone, mode, unpriced }),
    spent,
    reserved,
    remaining: Math.max(0, usd - spent - reserved),
    share: usd === 0 ? 1 : spent / usd,
    since: state.startedAt,
    renews_at: state.renewsAt,
  };
}

/** Budgets that stand with a key or a team are called after it. */
function sourceOf(id: string, source: BudgetState["source"]): typeof SOURCES[number] {
  if (source === "configuration") return "file";
  return id.startsWith("key:") ? "key" : id.startsWith("team:") ? "team" : "runtime";
}

async function find(parts: BudgetRouteParts, id: string): Promise<ShownBudget> {
  const found = (await shownBudgets(parts)).find((candidate) => candidate.id === id);
  if (found === undefined) throw noBudget();
  return found;
}

/** The body of a budget that can be changed here. */
async function findOwn(parts: BudgetRouteParts, id: string): Promise<JsonObject> {
  const entity = (await parts.book.of("budget")).find((candidate) => candidate.id === id);
  if (entity !== undefined) return { ...entity.body };
  const { source, scope } = await find(parts, id);
  if (source === "file") {
    throw conflict("set_in_file", "This budget stands in the configuration; change it there");
  }
  throw conflict(
    "set_elsewhere",
    `This budget is that of the ${source} "${scope.name}"; change it there`,
  );
}

function noBudget(): GatewayError {
  const message = "There is no budget of this id; GET /admin/v1/budgets lists all";
  return new GatewayError("not_found", message);
}
