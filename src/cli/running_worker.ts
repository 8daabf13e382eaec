/** One thread from its start to its end, as the main thread sees it. */

import type { Clock } from "../core/clock.ts";
import type { MetricsSnapshot } from "../observability/metrics.ts";
import { type Answers, ThreadLink } from "./thread_link.ts";
import type { LinkToWorker, MainQuestions } from "./worker_questions.ts";
import type { SpawnThread, WorkerThread } from "./worker_thread.ts";

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
  readonly link: LinkToWorker;
  /** Resolves with the cause when the thread is no more. */
  readonly ended: Promise<string>;
  /** What the thread had counted when it last said so. */
  lastSnapshot: MetricsSnapshot = [];
  readonly #clock: Clock;
  readonly #thread: WorkerThread;
  readonly #end = Promise.withResolvers<string>();
  #unanswered = 0;
  #isEnding = false;

  constructor(name: string, spawn: SpawnThread, answers: Answers<MainQuestions>, clock: Clock) {
    this.#clock = clock;
    this.#thread = spawn(name, (cause) => void this.end(cause));
    this.link = new ThreadLink(this.#thread, answers);
    this.ended = this.#end.promise;
  }

  /** Ends it where it does not answer for long. To be called once it serves. */
  watch(): void {
    if (this.#isEnding) return;
    if (this.#unanswered === MAX_UNANSWERED) {
      void this.end(`did not answer for ${MAX_UNANSWERED * BEAT_MS} ms`);
      return;
    }
    this.#unanswered++;
    void this.#ask();
    this.#clock.schedule(BEAT_MS, () => this.watch());
  }

  /** Of now, or else the last. */
  async snapshot(): Promise<MetricsSnapshot> {
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
      this.lastSnapshot = await this.link.ask("snapshot") ?? [];
      this.#unanswered = 0;
    } catch {
      // The thread has ended, which is seen to elsewhere.
    }
  }

  /** Whatever it was asked fails with the cause. */
  async end(cause: string): Promise<void> {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.link.close(new Error(cause));
    await this.#thread.terminate();
    this.#end.resolve(cause);
  }
}
