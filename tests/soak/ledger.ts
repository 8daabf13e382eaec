/**
 * The books: what clients saw of each call, what the log says of it, and whether both are the same.
 *
 * @module
 */

/** How a call ended for its client. */
export type Seen =
  | { readonly kind: "complete" }
  /** A whole answer that does not say how it ended, or in a word of its own. */
  | { readonly kind: "unclear" }
  /** An HTTP status from 400 on, and the code in its body where that is a text. */
  | { readonly kind: "error"; readonly status: number; readonly code?: string }
  /** The answer had begun and ended with an error, or broke off. */
  | { readonly kind: "failed" }
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
  seen?: Seen;
  line?: LogLine;
}

const MAX_PROBLEMS = 20;

export class Ledger {
  readonly #open = new Map<string, Entry>();
  readonly #closed = new Set<string>();
  readonly #made = new Map<string, number>();
  readonly #outcomes = new Map<string, Map<string, number>>();
  readonly #lines = new Map<string, number>();
  readonly #waiting: (() => void)[] = [];
  readonly problems: string[] = [];
  readonly #neverArrived = new Map<string, number>();
  #lineCount = 0;

  /** A call is about to be made. */
  begin(id: string, kind: string): void {
    this.#made.set(kind, (this.#made.get(kind) ?? 0) + 1);
    this.#open.set(id, { kind });
  }

  /** It has ended for its client. */
  end(id: string, seen: Seen): void {
    const entry = this.#open.get(id);
    if (entry === undefined) throw new Error(`No call ${id}`);
    entry.seen = seen;
    this.#settle(id, entry);
  }

  line(line: LogLine): void {
    const { request_id: id, message, surface = "other", outcome } = line;
    this.#lineCount++;
    const key = `${message === "call" ? surface : "other"} ${outcome}`;
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
    while ([...this.#open.values()].some(({ seen }) => seen?.kind !== "left")) {
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
    for (const [id, { kind, seen }] of this.#open) {
      if (seen?.kind === "left") this.#neverArrived.set(kind, this.neverArrivedOf(kind) + 1);
      else this.#problem(`no outcome: ${kind} ${id}, ${seen?.kind ?? "still open"} for its client`);
    }
    this.#open.clear();
  }

  #settle(id: string, entry: Entry): void {
    const { kind, seen, line } = entry;
    if (seen === undefined || line === undefined) return;
    this.#open.delete(id);
    this.#closed.add(id);
    const outcomes = this.#outcomes.get(kind) ?? new Map<string, number>();
    outcomes.set(line.outcome, (outcomes.get(line.outcome) ?? 0) + 1);
    this.#outcomes.set(kind, outcomes);
    if (!agree(seen, line)) {
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
    case "failed":
      return outcome !== "complete" && outcome !== "client_gone";
    case "left":
      // Its answer may have been on its way.
      return true;
  }
}
