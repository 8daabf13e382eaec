/** A database whose rows are not what this version writes: of others, half gone, or somebody's own. */

import { DatabaseSync } from "node:sqlite";
import type { EntityKind } from "../../../src/core/ledger/ledger_store.ts";
import { openSqliteStore } from "../../../src/state/ledger/sqlite/sqlite_store.ts";
import { callRecord, NOW_MS, optionsWith } from "../../state/ledger/recorded_calls.ts";
import { realClock } from "../../support/real_clock.ts";
import { HOSTILE_TEXTS } from "../hostile_texts.ts";
import { HOSTILE_VALUES, type HostileValue, placesOf, wrongAt } from "../hostile_values.ts";

const KINDS = ["key", "team", "budget"] as const satisfies readonly EntityKind[];
const FAR_MS = 4_070_908_800_000;

const BODIES: Readonly<Record<EntityKind, object>> = {
  key: {
    name: "a",
    hash: `sha256:${"ab".repeat(32)}`,
    prefix: "weir_aaaa",
    createdMs: NOW_MS,
    team: "t",
    models: ["m"],
    limits: { v1: 1 },
    expiresMs: FAR_MS,
  },
  team: { name: "t", budget: { usd: 1, period: "day" } },
  budget: { scope: { kind: "all" }, usd: 1, period: "day" },
};

const texts = HOSTILE_TEXTS.map(({ name, text }) => ({
  name: `${name} as a text`,
  json: JSON.stringify(text),
}));
/** What is no JSON at all, too. */
const WHOLES = [...HOSTILE_VALUES, ...texts.slice(0, 20), { name: "no JSON", json: "{" }, {
  name: "nothing",
  json: "",
}];

export interface HostileRow {
  readonly name: string;
  /** Where the admin API shows it. */
  readonly path: string;
}

/** A body that is wrong as a whole, and one that is wrong in each of its places. */
function wrongBodies(body: object): readonly HostileValue[] {
  return [
    ...WHOLES,
    ...placesOf(body).slice(1).flatMap((place, turn) =>
      wrongAt(body, place, HOSTILE_VALUES.filter((_, at) => (at + turn) % 7 === 0))
    ),
  ];
}

/** Writes a ledger of right rows with this version, and then others over them. */
export async function makeHostileLedger(folder: string): Promise<readonly HostileRow[]> {
  const record = callRecord({ count: 0 });
  const records = wrongBodies(record);
  const calls = records.map((_, at) => callRecord({ count: at + 1, endedMs: Date.now() - at }));
  const store = openSqliteStore(folder, optionsWith(), realClock);
  await store.append(calls);
  await store.note({
    atMs: NOW_MS,
    who: "cli",
    action: "a",
    target: "b",
    before: null,
    after: null,
  });
  await store.close();
  const database = new DatabaseSync(`${folder}/ledger.sqlite`);
  const ids = database.prepare("SELECT id FROM records ORDER BY id DESC").all() as { id: number }[];
  const write = database.prepare("UPDATE records SET record = ? WHERE id = ?");
  for (const [at, { json }] of records.entries()) write.run(json, ids[at]?.id ?? 0);
  const insert = database.prepare("INSERT INTO entities VALUES (?, ?, ?)");
  const entities = KINDS.flatMap((kind) =>
    wrongBodies(BODIES[kind]).map(({ name, json }, at) => {
      const id = `${kind}_${at}`;
      insert.run(kind, id, json);
      return { name: `a ${kind} with ${name}`, path: `/${kind}s/${id}` };
    })
  );
  insert.run("nothing that is known", "a", "{}");
  const note = database.prepare(
    "INSERT INTO audit (at_ms, who, action, target, before, after) VALUES (?, ?, ?, ?, ?, ?)",
  );
  for (const { json } of WHOLES) note.run(NOW_MS, json, json, json, json, json);
  database.close();
  return [
    ...records.map(({ name }, at) => ({
      name: `a call with ${name}`,
      path: `/calls/${encodeURIComponent(calls[at]?.uid ?? "")}`,
    })),
    ...entities,
    ...WHOLES.map(({ name }, at) => ({
      name: `an entry of the audit trail with ${name}`,
      path: `/audit?limit=1&cursor=${at + 2}`,
    })),
  ];
}
