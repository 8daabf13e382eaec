/**
 * The calls of the last minutes as lanes: what the events say, without a word of how it is drawn.
 *
 * @module
 */

import type { LiveEvent } from "../../api/live_event.ts";

/** One request to a provider. */
export interface LiveAttempt {
  readonly atMs: number;
  readonly provider: string;
}

export interface LiveCall {
  readonly id: string;
  readonly model: string;
  readonly key: string;
  readonly startMs: number;
  /** Row that it is drawn in. */
  readonly lane: number;
  readonly attempts: LiveAttempt[];
  firstTokenMs: number | undefined;
  endMs: number | undefined;
  /** Of the log; empty while it runs. */
  outcome: string;
  /** What its page is called after; empty while it runs. */
  uid: string;
}

/** A call as the ledger has it. */
export interface PastCall {
  readonly id: string;
  readonly uid: string;
  readonly model: string;
  readonly key: string;
  readonly startMs: number;
  readonly sentMs: number;
  readonly provider: string;
  readonly firstTokenMs: number | undefined;
  readonly endMs: number;
  readonly outcome: string;
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
    const id = text(data["id"]);
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
      call.uid = text(data["uid"]) || id;
      this.#laneFreeMs[call.lane] = atMs + GAP_MS;
    }
  }

  /** Puts in a call that ended before anybody looked. */
  addPast(call: PastCall): void {
    const { id, startMs, firstTokenMs, endMs, outcome, sentMs, provider } = call;
    if (this.#calls.has(id)) return;
    const at = (atMs: number, type: string, data: LiveEvent["data"]): void =>
      this.apply({ type, atMs, data: { id, ...data } });
    at(startMs, "call.started", { ...call });
    if (provider !== "") at(sentMs, "call.attempt", { provider });
    if (firstTokenMs !== undefined) at(firstTokenMs, "call.first_token", {});
    at(endMs, "call.ended", { outcome, uid: call.uid });
  }

  /** Forgets what is too old to be looked at, and the oldest where there are too many. */
  prune(nowMs: number): void {
    let tooMany = this.#calls.size - MAX_CALLS;
    for (const call of this.#calls.values()) {
      const { startMs, endMs } = call;
      const isOver = endMs === undefined ? startMs < nowMs - LOST_MS : endMs < nowMs - KEPT_MS;
      if (!isOver && (endMs === undefined || tooMany <= 0)) continue;
      tooMany--;
      this.#forget(call, nowMs);
    }
  }

  clear(): void {
    this.#calls.clear();
    this.#laneFreeMs.length = 0;
  }

  #forget({ id, endMs, lane }: LiveCall, nowMs: number): void {
    this.#calls.delete(id);
    if (endMs === undefined) this.#laneFreeMs[lane] = nowMs;
  }

  #begin(id: string, atMs: number, data: LiveEvent["data"]): void {
    // Clients choose ids, and some send one twice.
    const twin = this.#calls.get(id);
    if (twin !== undefined) this.#forget(twin, atMs);
    if (this.#calls.size >= 2 * MAX_CALLS) return;
    const free = this.#laneFreeMs.findIndex((freeMs) => freeMs <= atMs);
    const lane = free === -1 ? this.#laneFreeMs.length : free;
    this.#laneFreeMs[lane] = Infinity;
    this.#calls.set(id, {
      id,
      model: text(data["model"]),
      key: text(data["key"]),
      startMs: atMs,
      lane,
      attempts: [],
      firstTokenMs: undefined,
      endMs: undefined,
      outcome: "",
      uid: "",
    });
  }
}

function text(value: unknown): string {
  return typeof value === "string" ? value.slice(0, 200) : "";
}
