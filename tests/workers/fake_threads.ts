/** Threads that run nowhere, and answer what they are asked as a test wants. */

import { createProcessMemory } from "../../src/app/app.ts";
import type { Server } from "../../src/host/server.ts";
import { startWorkers } from "../../src/host/workers/worker_group.ts";
import { LedgerHub } from "../../src/host/ledger/ledger_hub.ts";
import { placeInMemory } from "../../src/host/ledger/store_place.ts";
import { createMemoryStore } from "../../src/state/ledger/memory_store.ts";
import { ThreadLink, type ThreadPort } from "../../src/host/workers/thread_link.ts";
import type {
  LinkToMain,
  MainQuestions,
  WorkerQuestions,
  WorkerSettings,
} from "../../src/host/workers/worker_questions.ts";
import type { WorkerThread } from "../../src/host/workers/worker_thread.ts";
import { readConfig } from "../../src/config/read_config.ts";
import type { Config } from "../../src/config/schema.ts";
import type { Administration } from "../../src/core/administration.ts";
import type { Clock } from "../../src/core/clock.ts";
import type { LogFields } from "../../src/observability/log/line_formats.ts";
import type { Log } from "../../src/observability/log/log.ts";
import { MICROS_PER_USD } from "../../src/limits/budgets/budget_store.ts";
import { MemoryBudgetStore } from "../../src/limits/budgets/memory/memory_budget_store.ts";
import { SharedSlotCounts } from "../../src/limits/memory/shared_slot_counts.ts";
import { LocalResponseStore } from "../../src/state/responses/local_response_store.ts";
import { MemoryShelf } from "../../src/state/responses/memory_shelf.ts";
import { silentWebhooks } from "../ledger/silent_webhooks.ts";
import { ManualClock } from "../transport/manual_clock.ts";

/** One fake thread. */
export class FakeThread {
  /** What it was told to serve, in order. */
  readonly settings: WorkerSettings[] = [];
  isTerminated = false;
  /** What it does when it is asked; whoever throws is told so. */
  onStart = (): Promise<number> | number => 4_000;
  onApply = (): void => {};
  onStop = (): Promise<void> | void => {};
  /** A thread that hangs answers nothing. */
  isHanging = false;
  link: LinkToMain | undefined;
  readonly #end: (cause: string) => void;

  constructor(readonly name: string, end: (cause: string) => void) {
    this.#end = end;
  }

  die(cause: string): void {
    this.#end(cause);
  }
}

/** Both ends of a channel; what is posted arrives in a later turn. */
function channel(isDeaf: () => boolean): readonly [ThreadPort, ThreadPort] {
  const listeners: ((message: unknown) => void)[][] = [[], []];
  const end = (own: 0 | 1): ThreadPort => ({
    postMessage: (message) => {
      const sent = structuredClone(message);
      queueMicrotask(() => {
        if (isDeaf()) return;
        for (const listener of listeners[1 - own] ?? []) listener(sent);
      });
    },
    on: (_, listener) => listeners[own]?.push(listener),
  });
  return [end(0), end(1)];
}

export interface LogLine {
  readonly message: string;
  readonly fields: LogFields;
}

export function testConfig(environment: Readonly<Record<string, string>> = {}): Config {
  return readConfig({
    environment: { OPENAI_API_KEY: "sk-upstream", HOST: "127.0.0.1", PORT: "0", ...environment },
  }).config;
}

/** A group of fake threads, with a clock that stands still and a log that is kept. */
export interface FakeGroup {
  readonly clock: ManualClock;
  readonly spawned: readonly FakeThread[];
  readonly lines: readonly LogLine[];
  /** Changes each thread before it is asked anything. */
  prepareWith(change: (thread: FakeThread) => void): void;
  /** Has a thread run so many calls. */
  runCalls(thread: number, calls: number): void;
  /** Has a thread reserve a dollar of a budget; what is spent and reserved of it, in dollars. */
  reserveDollar(thread: number): void;
  budget(): readonly [spent: number, reserved: number];
  start(): Promise<Server>;
}

