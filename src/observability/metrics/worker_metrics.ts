/** Counts what becomes of the threads that serve, where there are several. */

import { addLedgerReadings, type LedgerReadings } from "./ledger_readings.ts";
import { mergedSnapshot, type MetricsSnapshot } from "./metrics.ts";
import { Counter, Gauge, Registry } from "./prom_client.js";

export class WorkerMetrics {
  readonly #registry = new Registry();
  readonly #lost: Counter<string>;
  readonly #lostCalls: Counter<string>;
  /** What lost threads had counted. */
  #left: Promise<MetricsSnapshot> = Promise.resolve([]);

  /** @param serving How many threads serve now. */
  constructor(serving: () => number, ledger: () => LedgerReadings) {
    const registers = [this.#registry];
    addLedgerReadings(this.#registry, ledger);
    this.#lost = new Counter({
      name: "weir_workers_lost_total",
      help: "Threads that served and came to an unexpected end; each was replaced.",
      registers,
    });
    this.#lostCalls = new Counter({
      name: "weir_worker_lost_calls_total",
      help: "Calls that were running on such a thread; they are in no other count of calls.",
      registers,
    });
    new Gauge({
      name: "weir_workers",
      help: "Threads that serve.",
      registers,
      collect() {
        this.set(serving());
      },
    });
  }

  /** @param last What the thread had counted when it was last asked. */
  recordLoss(calls: number, last: MetricsSnapshot): void {
    this.#lost.inc();
    this.#lostCalls.inc(calls);
    const totals = last.filter(({ type }) => String(type) !== "gauge");
    // Of several that are lost at once, one after the other.
    this.#left = this.#left.then(async (left) => {
      try {
        return await mergedSnapshot([left, totals]);
      } catch {
        // What was counted before must not be lost with it.
        return left;
      }
    });
  }

  /** With what lost threads had counted: totals never become less. */
  async snapshots(): Promise<readonly MetricsSnapshot[]> {
    return [await this.#left, await this.#registry.getMetricsAsJSON()];
  }
}
