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

/** A lost thread is not started again sooner. */
const MIN_LIFE_MS = 1_000;

type Link = ThreadLink<StoreThreadQuestions, StoreOwnerQuestions>;

interface RunningStore {
  readonly link: Link;
  readonly thread: WorkerThread;
  readonly opened: Promise<NewerState | undefined>;
}

export interface LinkedStoreParts {
  readonly address: StoreAddress;
  readonly spawn: SpawnThread;
  readonly clock: Clock;
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
    close: async () => {
      try {
        await (await store.link()).ask("close");
      } finally {
        await store.end();
      }
    },
  };
}

class LinkedStore {
  readonly #parts: LinkedStoreParts;
  #running: RunningStore | undefined;
  #isOver = false;

  constructor(parts: LinkedStoreParts) {
    this.#parts = parts;
  }

  /** To the thread, once its store is open. */
  async link(): Promise<Link> {
    if (this.#isOver) throw new Error("The ledger is closed");
    const { link, opened } = this.#running ?? this.#start();
    if (await opened !== undefined) throw new Error("A newer version of Weir has the ledger");
    return link;
  }

  /** Opens it, and says whether a newer version has written it. */
  async newer(): Promise<NewerState | undefined> {
    const { opened } = this.#running ?? this.#start();
    return await opened;
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await this.#running?.thread.terminate();
  }

  #start(): RunningStore {
    const { address, spawn, clock } = this.#parts;
    const ready = Promise.withResolvers<void>();
    const startedMs = clock.nowMs();
    const thread = spawn(STORE_THREAD_NAME, (cause) => lose(cause));
    const link: Link = new ThreadLink<StoreThreadQuestions, StoreOwnerQuestions>(thread, {
      ready: ready.resolve,
    });
    const lose = (cause: string): void => {
      const lost = new Error(`The ledger's thread was lost: ${cause}`);
      ready.reject(lost);
      link.close(lost);
      void thread.terminate();
      const pauseMs = Math.max(0, startedMs + MIN_LIFE_MS - clock.nowMs());
      clock.schedule(pauseMs, () => {
        if (this.#running?.thread === thread) this.#running = undefined;
      });
    };
    const open = async (): Promise<NewerState | undefined> => {
      await ready.promise;
      return await link.ask("open", address);
    };
    const opened = open();
    opened.catch(({ message }) => lose(message));
    this.#running = { link, thread, opened };
    return this.#running;
  }
}