export function createGroup(threads: number, config: Config = testConfig()): FakeGroup {
  const clock = new ManualClock();
  const spawned: FakeThread[] = [];
  const lines: LogLine[] = [];
  const keep = (message: string, fields: LogFields = {}): void => {
    lines.push({ message, fields });
  };
  const log: Log = { debug: keep, info: keep, warn: keep, error: keep, later: (line) => line() };
  const memory = createProcessMemory(config, threads, {
    clock,
    makeId: () => "id",
    hashSecret: [1, 2, 3, 4],
    secret: new Uint8Array(32),
  });
  let prepare = (_: FakeThread): void => {};
  const spawn = (name: string, onEnd: (cause: string) => void): WorkerThread => {
    const thread = new FakeThread(name, onEnd);
    const [ours, theirs] = channel(() => thread.isHanging);
    spawned.push(thread);
    prepare(thread);
    thread.link = new ThreadLink<MainQuestions, WorkerQuestions>(theirs, {
      ...NO_NEWS,
      start: (start) => {
        thread.settings.push(start);
        return thread.onStart();
      },
      apply: (settings) => {
        thread.onApply();
        thread.settings.push(settings);
      },
      snapshot: () => undefined,
      stop: () => thread.onStop(),
    });
    thread.link.ask("ready");
    return {
      ...ours,
      terminate: () => {
        thread.isTerminated = true;
        return Promise.resolve(0);
      },
    };
  };
  return {
    clock,
    spawned,
    lines,
    prepareWith: (change: (thread: FakeThread) => void) => prepare = change,
    runCalls: (thread: number, calls: number) => {
      if (memory.slots === undefined) throw new Error("There is one thread");
      const counts = new SharedSlotCounts(memory.slots, thread, clock);
      for (let call = 0; call < calls; call++) counts.take({ key: "a", maxCalls: 0 }, 1_000);
    },
    ...budgetIn(memory.budgets),
    start: () =>
      startWorkers({
        config,
        threads,
        memory,
        responses: storeOf(config, clock),
        hub: hubOf(config, log, clock),
        administration: NO_ADMINISTRATION,
        fakeBaseUrl: () => undefined,
        spawn,
        write: () => Promise.resolve(),
        output: { isTerminal: false, hasColor: false, isJournal: false },
        log,
        clock,
      }),
  };
}

const COUNTER = { name: "budget", startMs: 0, endMs: Infinity };

function budgetIn(memory: SharedArrayBuffer): Pick<FakeGroup, "reserveDollar" | "budget"> {
  return {
    reserveDollar: (thread) => {
      const store = new MemoryBudgetStore(memory, thread);
      store.reserve([{ counter: COUNTER, micros: MICROS_PER_USD, limitMicros: Infinity }], true);
    },
    budget: () => {
      const state = new MemoryBudgetStore(memory, 0).lastKnown(COUNTER);
      return [(state?.spent ?? 0) / MICROS_PER_USD, (state?.reserved ?? 0) / MICROS_PER_USD];
    },
  };
}

const NO_NEWS = { ledgerEntities: () => {}, ledgerWatched: () => {}, ledgerEvents: () => {} };

const nobody = (): Promise<never> => Promise.reject(new Error("Nobody administers it"));
const NO_ADMINISTRATION: Administration = {
  configuration: nobody,
  check: nobody,
  reload: nobody,
  diagnose: nobody,
};

function hubOf(config: Config, log: Log, clock: Clock): LedgerHub {
  const place = placeInMemory(createMemoryStore(config.ledger, clock));
  return new LedgerHub({ place, config, webhooks: silentWebhooks(clock), log, clock });
}

function storeOf({ responses }: Config, clock: Clock): LocalResponseStore {
  return new LocalResponseStore(new MemoryShelf(responses, clock), responses, clock);
}

/** Lets everything that is ready run. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
}
