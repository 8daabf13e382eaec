/**
 * The books: what clients saw of each call, what the log says of it, and whether both are the same.
 *
 * @module
 */

import type { MetricsPage } from "../support/metrics.ts";

/** How a call ended for its client. */
export type Seen =
  | { readonly kind: "complete" }
  /** A whole answer that does not say how it ended, or in a word of its own. */
  | { readonly kind: "unclear" }
  /** A whole answer of which only its reader understands how it ended. */
  | { readonly kind: "answered" }
  /** An HTTP status from 400 on, and the code in its body where that is a text. */
  | { readonly kind: "error"; readonly status: number; readonly code?: string }
  /** The answer had begun and ended with an error. */
  | { readonly kind: "failed"; readonly told?: string }
  /** The connection broke; where Weir was disturbed, the call may never have been heard of. */
  | { readonly kind: "broken" }
  /** The client itself left; it may never have been heard of. */
  | { readonly kind: "left" };

/** A line of the log about a call or another request. */
export interface LogLine {
  readonly message: string;
  readonly request_id: string;
  readonly surface?: string;
  readonly status: number;
  readonly outcome: string;
  readonly code?: string;
}

interface Entry {
  readonly kind: string;
  isDisturbed: boolean;
  seen?: Seen;
  line?: LogLine;
}

const MAX_PROBLEMS = 20;

export interface LedgerOptions {
  /** Whether a disturbance takes lines along that were not yet written. */
  readonly losesLines?: boolean;
}

export class Ledger {
  readonly #losesLines: boolean;
  readonly #open = new Map<string, Entry>();
  readonly #closed = new Set<string>();
  readonly #made = new Map<string, number>();
  readonly #outcomes = new Map<string, Map<string, number>>();
  readonly #lines = new Map<string, number>();
  readonly #waiting: (() => void)[] = [];
  readonly problems: string[] = [];
  readonly #neverArrived = new Map<string, number>();
  /** Calls that ran while Weir was disturbed. */
  readonly #disturbed = new Set<string>();
  /** Of them, those without a line: connections that broke, and lines that were not written any more. */
  readonly cut = new Set<string>();
  readonly lostLines = new Set<string>();
  #disturbances = 0;
  #lineCount = 0;

  constructor({ losesLines = false }: LedgerOptions = {}) {
    this.#losesLines = losesLines;
  }

