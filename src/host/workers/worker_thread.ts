/** Starts a thread of the program. */

import { getHeapStatistics } from "node:v8";
import { Worker } from "node:worker_threads";
import type { ThreadPort } from "./thread_link.ts";

const BYTES_PER_MIB = 1_048_576;

export interface WorkerThread extends ThreadPort {
  /** Ends it wherever it is. */
  terminate(): Promise<unknown>;
}

/** @param onEnd Told why it has ended, where the runtime says so; maybe more than once. */
export type SpawnThread = (name: string, onEnd: (cause: string) => void) => WorkerThread;

/** A thread of the same program, which knows by itself that it is one. */
export function spawnThread(name: string, onEnd: (cause: string) => void): WorkerThread {
  const worker = new Worker(new URL(Deno.mainModule), {
    name,
    // As much as the runtime allows anyway; said here, a thread that needs more ends alone (Deno 2.9).
    resourceLimits: {
      maxOldGenerationSizeMb: Math.floor(getHeapStatistics().heap_size_limit / BYTES_PER_MIB),
    },
  });
  worker.on("error", (error: unknown) => onEnd(describe(error)));
  // Deno 2.4 does not tell of it.
  worker.on("exit", (code: number) => onEnd(`exited with code ${code}`));
  return worker;
}

function describe(error: unknown): string {
  // Deno 2.4 gives an event, of which no text can be made.
  const { stack, message } = error as Partial<Error>;
  return (stack ?? message ?? "an error").slice(0, 4_000);
}
