/** One thread from its start to its end, as the main thread sees it. */

import type { Clock } from "../../core/clock.ts";
import type { MetricsSnapshot } from "../../observability/metrics/metrics.ts";
import { type Answers, ThreadLink } from "./thread_link.ts";
import { StartError } from "../start_error.ts";
import type { LedgerNews } from "../ledger/worker_ledger.ts";
import type { StopOptions } from "../stop.ts";
import type {
  LinkToWorker,
  MainQuestions,
  WorkerQuestions,
  WorkerSettings,
  WorkerStart,
} from "./worker_questions.ts";
import type { SpawnThread, WorkerThread } from "./worker_thread.ts";

/** A start takes a second at most, and on a busy machine some. */
const START_MS = 30_000;
/** How often a thread is asked whether it is alive. */
const BEAT_MS = 5_000;
/**
 * A thread that leaves so many in a row unanswered never answers again: none works that long at one stretch.
 * Counted instead of timed, so that a process that was stopped as a whole finds its threads alive.
 */
const MAX_UNANSWERED = 6;
/** Who wants metrics is not kept waiting longer by a thread that is busy. */
const SNAPSHOT_MS = 1_000;

export class RunningWorker {
  /** Resolves with the cause when the thread is no more. */
  readonly ended: Promise<string>;
  /** What the thread had counted when it last said so. */
  lastSnapshot: MetricsSnapshot = [];
  readonly #name: string;
  readonly #link: LinkToWorker;
  readonly #clock: Clock;
  readonly #thread: WorkerThread;
  readonly #ready = Promise.withResolvers<void>();
  readonly #end = Promise.withResolvers<string>();
  #unanswered = 0;
  #isServing = false;
  #isEnding = false;

  constructor(
    name: string,
    spawn: SpawnThread,
    answers: Answers<Omit<MainQuestions, "ready">>,
    clock: Clock,
  ) {
    this.#name = name;
    this.#clock = clock;
    this.#thread = spawn(name, (cause) => void this.end(cause));
    this.#link = new ThreadLink<WorkerQuestions, MainQuestions>(this.#thread, {
      ...answers,
      ready: this.#ready.resolve,
    });
    this.ended = this.#end.promise;
  }

  /**
   * Resolves with the port, once it listens. Rejects with what it was asked fails with, and with `StartError`
   * where it ends instead or takes too long.
   */
  async start(start: WorkerStart): Promise<number> {
    const cancelTimer = this.#clock.schedule(
      START_MS,
      () => void this.end(`did not listen within ${START_MS} ms`),
    );
    try {
      await this.#ready.promise;
      const port = await this.#link.ask("start", start);
      this.#isServing = true;
      this.#watch();
      return port;
    } finally {
      cancelTimer();
    }
  }

  /** Puts other settings into force, after those that it was started with. */
  async apply(settings: WorkerSettings): Promise<void> {
    await this.#ready.promise;
    await this.#link.ask("apply", settings);
  }

  /** Tells it something that it answers nothing to; nothing where it cannot hear yet, or is no more. */
  tell<Name extends keyof LedgerNews>(name: Name, told: Parameters<LedgerNews[Name]>[0]): void {
    if (!this.#isServing || this.#isEnding) return;
    // One question of many, whose types go together by the name alone.
    const asked = [told] as unknown as Parameters<WorkerQuestions[Name]>;
    this.#link.ask(name, ...asked).catch(() => {});
  }

  /** Resolves when its last answer has left; at once where it does not serve yet. */
  async stop(options: StopOptions): Promise<void> {
    if (this.#isServing) await this.#link.ask("stop", options);
  }

  /** Ends it where it does not answer for long. */
  #watch(): void {
    if (this.#isEnding) return;
    if (this.#unanswered === MAX_UNANSWERED) {
      void this.end(`did not answer for ${MAX_UNANSWERED * BEAT_MS} ms`);
      return;
    }
    this.#unanswered++;
    void this.#ask();
    this.#clock.schedule(BEAT_MS, () => this.#watch());
  }

  /** Of now, or else the last. */
  async snapshot(): Promise<MetricsSnapshot> {
    if (!this.#isServing) return this.lastSnapshot;
    await new Promise<void>((resolve) => {
      const cancelTimer = this.#clock.schedule(SNAPSHOT_MS, resolve);
      this.#ask().then(() => {
        cancelTimer();
        resolve();
      });
    });
    return this.lastSnapshot;
  }

  async #ask(): Promise<void> {
    try {
      this.lastSnapshot = await this.#link.ask("snapshot") ?? [];
      this.#unanswered = 0;
    } catch {
      // The thread has ended, which is seen to elsewhere.
    }
  }

  /** Whatever it was asked fails with the cause. */
  async end(cause: string): Promise<void> {
    if (this.#isEnding) return;
    this.#isEnding = true;
    const lost = new StartError(`weir lost its thread ${this.#name}: ${cause}`);
    this.#ready.reject(lost);
    this.#link.close(lost);
    await this.#thread.terminate();
    this.#end.resolve(cause);
  }
}
