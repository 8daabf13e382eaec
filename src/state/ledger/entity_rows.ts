/** Rows of databases that are entities and entries of the audit trail. */

import type { Row } from "./row.ts";
import type { AuditEntry, AuditPage, Entity, EntityKind } from "../../core/ledger/ledger_store.ts";
import { type JsonObject, parseJsonObject } from "../../core/text/json.ts";

export function entityOf({ kind, id, body }: Row): Entity {
  // Written by us alone.
  return {
    kind: String(kind) as EntityKind,
    id: String(id),
    body: parseJsonObject(String(body)) ?? {},
  };
}

/** Whether a row has this body; none where there is no row. */
export function hasBody(row: Row | undefined, body: JsonObject): boolean {
  return row !== undefined && JSON.stringify(entityOf(row).body) === JSON.stringify(body);
}

/** In the order of the columns after the id. */
export function auditValuesOf(entry: AuditEntry): (number | string | null)[] {
  const { atMs, who, action, target, before, after } = entry;
  const changed = [before, after].map((json) => (json === null ? null : JSON.stringify(json)));
  return [Math.floor(atMs), who, action, target, ...changed];
}

/** @param rows The newest first, and one more than the page has where there is another page. */
export function auditPageOf(rows: readonly Row[], limit: number): AuditPage {
  const page = rows.slice(0, limit);
  const nextCursor = rows.length > limit ? String(page.at(-1)?.["id"]) : undefined;
  return { entries: page.map(auditEntryOf), nextCursor };
}

function auditEntryOf(row: Row): AuditEntry {
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