  /** From now on until what is returned is called, something is done to Weir that may cost a call its line. */
  disturb(): () => void {
    this.#disturbances++;
    for (const entry of this.#open.values()) entry.isDisturbed = true;
    return () => void this.#disturbances--;
  }

  wasDisturbed(id: string): boolean {
    return this.#disturbed.has(id);
  }

  get disturbed(): number {
    return this.#disturbed.size;
  }

  /** A call is about to be made. */
  begin(id: string, kind: string): void {
    this.#made.set(kind, (this.#made.get(kind) ?? 0) + 1);
    this.#open.set(id, { kind, isDisturbed: this.#disturbances > 0 });
  }

  /** It came to nothing before it was made. */
  withdraw(id: string): void {
    const { kind } = this.#entry(id);
    this.#made.set(kind, this.madeOf(kind) - 1);
    this.#open.delete(id);
  }

  /** It has ended for its client. */
  end(id: string, seen: Seen): void {
    const entry = this.#entry(id);
    entry.seen = seen;
    this.#settle(id, entry);
  }

  line(line: LogLine): void {
    const id = line.request_id;
    this.#lineCount++;
    const key = keyOf(line);
    this.#lines.set(key, (this.#lines.get(key) ?? 0) + 1);
    const entry = this.#open.get(id);
    if (entry === undefined || entry.line !== undefined) {
      const why = entry !== undefined || this.#closed.has(id) ? "a second outcome" : "no such call";
      this.#problem(`${why}: ${JSON.stringify(line)}`);
      return;
    }
    entry.line = line;
    this.#settle(id, entry);
  }

  /** Calls that have not ended for their clients. */
  get running(): readonly string[] {
    const running = this.#open.entries().filter(([, { seen }]) => seen === undefined);
    return [...running].map(([id, { kind }]) => `${kind} ${id}`);
  }

  /** Calls that clients have made. */
  get made(): number {
    return sum(this.#made);
  }

  get lineCount(): number {
    return this.#lineCount;
  }

  /** Of clients that left before Weir had heard of them. */
  get neverArrived(): number {
    return sum(this.#neverArrived);
  }

  neverArrivedOf(kind: string): number {
    return this.#neverArrived.get(kind) ?? 0;
  }

  /** By kind of call, how many were made and how many had each outcome. */
  get outcomes(): ReadonlyMap<string, ReadonlyMap<string, number>> {
    return this.#outcomes;
  }

  madeOf(kind: string): number {
    return this.#made.get(kind) ?? 0;
  }

  /** Lines of the log by surface and outcome, as `/metrics` counts them. */
  get lines(): ReadonlyMap<string, number> {
    return this.#lines;
  }

  /** Resolves when every call whose client stayed has its line; false when `timeoutMs` pass without. */
  async balanced(timeoutMs: number): Promise<boolean> {
    const deadlineMs = performance.now() + timeoutMs;
    while ([...this.#open.values()].some((entry) => !this.#mayLackLine(entry))) {
      if (performance.now() > deadlineMs) return false;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.push(resolve);
      const timer = setTimeout(resolve, 100);
      await promise;
      clearTimeout(timer);
    }
    return true;
  }

  /** Closes the books: whoever left and has no line yet was never heard of. */
  close(): void {
    for (const [id, entry] of this.#open) {
      const { kind, seen, isDisturbed } = entry;
      if (isDisturbed) this.#disturbed.add(id);
      if (seen?.kind === "left") this.#neverArrived.set(kind, this.neverArrivedOf(kind) + 1);
      else if (this.#mayLackLine(entry)) {
        (seen?.kind === "broken" ? this.cut : this.lostLines).add(id);
      } else {this.#problem(
          `no outcome: ${kind} ${id}, ${seen?.kind ?? "still open"} for its client`,
        );}
    }
    this.#open.clear();
  }

  #entry(id: string): Entry {
    const entry = this.#open.get(id);
    if (entry === undefined) throw new Error(`No call ${id}`);
    return entry;
  }

  #mayLackLine({ seen, isDisturbed }: Entry): boolean {
    if (seen === undefined) return false;
    return seen.kind === "left" || (isDisturbed && (this.#losesLines || seen.kind === "broken"));
  }

  #settle(id: string, entry: Entry): void {
    const { kind, seen, line, isDisturbed } = entry;
    if (seen === undefined || line === undefined) return;
    this.#open.delete(id);
    this.#closed.add(id);
    if (isDisturbed) this.#disturbed.add(id);
    const outcomes = this.#outcomes.get(kind) ?? new Map<string, number>();
    outcomes.set(line.outcome, (outcomes.get(line.outcome) ?? 0) + 1);
    this.#outcomes.set(kind, outcomes);
    if (!agree(seen, line) && !(isDisturbed && seen.kind === "broken")) {
      this.#problem(
        `${kind}: the client saw ${JSON.stringify(seen)}, the log ${JSON.stringify(line)}`,
      );
    }
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #problem(text: string): void {
    if (this.problems.length < MAX_PROBLEMS) this.problems.push(text);
    else if (this.problems.length === MAX_PROBLEMS) this.problems.push("... and more");
  }
}

/**
 * The metrics count what the log has lines for.
 *
 * @param lines By surface and outcome, as `keyOf` names them.
 * @param maxDifferent Calls that one of them may lack.
 */
export function compareWithMetrics(
  lines: ReadonlyMap<string, number>,
  metrics: MetricsPage,
  maxDifferent = 0,
): readonly string[] {
  const problems: string[] = [];
  let different = 0;
  const hold = (told: string, logged: number, counted: number): void => {
    if (counted === logged) return;
    problems.push(`${told}: ${logged} in the log, ${counted} in the metrics`);
    different += Math.abs(counted - logged);
  };
  const sums = { call: 0, other: 0 };
  for (const [key, count] of lines) {
    const [surface = "", outcome = ""] = key.split(" ");
    const isCall = surface !== "other";
    sums[isCall ? "call" : "other"] += count;
    const counted = isCall
      ? metrics.sum("weir_calls_total", { surface, outcome })
      : metrics.sum("weir_other_requests_total", { outcome });
    hold(key, count, counted);
  }
  hold("calls", sums.call, metrics.sum("weir_calls_total"));
  hold("other requests", sums.other, metrics.sum("weir_other_requests_total"));
  return different > maxDifferent ? problems : [];
}

/** By what a line is counted: its surface, or that it is about no call, and its outcome. */
export function keyOf({ message, surface, outcome }: LogLine): string {
  return `${message === "call" ? surface : "other"} ${outcome}`;
}

/** Of the counts of all kinds. */
export function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0);
}

function agree(seen: Seen, { outcome, status, code }: LogLine): boolean {
  switch (seen.kind) {
    case "complete":
      return outcome === "complete" && status < 400;
    case "unclear":
      return outcome === "complete" || outcome === "truncated";
    case "error":
      return outcome !== "complete" && outcome !== "client_gone" && status === seen.status &&
        (seen.code === undefined || seen.code === code);
    case "answered":
      return outcome !== "client_gone" && status < 400;
    case "failed":
    case "broken":
      return outcome !== "complete" && outcome !== "client_gone";
    case "left":
      // Its answer may have been on its way.
      return true;
  }
}
