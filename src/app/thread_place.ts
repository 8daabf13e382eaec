/** What a thread is in its process. */

import type { Config } from "../config/schema.ts";
import type { Administration } from "../core/administration.ts";
import type { Clock, MakeId } from "../core/clock.ts";
import type { Ledger } from "../core/ledger/ledger.ts";
import type { LedgerReadings } from "../observability/metrics/ledger_readings.ts";
import type { ResponseStore } from "../core/response_store.ts";
import type { HashSecret } from "../limits/memory/keyed_hash.ts";
import { createBudgetMemory } from "../limits/budgets/memory/memory_budget_store.ts";
import { createLimitMemory } from "../limits/memory/memory_limit_store.ts";
import { createLaneMemory } from "../limits/pacing/lane_table.ts";
import { createSlotMemory } from "../limits/memory/shared_slot_counts.ts";
import { createSessionMemory } from "../routing/session_affinity.ts";

/** What the threads of a process have in common. It can be sent to another thread. */
export interface ProcessMemory {
  /** Name of the process in `Via`. */
  readonly pseudonym: string;
  /** Seconds since the Unix epoch. */
  readonly startedSeconds: number;
  /** Of the installation. */
  readonly secret: Uint8Array<ArrayBuffer>;
  readonly limits: SharedArrayBuffer;
  /** What budgets have counted. */
  readonly budgets: SharedArrayBuffer;
  /** Where conversations have gone whose target failed. */
  readonly sessions: SharedArrayBuffer;
  /** What providers have said of their limits. */
  readonly lanes: SharedArrayBuffer;
  /** One number, which grows when answers that were kept are dropped. */
  readonly answersGeneration: SharedArrayBuffer;
  /** Of running calls; `undefined` where one thread serves. */
  readonly slots: SharedArrayBuffer | undefined;
  /** How many serve. */
  readonly threads: number;
}

export interface ThreadPlace {
  readonly memory: ProcessMemory;
  /** Its number, from 0. */
  readonly thread: number;
  /** The metrics of all threads as text; `undefined` where one thread serves. */
  readonly allMetrics: (() => Promise<string>) | undefined;
  /** Of all threads. */
  readonly responses: ResponseStore;
  /** What only the main thread can do. */
  readonly administration: Administration;
  readonly ledger: Ledger;
  /** How the ledger is written; `undefined` where the main thread tells it for all. */
  readonly ledgerReadings: (() => LedgerReadings) | undefined;
}

/**
 * @param config The first configuration: the size of the limits' memory is its word.
 * @param hashSecret Random, and not known outside.
 * @param secret Of the installation.
 */
export function createProcessMemory(
  { limits }: Config,
  threads: number,
  { clock, makeId, hashSecret, secret }: {
    readonly clock: Clock;
    readonly makeId: MakeId;
    readonly hashSecret: HashSecret;
    readonly secret: Uint8Array<ArrayBuffer>;
  },
): ProcessMemory {
  return {
    pseudonym: `weir-${makeId()}`,
    startedSeconds: clock.epochMs() / 1000,
    secret,
    limits: createLimitMemory(limits.maxBuckets, hashSecret),
    budgets: createBudgetMemory(threads, hashSecret),
    sessions: createSessionMemory(),
    lanes: createLaneMemory(),
    answersGeneration: new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT),
    slots: threads === 1 ? undefined : createSlotMemory(threads, hashSecret),
    threads,
  };
}
