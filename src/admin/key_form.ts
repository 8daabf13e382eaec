/** Keys as the admin API reads and shows them. */

import * as z from "zod";
import type { KeyOptions } from "../access/api_keys.ts";
import { type RuntimeKey, runtimeKeyBody } from "../access/runtime_keys.ts";
import type { Entity } from "../core/ledger/ledger_store.ts";
import type { JsonObject } from "../core/text/json.ts";
import { moment, momentOf } from "./filters.ts";
import { invalid } from "./read_asked.ts";

const { name, models, limits, team, owner, tags, budget } = runtimeKeyBody.shape;

const expires = z.union([z.iso.date(), z.iso.datetime({ offset: true })], {
  error: "must be a date such as 2030-12-31 or a time such as 2030-12-31T12:00:00Z",
});

/** What may be changed of a key; `null` takes a member away. */
const members = {
  models: models.nullable(),
  limits: limits.nullish(),
  expires: expires.nullish().describe("From then on it is refused."),
  disabled: z.boolean().nullish().describe("Refused until this is taken back."),
  team: team.nullable(),
  owner: owner.nullable(),
  tags: tags.nullable(),
  budget: budget.nullable(),
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
  budget: z.looseObject({}).nullable(),
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
  return { id, body, key: data, isWithdrawn: body.withdrawnMs !== undefined };
}

/** The body with the changes. Throws `invalid_request` where it is none of a key any more. */
export function changedBody(body: JsonObject, change: KeyChange): JsonObject {
  const { expires, ...rest } = change;
  const given = {
    ...rest,
    ...(expires !== undefined && { expiresMs: expires === null ? null : Date.parse(expires) }),
  };
  const next: Record<string, unknown> = { ...body };
  for (const [member, value] of Object.entries(given)) {
    if (value === null) delete next[member];
    else if (value !== undefined) next[member] = value;
  }
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
  const { previousUntilMs = 0 } = key;
  return {
    ...shownMembers(key),
    id,
    source: "runtime",
    state: isWithdrawn ? "withdrawn" : stateOf(key.disabled, key.expiresMs, nowMs),
    expires: key.expiresMs === undefined ? null : momentOf(key.expiresMs),
    owner: key.owner ?? null,
    created_at: momentOf(key.createdMs),
    previous_until: previousUntilMs > nowMs ? momentOf(previousUntilMs) : null,
  };
}

/** Keys of the file are known by their names. */
export function fileKeyId(name: string): string {
  return `file:${name}`;
}

export function showFileKey(key: KeyOptions, nowMs: number): ShownKey {
  const expiresMs = key.expires === undefined ? undefined : Date.parse(key.expires);
  return {
    ...shownMembers(key),
    id: fileKeyId(key.name),
    source: "file",
    state: stateOf(key.disabled, expiresMs, nowMs),
    expires: expiresMs === undefined ? null : momentOf(expiresMs),
    owner: null,
    created_at: null,
    previous_until: null,
  };
}

function shownMembers(
  key: Pick<RuntimeKey, "name" | "models" | "limits" | "disabled"> & Partial<RuntimeKey>,
): Pick<ShownKey, "name" | "models" | "limits" | "team" | "tags" | "budget" | "disabled"> {
  const { name, models, limits, team, tags, budget, disabled } = key;
  return {
    name,
    models: models ?? null,
    limits: plainJson(limits) as Record<string, number>,
    team: team ?? null,
    tags: tags ?? {},
    budget: budget === undefined ? null : plainJson(budget),
    disabled,
  };
}

function stateOf(
  isDisabled: boolean,
  expiresMs: number | undefined,
  nowMs: number,
): ShownKey["state"] {
  if (isDisabled) return "paused";
  return expiresMs !== undefined && nowMs >= expiresMs ? "expired" : "active";
}
