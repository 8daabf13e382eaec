/**
 * Counters and histograms that are counted for each call, in the form in which `prom-client` reads and merges
 * its own: those look at the names of labels each time, which takes three times as long as all the rest.
 *
 * @module
 */

import type { Registry } from "./prom_client.js";

type Labels = Readonly<Record<string, string | number | undefined>>;

export interface FamilyOptions {
  readonly name: string;
  readonly help: string;
  readonly labelNames?: readonly string[];
  readonly registers: readonly Registry[];
}

interface Value {
  readonly labels: Labels;
  readonly value: number;
  readonly metricName?: string;
}

/** What begins with the same values of labels. */
interface Branch<Child> {
  branches: Map<string | number, Branch<Child>> | undefined;
  /** Of exactly these values. */
  child: Child | undefined;
}

/** What is counted of each set of labels, found by their values in the order of their names. */
abstract class Family<Child> {
  readonly name: string;
  readonly help: string;
  readonly aggregator = "sum";
  abstract readonly type: string;
  readonly #labelNames: readonly string[];
  readonly #children: { readonly labels: Labels; readonly child: Child }[] = [];
  readonly #root: Branch<Child> = { branches: undefined, child: undefined };

  constructor({ name, help, labelNames = [], registers }: FamilyOptions) {
    this.name = name;
    this.help = help;
    this.#labelNames = labelNames;
    // It is one of those by all that is asked of it.
    for (const registry of registers) registry.registerMetric(this as never);
  }

  get(): Promise<object> {
    const { name, help, type, aggregator } = this;
    const values = this.#children.flatMap(({ labels, child }) => this.valuesOf(labels, child));
    return Promise.resolve({ name, help, type, aggregator, values });
  }

  /** Value by value: a text of all of them would be new each time, and be hashed for longer than this takes. */
  protected childOf(labels: Labels): Child {
    let branch = this.#root;
    for (const name of this.#labelNames) {
      const value = labels[name] ?? "";
      const branches = branch.branches ??= new Map();
      let next = branches.get(value);
      if (next === undefined) {
        next = { branches: undefined, child: undefined };
        branches.set(value, next);
      }
      branch = next;
    }
    return branch.child ??= this.#begin(labels);
  }

  #begin(labels: Labels): Child {
    const child = this.create();
    const given = Object.entries(labels).filter(([, value]) => value !== undefined);
    this.#children.push({ labels: Object.fromEntries(given), child });
    return child;
  }

  protected abstract create(): Child;
  protected abstract valuesOf(labels: Labels, child: Child): readonly Value[];
}

export class Counter extends Family<{ count: number }> {
  readonly type = "counter";

  inc(labels: Labels, count = 1): void {
    this.childOf(labels).count += count;
  }

  protected create(): { count: number } {
    return { count: 0 };
  }

  protected valuesOf(labels: Labels, { count }: { readonly count: number }): readonly Value[] {
    return [{ labels, value: count }];
  }
}

interface Distribution {
  /** How many fell between a bound and the one before it; the last are above all of them. */
  readonly counts: number[];
  sum: number;
}

export class Histogram extends Family<Distribution> {
  readonly type = "histogram";
  readonly #bounds: readonly number[];

  /** @param options With `buckets`, their upper bounds. */
  constructor(options: FamilyOptions & { readonly buckets: readonly number[] }) {
    super(options);
    this.#bounds = options.buckets;
    // One without labels is there from the beginning.
    if (options.labelNames === undefined) this.childOf({});
  }

  observe(labels: Labels, value: number): void {
    // One upstream's nonsense must not take the sum of all others.
    if (!Number.isFinite(value)) return;
    const distribution = this.childOf(labels);
    distribution.sum += value;
    let at = 0;
    while (at < this.#bounds.length && value > this.#bounds[at]!) at++;
    distribution.counts[at]!++;
  }

  protected create(): Distribution {
    return { counts: new Array<number>(this.#bounds.length + 1).fill(0), sum: 0 };
  }

  protected valuesOf(labels: Labels, { counts, sum }: Distribution): readonly Value[] {
    const values: Value[] = [];
    let total = 0;
    const add = (le: number | "+Inf"): void => {
      values.push({ labels: { le, ...labels }, value: total, metricName: `${this.name}_bucket` });
    };
    for (const [at, count] of counts.entries()) {
      total += count;
      add(this.#bounds[at] ?? "+Inf");
    }
    values.push({ labels, value: sum, metricName: `${this.name}_sum` });
    values.push({ labels, value: total, metricName: `${this.name}_count` });
    return values;
  }
}
