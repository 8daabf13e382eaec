/** Rows of databases that are entities and entries of the audit trail. */

import type { AuditEntry, Entity, EntityKind } from "../../core/ledger/ledger_store.ts";
import { type JsonObject, parseJsonObject } from "../../core/text/json.ts";

type Row = Readonly<Record<string, unknown>>;

export function entityOf({ kind, id, body }: Row): Entity {
  // Written by us alone.
  return {
    kind: String(kind) as EntityKind,
    id: String(id),
    body: parseJsonObject(String(body)) ?? {},
  };
}

export function auditEntryOf(row: Row): AuditEntry {
  const { who, action, target, before, after } = row;
  return {
    atMs: Number(row["at_ms"]),
    who: String(who),
    action: String(action),
    target: String(target),
    before: jsonOf(before),
    after: jsonOf(after),
  };
}

function jsonOf(text: unknown): JsonObject | null {
  return typeof text === "string" ? parseJsonObject(text) ?? null : null;
}
