/**
 * The calls of the last minutes as lanes: what the events say, without a word of how it is drawn.
 *
 * @module
 */

import type { LiveEvent } from "../../api/live_events.ts";

/** One request to a provider. */
export interface LiveAttempt {
  readonly atMs: number;
  readonly provider: string;
}

export interface LiveCall {
  readonly id: string;
  readonly model: string;
  readonly key: string;
  readonly surface: string;
  readonly startMs: number;
  /** Row that it is drawn in. */
  readonly lane: number;
  readonly attempts: LiveAttempt[];
  firstTokenMs: number | undefined;
  endMs: number | undefined;
  /** Of the log; empty while it runs. */
  outcome: string;
  ended: Readonly<Record<string, unknown>> | undefined;
}

/** Calls that are kept, and for how long. */
const MAX_CALLS = 3_000;
export const KEPT_MS = 10 * 60_000;
const MAX_ATTEMPTS = 16;
/** Room between two calls of one lane. */
const GAP_MS = 400;
/** A call whose end was never heard of. */
const LOST_MS = 60 * 60_000;

export class Timeline {
  readonly #calls = new Map<string, LiveCall>();
  /** When each lane is free again; `Infinity` while its call runs. */
  readonly #laneFreeMs: number[] = [];

  /** In the order in which they began. */
  get calls(): Iterable<LiveCall> {
    return this.#calls.values();
  }

  get size(): number {
    return this.#calls.size;
  }

  get oldestMs(): number | undefined {
    for (const { startMs } of this.#calls.values()) return startMs;
    return undefined;
  }

  inFlight(): number {
    let running = 0;
    for (const { endMs } of this.#calls.values()) if (endMs === undefined) running++;
    return running;
  }

  apply({ type, atMs, data }: LiveEvent): void {
    const id = text(data["id"] ?? data["request_id"]);
    if (id === "") return;
    if (type === "call.started") return this.#begin(id, atMs, data);
    const call = this.#calls.get(id);
    if (call === undefined) return; // It began before anybody looked.
    if (type === "call.attempt" && call.attempts.length < MAX_ATTEMPTS) {
      call.attempts.push({ atMs, provider: text(data["provider"]) });
    }
    if (type === "call.first_token") call.firstTokenMs = atMs;
    if (type === "call.ended") {
      call.endMs = atMs;
      call.outcome = text(data["outcome"]) || "complete";
      call.ended = data;
      this.#laneFreeMs[call.lane] = atMs + GAP_MS;
    }
  }

  /** Forgets what is too old to be looked at. */
  prune(nowMs: number): void {
    for (const [id, { startMs, endMs, lane }] of this.#calls) {
      const isOver = endMs !== undefined && endMs < nowMs - KEPT_MS || startMs < nowMs - LOST_MS;
      if (!isOver && this.#calls.size <= MAX_CALLS) return;
      this.#calls.delete(id);
      if (endMs === undefined) this.#laneFreeMs[lane] = nowMs;
    }
  }

  clear(): void {
    this.#calls.clear();
    this.#laneFreeMs.length = 0;
  }

  #begin(id: string, atMs: number, data: LiveEvent["data"]): void {
    const free = this.#laneFreeMs.findIndex((freeMs) => freeMs <= atMs);
    const lane = free === -1 ? this.#laneFreeMs.length : free;
    this.#laneFreeMs[lane] = Infinity;
    this.#calls.set(id, {
      id,
      model: text(data["model"]),
      key: text(data["key"] ?? data["principal"]),
      surface: text(data["surface"]),
      startMs: atMs,
      lane,
      attempts: [],
      firstTokenMs: undefined,
      endMs: undefined,
      outcome: "",
      ended: undefined,
    });
  }
}

function text(value: unknown): string {
  return typeof value === "string" ? value.slice(0, 200) : "";
}
