/**
 * The ledger's store on a thread of its own, as the main thread has it. A thread that is lost is started
 * again by the next that is asked of it.
 *
 * @module
 */

import type { Clock } from "../../core/clock.ts";
import { ThreadLink } from "../workers/thread_link.ts";
import type { SpawnThread, WorkerThread } from "../workers/worker_thread.ts";
import type { StoreAddress } from "./open_store.ts";
import { linkedQueries, type StorePlace } from "./store_place.ts";
import { STORE_THREAD_NAME } from "./store_thread_name.ts";
import type { NewerState, StoreOwnerQuestions, StoreThreadQuestions } from "./store_thread.ts";

/** What was lost, or could not be opened, is not tried again sooner. */
const MIN_LIFE_MS = 1_000;
const MIN_PAUSE_MS = 100;

type Link = ThreadLink<StoreThreadQuestions, StoreOwnerQuestions>;

interface RunningThread {
  readonly link: Link;
  readonly thread: WorkerThread;
  readonly ready: Promise<void>;
}

export interface LinkedStoreParts {
  readonly address: StoreAddress;
  readonly spawn: SpawnThread;
  readonly clock: Clock;
  /** Told when processes began that had the store and have ended without closing it. */
  readonly noteUnclosed: (sinceMs: readonly number[]) => void;
}

export interface OpenedStore {
  readonly place: StorePlace;
  /** Why it cannot be used, where a newer version has written it. */
  readonly newer: NewerState | undefined;
}

/**
 * Rejects with what opening fails with: a `StateError` by its name.
 *
 * @param mayBeAway What cannot be opened now is tried again with whatever is asked of it.
 */
export async function openLinkedStore(
  parts: LinkedStoreParts,
  mayBeAway: boolean,
): Promise<OpenedStore> {
  const store = new LinkedStore(parts);
  try {
    const newer = await store.newer();
    if (newer !== undefined) await store.end();
    return { place: placeOf(store), newer };
  } catch (thrown) {
    if (mayBeAway) return { place: placeOf(store), newer: undefined };
    await store.end();
    throw thrown;
  }
}

function placeOf(store: LinkedStore): StorePlace {
  return {
    queries: linkedQueries(async (question) => await (await store.link()).ask("ask", question)),
    append: async (lines) => await (await store.link()).ask("append", lines),
    appendNow: undefined,
    prune: async (nowMs) => await (await store.link()).ask("prune", nowMs),
    isShared: true,
    close: () => store.close(),
  };
}

class LinkedStore {
  readonly #parts: LinkedStoreParts;
  #running: RunningThread | undefined;
  /** Of the thread that runs; what failed is tried again after a while. */
  #opening: Promise<NewerState | undefined> | undefined;
  #isOpen = false;
  #isOver = false;

  constructor(parts: LinkedStoreParts) {
    this.#parts = parts;
  }

  /** To the thread, once its store is open. */
  async link(): Promise<Link> {
    if (await this.newer() !== undefined) {
      throw new Error("A newer version of Weir has the ledger");
    }
    if (this.#running === undefined) throw new Error("The ledger's thread was lost");
    return this.#running.link;
  }

  /** Opens it, and says whether a newer version has written it. */
  async newer(): Promise<NewerState | undefined> {
    if (this.#isOver) throw new Error("The ledger is closed");
    this.#running ??= this.#spawn();
    this.#opening ??= this.#open(this.#running);
    return await this.#opening;
  }

  /** Nothing is to be closed of what could not be opened. */
  async close(): Promise<void> {
    const { link } = this.#running ?? {};
    this.#isOver = true;
    try {
      if (this.#isOpen) await link?.ask("close");
    } finally {
      await this.end();
    }
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await this.#running?.thread.terminate();
  }

  async #open({ link, ready }: RunningThread): Promise<NewerState | undefined> {
    const { address, clock, noteUnclosed } = this.#parts;
    const startedMs = clock.nowMs();
    try {
      await ready;
      const { newer, unclosedSinceMs = [] } = await link.ask("open", address);
      this.#isOpen = true;
      if (unclosedSinceMs.length > 0) noteUnclosed(unclosedSinceMs);
      return newer;
    } catch (thrown) {
      this.#openAgainAfter(startedMs);
      throw thrown;
    }
  }

  #spawn(): RunningThread {
    const { spawn, clock } = this.#parts;
    const ready = Promise.withResolvers<void>();
    // Whoever waits for it is told by what was asked.
    ready.promise.catch(() => {});
    const startedMs = clock.nowMs();
    const thread = spawn(STORE_THREAD_NAME, (cause) => {
      if (this.#running?.thread !== thread) return;
      const lost = new Error(`The ledger's thread was lost: ${cause}`);
      ready.reject(lost);
      link.close(lost);
      void thread.terminate();
      this.#running = undefined;
      this.#isOpen = false;
      this.#opening = Promise.reject(lost);
      this.#opening.catch(() => {});
      this.#openAgainAfter(startedMs);
    });
    const link: Link = new ThreadLink<StoreThreadQuestions, StoreOwnerQuestions>(thread, {
      ready: ready.resolve,
    });
    return { link, thread, ready: ready.promise };
  }

  /** Not at once: who asks meanwhile is told what it failed with. */
  #openAgainAfter(startedMs: number): void {
    const { clock } = this.#parts;
    const pauseMs = Math.max(MIN_PAUSE_MS, startedMs + MIN_LIFE_MS - clock.nowMs());
    clock.schedule(pauseMs, () => this.#opening = undefined);
  }
}
