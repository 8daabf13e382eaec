/** Keys as the admin API reads and shows them. */

import * as z from "zod";
import type { KeyOptions } from "../../access/keys/api_keys.ts";
import { type RuntimeKey, runtimeKeyBody } from "../../access/keys/runtime_keys.ts";
import type { Entity } from "../../core/ledger/ledger_store.ts";
import type { JsonObject } from "../../core/text/json.ts";
import { budgetOf, givenBudget, showBudget, shownBudget } from "./budget_form.ts";
import { ofKind, withChange } from "./entity_book.ts";
import { moment, momentOf } from "../api/filters.ts";
import { invalid } from "../api/read_asked.ts";

const { name, models, limits, expires, team, owner, tags } = runtimeKeyBody.shape;

/** What may be changed of a key; `null` takes a member away. */
const members = {
  models: models.nullable(),
  // Without its default: what is not named stays as it is.
  limits: limits.unwrap().nullish(),
  expires: expires.nullable(),
  disabled: z.boolean().nullish().describe("Refused until this is taken back."),
  team: team.nullable(),
  owner: owner.nullable(),
  tags: tags.nullable(),
  budget: givenBudget.nullish().describe("What it may spend."),
};

export const newKeyBody = z.strictObject({ name, ...members });
export const keyChangeBody = z.strictObject(members);
export type KeyChange = z.output<typeof keyChangeBody>;

export const shownKey = z.object({
  id: z.string(),
  name: z.string(),
  source: z.enum(["runtime", "file"]).describe("Those of the file are changed there."),
  state: z.enum(["active", "paused", "expired", "withdrawn"]),
  models: z.array(z.string()).nullable(),
  limits: z.record(z.string(), z.number()),
  expires: moment.nullable(),
  team: z.string().nullable(),
  owner: z.string().nullable(),
  tags: z.record(z.string(), z.string()),
  budget: shownBudget.nullable(),
  disabled: z.boolean(),
  created_at: moment.nullable(),
  previous_until: moment.nullable().describe(
    "Until when the key before the last rotation is good.",
  ),
});

export const madeKey = shownKey.extend({
  key: z.string().describe("The key itself, shown this once and kept nowhere."),
  warning: z.string().optional(),
});

export type ShownKey = z.output<typeof shownKey>;
export type MadeKey = z.output<typeof madeKey>;

/** A key that was made at run time. */
export interface KeyEntity {
  readonly id: string;
  /** As it lies in the store. */
  readonly body: JsonObject;
  readonly key: RuntimeKey;
  readonly isWithdrawn: boolean;
}

/** `undefined` for a body that this version cannot read. */
export function keyOf({ id, body }: Entity): KeyEntity | undefined {
  const { data } = runtimeKeyBody.safeParse(body);
  if (data === undefined) return undefined;
  return { id, body, key: data, isWithdrawn: data.withdrawnMs !== undefined };
}

/** Keys that are among what was made; not those that this version cannot read. */
export function keysIn(entities: readonly Entity[]): readonly KeyEntity[] {
  return ofKind(entities, "key").flatMap((entity) => keyOf(entity) ?? []);
}

/** The body with the changes. Throws `invalid_request` where it is none of a key any more. */
export function changedBody(body: JsonObject, change: KeyChange): JsonObject {
  const { budget } = change;
  const next = withChange(body, { ...change, ...(budget && { budget: budgetOf(budget) }) });
  const { data, error } = runtimeKeyBody.safeParse({ limits: {}, ...next });
  const [issue] = error?.issues ?? [];
  if (issue !== undefined) {
    throw invalid(`The member "${issue.path.join(".")}" ${issue.message}`, issue.path.join("."));
  }
  return plainJson(data ?? {});
}

/** Without members that are `undefined`, which no JSON has. */
function plainJson(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value));
}

export function showRuntimeKey({ id, key, isWithdrawn }: KeyEntity, nowMs: number): ShownKey {
  const { owner = null, createdMs, previousUntilMs = 0 } = key;
  return {
    id,
    name: key.name,
    source: "runtime",
    state: isWithdrawn ? "withdrawn" : stateOf(key, nowMs),
    ...shownMembers(key),
    owner,
    created_at: momentOf(createdMs),
    previous_until: previousUntilMs > nowMs ? momentOf(previousUntilMs) : null,
  };
}

/** Keys of the file are known by their names. */
export function fileKeyId(name: string): string {
  return `file:${name}`;
}

export function showFileKey(key: KeyOptions, nowMs: number): ShownKey {
  return {
    id: fileKeyId(key.name),
    name: key.name,
    source: "file",
    state: stateOf(key, nowMs),
    ...shownMembers(key),
    owner: null,
    created_at: null,
    previous_until: null,
  };
}

/** What a key of the file may say as well. */
type CommonMembers =
  & Pick<RuntimeKey, "models" | "limits" | "expires" | "disabled">
  & Partial<Pick<RuntimeKey, "team" | "tags" | "budget">>;

function shownMembers(
  { models, limits, expires, team, tags, budget, disabled }: CommonMembers,
): Pick<ShownKey, "models" | "limits" | "expires" | "team" | "tags" | "budget" | "disabled"> {
  return {
    models: models ?? null,
    limits: plainJson(limits) as Record<string, number>,
    expires: expires === undefined ? null : momentOf(Date.parse(expires)),
    team: team ?? null,
    tags: tags ?? {},
    budget: budget === undefined ? null : showBudget(budget),
    disabled,
  };
}

function stateOf({ disabled, expires }: CommonMembers, nowMs: number): ShownKey["state"] {
  if (disabled) return "paused";
  return expires !== undefined && nowMs >= Date.parse(expires) ? "expired" : "active";
}
