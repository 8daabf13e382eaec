/** A thread that takes from shared limits as fast as it can, or dies with their lock in its hand. */

import type { LimitDemand } from "../../../src/limits/limit_store.ts";
import { MemoryLimitStore } from "../../../src/limits/memory/memory_limit_store.ts";
import { SharedLock } from "../../../src/limits/memory/shared_lock.ts";
import { ManualClock } from "../../transport/manual_clock.ts";

export interface Job {
  readonly memory: SharedArrayBuffer;
  /** One 32-bit word, which becomes other than 0 when all are to begin. */
  readonly startSignal: SharedArrayBuffer;
  /** Each is taken in turn, or none at all where the lock is to be held for ever. */
  readonly decisions: readonly (readonly LimitDemand[])[];
  readonly takes: number;
}

/** What a thread says: that it is ready, then how many of each of the decisions were allowed. */
export type Report = "ready" | readonly number[];

/** The part of a worker's global scope that is used here. */
interface WorkerScope {
  onmessage: (event: MessageEvent<Job>) => void;
  postMessage(report: Report): void;
}
const scope = globalThis as unknown as WorkerScope;

scope.onmessage = ({ data: { memory, startSignal, decisions, takes } }) => {
  const signal = new Int32Array(startSignal);
  if (decisions.length === 0) {
    new SharedLock(new Int32Array(memory), 0).acquire();
    scope.postMessage("ready");
    Atomics.wait(signal, 0, 0);
    return;
  }
  const store = new MemoryLimitStore(memory, new ManualClock());
  const allowed = decisions.map(() => 0);
  scope.postMessage("ready");
  Atomics.wait(signal, 0, 0);
  for (let index = 0; index < takes; index++) {
    const chosen = index % decisions.length;
    if (store.take(decisions[chosen]!).isAllowed) allowed[chosen]!++;
  }
  scope.postMessage(allowed);
};
