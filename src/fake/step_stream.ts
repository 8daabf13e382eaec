/**
 * The body of an answer as a list of steps, carried out at the pace of whoever reads it.
 *
 * @module
 */

import type { CancelTimer, Clock } from "../core/clock.ts";

/** What happens next: bytes leave, time passes, or the connection is dropped. */
export type Step = Uint8Array | { readonly waitMs: number } | "drop";

/** How a stream of steps is read. */
export interface StepStreamOptions {
  readonly clock: Clock;
  /** Bytes made ahead of the reader. 0 where a step may drop what has not been read. */
  readonly maxQueuedBytes: number;
  /** Called once; `done` when all bytes are handed over or dropped. */
  readonly onEnd: (event: "done" | "cancelled") => void;
}

// Without a turn of the event loop before it, Deno 2.4 loses what was sent just before the drop.
const FLUSH_MS = 10;

/** Makes the body. A reader that leaves ends the steps and their timer at once. */
export function streamSteps(
  steps: Iterator<Step>,
  { clock, maxQueuedBytes, onEnd }: StepStreamOptions,
): ReadableStream<Uint8Array> {
  let cancelTimer: CancelTimer = () => {};
  let hasEnded = false;
  const end = (event: "done" | "cancelled") => {
    // A reader may leave after `close` too, with the last bytes still queued.
    if (!hasEnded) onEnd(event);
    hasEnded = true;
  };
  const wait = (waitMs: number) =>
    new Promise<void>((resolve) => {
      cancelTimer = clock.schedule(waitMs, resolve);
    });

  async function pull(controller: ReadableStreamDefaultController<Uint8Array>) {
    // A pull that enqueues nothing is not called again, so go on until there are bytes or an end.
    while (true) {
      const { done, value: step } = steps.next();
      if (done) {
        controller.close();
        return end("done");
      }
      if (step instanceof Uint8Array) {
        controller.enqueue(step);
        if ((controller.desiredSize ?? 0) <= 0) return;
      } else if (step === "drop") {
        await wait(FLUSH_MS);
        controller.error(DROP_REASON);
        return end("done");
      } else {
        await wait(step.waitMs);
      }
    }
  }

  return new ReadableStream({
    pull,
    cancel() {
      cancelTimer();
      steps.return?.();
      end("cancelled");
    },
  }, { highWaterMark: maxQueuedBytes, size: (chunk) => chunk.byteLength });
}

// A sentence, not an error: the runtime prints it, and a stack trace would look like a bug.
const DROP_REASON = "The fake server dropped a connection, as a tag in its prompt asked";
