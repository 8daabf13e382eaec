/** The metrics that are read when somebody asks for them. */

import type { CoolingTarget } from "../../core/provider/cooldown.ts";
import type { CoolingKey } from "../../core/provider/provider_key.ts";
import type { PacedTarget } from "../../core/provider/pacing.ts";
import { addLedgerReadings, type LedgerReadings } from "./ledger_readings.ts";
import { Counter, Gauge, type Registry } from "./prom_client.js";

/** What the operating system says of the process. */
export interface ProcessUsage {
  readonly residentBytes: number;
  /** Since the process started. */
  readonly cpuSeconds: number;
}

/** What is known of a budget. */
export interface BudgetReading {
  readonly id: string;
  readonly scope: string;
  readonly usd: number;
  readonly spentUsd: number;
}

/** Where the values are read. */
export interface Readings {
  /** Calls that are being answered. */
  readonly running: () => number;
  readonly queued: () => number;
  readonly webSockets: () => number;
  readonly cooling: () => readonly CoolingTarget[];
  readonly coolingKeys: () => readonly CoolingKey[];
  readonly paced: () => readonly PacedTarget[];
  /** Those in force that something is known of, a bounded number of them. */
  readonly budgets: () => readonly BudgetReading[];
  /** Faults of Weir itself that nothing was prepared for. */
  readonly bugs: () => number;
  readonly processUsage: () => ProcessUsage;
  /** Seconds since the Unix epoch. */
  readonly startedSeconds: number;
  /** `undefined` where another thread tells of the ledger. */
  readonly ledger?: (() => LedgerReadings) | undefined;
}

/** Of the process, which all threads see alike. */
const OF_PROCESS = "max";

export function addReadings(registry: Registry, readings: Readings): void {
  addGauge(registry, "weir_requests_in_flight", "Calls being answered.", {
    read: readings.running,
  });
  addGauge(registry, "weir_calls_queued", "Calls that wait for others to end.", {
    read: readings.queued,
  });
  addGauge(registry, "weir_websocket_connections", "WebSocket connections.", {
    read: readings.webSockets,
  });
  addGauge(registry, "process_resident_memory_bytes", "Resident memory size in bytes.", {
    read: () => readings.processUsage().residentBytes,
    aggregator: OF_PROCESS,
  });
  addGauge(registry, "process_start_time_seconds", "Start time of the process since the epoch.", {
    read: () => readings.startedSeconds,
    aggregator: OF_PROCESS,
  });
  addTotal(registry, "process_cpu_seconds_total", "User and system CPU time in seconds.", {
    read: () => readings.processUsage().cpuSeconds,
    aggregator: OF_PROCESS,
  });
  addTotal(
    registry,
    "weir_unhandled_errors_total",
    "Faults of Weir itself that nothing was prepared for; each has a line in the log.",
    { read: readings.bugs },
  );
  addCooling(registry, readings);
  addPaced(registry, readings);
  addBudgets(registry, readings);
  if (readings.ledger !== undefined) addLedgerReadings(registry, readings.ledger);
}

interface Reading {
  readonly read: () => number;
  /** How those of several threads become one. */
  readonly aggregator?: typeof OF_PROCESS;
}

function addGauge(registry: Registry, name: string, help: string, reading: Reading): void {
  const { read, aggregator } = reading;
  new Gauge({
    name,
    help,
    registers: [registry],
    ...(aggregator !== undefined && { aggregator }),
    collect() {
      this.set(read());
    },
  });
}

function addTotal(registry: Registry, name: string, help: string, reading: Reading): void {
  const { read, aggregator } = reading;
  new Counter({
    name,
    help,
    registers: [registry],
    ...(aggregator !== undefined && { aggregator }),
    collect() {
      this.reset();
      this.inc(read());
    },
  });
}

function addCooling(registry: Registry, { cooling, coolingKeys }: Readings): void {
  new Gauge({
    name: "weir_target_cooldown_seconds",
    help: "Time until a target that is left out is tried again; targets in use have no value.",
    labelNames: ["target", "reason"],
    aggregator: OF_PROCESS,
    registers: [registry],
    collect() {
      this.reset();
      for (const { target, reason, retryAfterMs } of cooling()) {
        this.set({ target, reason }, retryAfterMs / 1000);
      }
    },
  });
  new Gauge({
    name: "weir_upstream_key_cooldown_seconds",
    help: "Time until a key that is left out is tried again; keys in use have no value.",
    labelNames: ["upstream", "key", "reason"],
    aggregator: OF_PROCESS,
    registers: [registry],
    collect() {
      this.reset();
      for (const { provider, key, reason, retryAfterMs } of coolingKeys()) {
        this.set({ upstream: provider, key, reason }, retryAfterMs / 1000);
      }
    },
  });
}

function addPaced(registry: Registry, { paced }: Readings): void {
  new Gauge({
    name: "weir_paced_calls_waiting",
    help: "Calls that wait for their turn at a target that has told its limits.",
    labelNames: ["target"],
    registers: [registry],
    collect() {
      this.reset();
      for (const { target, waiting } of paced()) this.set({ target }, waiting);
    },
  });
  new Gauge({
    name: "weir_upstream_limit_remaining",
    help: "What is left of the limits that a target has told, less what was sent since.",
    labelNames: ["target", "limit"],
    aggregator: OF_PROCESS,
    registers: [registry],
    collect() {
      this.reset();
      for (const { target, requests, tokens } of paced()) {
        if (requests !== undefined) this.set({ target, limit: "requests" }, requests);
        if (tokens !== undefined) this.set({ target, limit: "tokens" }, tokens);
      }
    },
  });
}

function addBudgets(registry: Registry, { budgets }: Readings): void {
  const add = (name: string, help: string, read: (reading: BudgetReading) => number): void => {
    new Gauge({
      name,
      help,
      labelNames: ["budget", "scope"],
      aggregator: OF_PROCESS,
      registers: [registry],
      collect() {
        this.reset();
        for (const reading of budgets()) {
          const { id: budget, scope } = reading;
          this.set({ budget, scope }, read(reading));
        }
      },
    });
  };
  add("weir_budget_spent_usd", "Spent of a budget in its period.", ({ spentUsd }) => spentUsd);
  add("weir_budget_limit_usd", "What a budget allows in a period.", ({ usd }) => usd);
}
