/** The ledger of a machine beside its log, call by call, and its sums beside its rows. */

import type { AskAdmin } from "../../support/admin.ts";
import { type CallFacts, factsOf } from "./call_facts.ts";
import type { Machine } from "./machine.ts";

const PAGE_ROWS = 500;
/** Sums of costs are sums of binary fractions. */
const MAX_DIFFERENCE_USD = 1e-6;

export interface LedgerComparison {
  readonly rows: number;
  /** Calls in the log that have no row. */
  readonly missing: number;
  /** Of them, those that ended while threads died: they may have died with one, or have been lost otherwise. */
  readonly died: number;
  /** Of them, those that Weir says it has lost. */
  readonly saidLost: number;
  readonly problems: readonly string[];
}

/** What the rows are summed up to, as `/usage` does it. */
const SUMMED = ["calls", "failed", "unpriced", "input_tokens", "output_tokens", "cost"] as const;

type Sums = Record<typeof SUMMED[number], number>;

type Row = Readonly<Record<string, string | number | boolean | null>>;

export async function compareWithLedger(
  machine: Pick<Machine, "books" | "calls" | "lives" | "admin" | "losesThreads">,
): Promise<LedgerComparison> {
  const { books, calls, lives } = machine;
  const problems: string[] = [];
  const endedWithThread = (id: string) => machine.losesThreads && books.wasDisturbed(id);
  const known = new Map<string, CallFacts>();
  const sums = new Map<string, Sums>();
  for await (const row of rowsOf(machine.admin)) {
    const id = String(row["request_id"]);
    add(sums, row);
    if (known.has(id)) problems.push(`two rows of ${id}`);
    known.set(id, factsOf(row));
  }
  let missing = 0;
  let died = 0;
  for (const [id, facts] of calls) {
    const row = known.get(id);
    if (row !== undefined && row !== facts) {
      problems.push(`${id}: the log says ${facts}, the ledger ${row}`);
    }
    if (row !== undefined) continue;
    missing++;
    if (endedWithThread(id)) died++;
  }
  for (const id of known.keys()) {
    // Whether its client stayed or had left: of what a thread has to tell, a part may have gone before it died.
    if (!calls.has(id) && !endedWithThread(id) && !books.cut.has(id)) {
      problems.push(`${id} has a row and no line`);
    }
  }
  const saidLost = lives.reduce((sum, { lostRecords }) => sum + lostRecords, 0);
  if (saidLost < missing - died || saidLost > missing) {
    const ids = [...calls.keys()].filter((id) => !known.has(id)).slice(0, 5);
    problems.push(
      `${missing} calls have no row, ${ids} among them; ${saidLost} are said to be lost`,
    );
  }
  problems.push(...await differentSums(machine.admin, sums));
  return { rows: known.size, missing, died, saidLost, problems };
}

async function* rowsOf(admin: AskAdmin): AsyncGenerator<Row> {
  for (let cursor = "";;) {
    const { status, json, text } = await admin(`/calls?limit=${PAGE_ROWS}${cursor}`);
    if (status !== 200) throw new Error(`/calls answered ${status}: ${text}`);
    yield* json.data;
    if (json.next_cursor === null) return;
    cursor = `&cursor=${encodeURIComponent(json.next_cursor)}`;
  }
}

function add(sums: Map<string, Sums>, row: Row): void {
  const surface = String(row["surface"]);
  const sum = sums.get(surface) ??
    { calls: 0, failed: 0, unpriced: 0, input_tokens: 0, output_tokens: 0, cost: 0 };
  sums.set(surface, sum);
  sum.calls++;
  if (row["outcome"] !== "complete") sum.failed++;
  if (row["cost"] === null) sum.unpriced++;
  for (const name of ["input_tokens", "output_tokens", "cost"] as const) {
    sum[name] += Number(row[name] ?? 0);
  }
}

async function differentSums(
  admin: AskAdmin,
  sums: ReadonlyMap<string, Sums>,
): Promise<readonly string[]> {
  const { json, status, text } = await admin("/usage?group=surface");
  if (status !== 200) throw new Error(`/usage answered ${status}: ${text}`);
  const told = new Map<string, Row>(json.data.map((row: Row) => [String(row["surface"]), row]));
  const surfaces = new Set([...sums.keys(), ...told.keys()]);
  return [...surfaces].flatMap((surface) => {
    const [sum, row] = [sums.get(surface), told.get(surface)];
    return SUMMED.filter((name) => !isSame(name, sum, row))
      .map((name) => `${surface}: ${sum?.[name]} ${name} by its rows, ${row?.[name]} by its sums`);
  });
}

function isSame(name: keyof Sums, sum: Sums | undefined, row: Row | undefined): boolean {
  if (name === "cost" && sum?.unpriced === sum?.calls) return row?.[name] === null;
  const more = Number(row?.[name] ?? NaN) - (sum?.[name] ?? NaN);
  // What is known of a call's cost is in the sums, although the whole of it is not known.
  if (name === "cost" && sum?.unpriced !== 0) return more > -MAX_DIFFERENCE_USD;
  return Math.abs(more) < MAX_DIFFERENCE_USD;
}
