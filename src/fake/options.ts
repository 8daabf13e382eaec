/** What the fake server is given: time, randomness, a bound, and an ear for tests. */

import type { Clock, Random } from "../core/clock.ts";

/**
 * How an answer goes: `open` when its request is understood, then one of `done` (its last byte is
 * handed over, or it failed as a tag asked) and `cancelled` (the client left first).
 */
export type AnswerEvent = "open" | "done" | "cancelled";

/** What `createFakeApp` needs. */
export interface FakeOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Larger request bodies are refused with 413. */
  readonly maxBodyBytes: number;
  /** Told about each chat or text completion and each embedding, JSON and streamed. */
  readonly onAnswer?: (event: AnswerEvent) => void;
}
