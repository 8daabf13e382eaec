/** How the ledger is written, as the metrics have it. */

import { Counter, Gauge, type Registry } from "./prom_client.js";

export interface LedgerReadings {
  /** Records of calls, since the process started. */
  readonly written: number;
  readonly lost: number;
  readonly waiting: number;
  /** The store could not be asked or written to when that was last tried. */
  readonly isAway: boolean;
}

export function addLedgerReadings(registry: Registry, read: () => LedgerReadings): void {
  const registers = [registry];
  new Counter({
    name: "weir_ledger_records_total",
    help: "Calls that the ledger was to keep, by what became of them.",
    labelNames: ["result"],
    registers,
    collect() {
      const { written, lost } = read();
      this.reset();
      this.inc({ result: "written" }, written);
      this.inc({ result: "lost" }, lost);
    },
  });
  new Gauge({
    name: "weir_ledger_records_waiting",
    help: "Calls that wait to be written to the ledger.",
    registers,
    collect() {
      this.set(read().waiting);
    },
  });
  new Gauge({
    name: "weir_ledger_up",
    help: "1 where the ledger's store answers, 0 while it is away.",
    registers,
    collect() {
      this.set(read().isAway ? 0 : 1);
    },
  });
}
