/** `/teams`: keys whose calls are summed up together, and what they may spend together. */

import * as z from "zod";
import { type KeyOptions, keyTeam } from "../../access/keys/api_keys.ts";
import type { AdminCaller } from "../../access/admin_role.ts";
import type { Clock } from "../../core/clock.ts";
import { GatewayError } from "../../core/gateway_error.ts";
import type { Entity } from "../../core/ledger/ledger_store.ts";
import type { JsonObject } from "../../core/text/json.ts";
import { teamBody } from "../../limits/budgets/budget_options.ts";
import { budgetOf, givenBudget, showBudget, shownBudget } from "./budget_form.ts";
import { conflict, type EntityBook, ofKind, withChange } from "./entity_book.ts";
import { moment, momentOf, pageAfter, pageOf, pageParameters, pageSize } from "../api/filters.ts";
import { keysIn } from "./key_form.ts";
import { type AdminRoute, json, route } from "../api/route.ts";

export interface TeamRouteParts {
  readonly book: EntityBook;
  readonly clock: Clock;
  readonly fileKeys: readonly KeyOptions[];
}

const members = {
  description: teamBody.shape.description.nullable(),
  budget: givenBudget.nullish().describe("What all of its keys may spend together."),
};

const newTeamBody = z.strictObject({ name: keyTeam.unwrap(), ...members });
const teamChangeBody = z.strictObject(members);

const team = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  budget: shownBudget.nullable(),
  created_at: moment.nullable(),
  keys: z.int().describe("Keys that name it, but for withdrawn ones."),
});

export type ShownTeam = z.output<typeof team>;

const query = z.strictObject(pageParameters);
const ONE = { status: 200, meaning: "The team as it is now", schema: team };

export function teamRoutes(parts: TeamRouteParts): readonly AdminRoute[] {
  const { book } = parts;
  return [
    route<z.output<typeof query>>({
      method: "GET",
      path: "/teams",
      role: "read",
      summary: "Teams by name; a key may also name one that is not among them",
      query,
      answer: { status: 200, meaning: "A page of teams", schema: pageOf(team) },
      handle: async ({ query: { limit, cursor } }) => {
        const entities = await book.read();
        const counts = keyCounts(parts, entities);
        const teams = ofKind(entities, "team").map((entity) => show(entity, counts));
        const textOf = ({ name, id }: ShownTeam): string => `${name} ${id}`;
        const { data, nextCursor } = pageAfter(teams, textOf, pageSize(limit), cursor);
        return json({ data, next_cursor: nextCursor });
      },
    }),
    route<Record<string, never>, z.output<typeof newTeamBody>>({
      method: "POST",
      path: "/teams",
      role: "write",
      summary: "Make a team",
      body: newTeamBody,
      answer: { ...ONE, status: 201 },
      handle: ({ caller, body }) => book.inTurn(() => make(parts, caller, body)),
    }),
    route({
      method: "GET",
      path: "/teams/{id}",
      role: "read",
      summary: "A team",
      answer: ONE,
      handle: async ({ params: { id = "" } }) => {
        const entities = await book.read();
        return json(show(find(entities, id), keyCounts(parts, entities)));
      },
    }),
    ...changeRoutes(parts),
  ];
}

/** What changes a team that is there. */
function changeRoutes(parts: TeamRouteParts): readonly AdminRoute[] {
  const { book } = parts;
  return [
    route<Record<string, never>, z.output<typeof teamChangeBody>>({
      method: "PATCH",
      path: "/teams/{id}",
      role: "write",
      summary: "Change what a team is for, or what it may spend",
      body: teamChangeBody,
      answer: ONE,
      handle: ({ caller, params: { id = "" }, body }) =>
        book.inTurn(async () => {
          const entities = await book.read();
          const counts = keyCounts(parts, entities);
          const found = find(entities, id);
          const next = changed(found.body, body);
          const [before, after] = [show(found, counts), show({ ...found, body: next }, counts)];
          const change = { kind: "team", id, action: "team.update" } as const;
          await book.change(caller, { ...change, body: next, replaces: found.body, before, after });
          return json(after);
        }),
    }),
    route({
      method: "DELETE",
      path: "/teams/{id}",
      role: "write",
      summary: "Take a team away that no key names any more",
      answer: {
        status: 200,
        meaning: "It is gone",
        schema: z.object({ id: z.string(), name: z.string(), deleted: z.literal(true) }),
      },
      handle: ({ caller, params: { id = "" } }) =>
        book.inTurn(async () => {
          const entities = await book.read();
          const found = find(entities, id);
          const before = show(found, keyCounts(parts, entities));
          if (before.keys > 0) {
            const message = `${before.keys} keys name this team; give them another first`;
            throw conflict("in_use", message);
          }
          const gone = { kind: "team", id, action: "team.delete", body: null } as const;
          await book.change(caller, { ...gone, replaces: found.body, before, after: null });
          return json({ id, name: before.name, deleted: true });
        }),
    }),
  ];
}

async function make(
  parts: TeamRouteParts,
  caller: AdminCaller,
  { name, ...rest }: z.output<typeof newTeamBody>,
): Promise<Response> {
  const { book, clock } = parts;
  const entities = await book.read();
  const teams = ofKind(entities, "team");
  book.refuseTooMany(teams);
  if (teams.some(({ body }) => body["name"] === name)) {
    throw conflict("name_taken", `There is a team "${name}" already; choose another name`);
  }
  const body = changed({ name, createdMs: Math.floor(clock.epochMs()) }, rest);
  const id = book.makeId("team");
  const after = show({ kind: "team", id, body }, keyCounts(parts, entities));
  await book.change(caller, { kind: "team", id, body, action: "team.create", before: null, after });
  return json(after, 201, { location: `/admin/v1/teams/${id}` });
}

function changed(body: JsonObject, change: z.output<typeof teamChangeBody>): JsonObject {
  const { budget } = change;
  return withChange(body, { ...change, ...(budget && { budget: budgetOf(budget) }) });
}

function show({ id, body }: Entity, counts: ReadonlyMap<string, number>): ShownTeam {
  const { data } = teamBody.safeParse(body);
  // A newer version may have written what this one cannot read.
  const { name = String(body["name"]), description = null, budget, createdMs } = data ?? {};
  return {
    id,
    name,
    description,
    budget: budget === undefined ? null : showBudget(budget),
    created_at: createdMs === undefined ? null : momentOf(createdMs),
    keys: counts.get(name) ?? 0,
  };
}

function find(entities: readonly Entity[], id: string): Entity {
  const found = ofKind(entities, "team").find((candidate) => candidate.id === id);
  if (found !== undefined) return found;
  const message = "There is no team of this id; GET /admin/v1/teams lists all";
  throw new GatewayError("not_found", message);
}

/** How many keys name each team. */
function keyCounts(
  { fileKeys }: TeamRouteParts,
  entities: readonly Entity[],
): ReadonlyMap<string, number> {
  const teams = [
    ...fileKeys.map(({ team }) => team),
    ...keysIn(entities).flatMap(({ key, isWithdrawn }) => isWithdrawn ? [] : key.team),
  ];
  const counts = new Map<string, number>();
  for (const name of teams) {
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}
