/**
 * Slots for running calls: so many over all and so many for each caller. Who finds none waits in a short
 * queue that serves callers in turn, not calls, so that one with many calls delays nobody else.
 *
 * @module
 */

import { z } from "zod";
import type { CancelTimer, Clock } from "../core/clock.ts";
import { GatewayError } from "../core/gateway_error.ts";

export const concurrencyOptions = z.strictObject({
  maxCalls: z.int().min(1).max(1_000_000).default(100).describe(
    "Calls that run at once, streams until their end; more wait in a queue.",
  ),
  maxCallsPerKey: z.int().min(0).max(1_000_000).default(0).describe(
    "The same for each API key, or each address where no key is needed; 0 is no limit of its own.",
  ),
  maxQueued: z.int().min(0).max(100_000).default(100).describe(
    "Calls that wait at once; more are refused with 503.",
  ),
  queueTimeoutMs: z.int().min(1).max(600_000).default(10_000).describe(
    "Longest wait in the queue; then the call is refused with 503.",
  ),
}).prefault({});

export type ConcurrencyOptions = z.infer<typeof concurrencyOptions>;

/** Gives a slot back. To be called once. */
export type ReleaseSlot = () => void;

/** Who wants a slot. */
export interface SlotDemand {
  readonly key: string;
  /** Most calls of this key at once; 0 is no limit of its own. */
  readonly maxCalls: number;
  /** Aborts when the client leaves. */
  readonly signal: AbortSignal;
}

interface Waiter extends SlotDemand {
  readonly admit: (release: ReleaseSlot) => void;
  readonly refuse: (error: GatewayError) => void;
}

export class CallSlots {
  readonly #clock: Clock;
  #options: ConcurrencyOptions;
  #running = 0;
  #queued = 0;
  readonly #runningOf = new Map<string, number>();
  /** In the order in which their turn comes. */
  readonly #waitersOf = new Map<string, Waiter[]>();

  constructor(options: ConcurrencyOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
  }

  get running(): number {
    return this.#running;
  }

  get queued(): number {
    return this.#queued;
  }

  /** The options of a new configuration; what runs or waits goes on. */
  configure(options: ConcurrencyOptions): void {
    this.#options = options;
    this.#serveQueue();
  }

  /**
   * Takes a slot, at once where one is free.
   *
   * Throws or rejects with `overloaded` (503), or `rate_limited` (429) where the key's own limit is
   * the reason, or the reason of the signal.
   */
  take(demand: SlotDemand): ReleaseSlot | Promise<ReleaseSlot> {
    if (this.#isFree(demand)) return this.#occupy(demand.key);
    return this.#wait(demand);
  }

  #isFree({ key, maxCalls }: SlotDemand): boolean {
    return this.#running < this.#options.maxCalls && !this.#isSpent(key, maxCalls);
  }

  #isSpent(key: string, maxCalls: number): boolean {
    return maxCalls > 0 && (this.#runningOf.get(key) ?? 0) >= maxCalls;
  }

  #occupy(key: string): ReleaseSlot {
    this.#running++;
    this.#runningOf.set(key, (this.#runningOf.get(key) ?? 0) + 1);
    return () => {
      this.#running--;
      const left = (this.#runningOf.get(key) ?? 1) - 1;
      if (left === 0) this.#runningOf.delete(key);
      else this.#runningOf.set(key, left);
      this.#serveQueue();
    };
  }

  #wait(demand: SlotDemand): Promise<ReleaseSlot> {
    const { maxQueued, queueTimeoutMs } = this.#options;
    demand.signal.throwIfAborted();
    if (this.#queued >= maxQueued && !this.#makeRoomFor(demand.key)) throw this.#refusal(demand);
    return new Promise((resolve, reject) => {
      const settled = (): void => {
        cancelTimer();
        demand.signal.removeEventListener("abort", onAbort);
      };
      const waiter: Waiter = {
        ...demand,
        admit: (release) => {
          settled();
          resolve(release);
        },
        refuse: (error) => {
          settled();
          reject(error);
        },
      };
      const leave = (error: GatewayError): void => {
        this.#remove(waiter);
        waiter.refuse(error);
      };
      const onAbort = (): void => leave(clientLeft());
      const cancelTimer: CancelTimer = this.#clock.schedule(
        queueTimeoutMs,
        () => leave(this.#refusal(demand)),
      );
      demand.signal.addEventListener("abort", onAbort);
      const waiters = this.#waitersOf.get(demand.key);
      if (waiters === undefined) this.#waitersOf.set(demand.key, [waiter]);
      else waiters.push(waiter);
      this.#queued++;
    });
  }

  /** Refuses the last of the longest queue, if that is longer than this key's would become. */
  #makeRoomFor(key: string): boolean {
    let longest: Waiter[] = [];
    for (const waiters of this.#waitersOf.values()) {
      if (waiters.length > longest.length) longest = waiters;
    }
    const last = longest.at(-1);
    if (last === undefined || longest.length <= (this.#waitersOf.get(key)?.length ?? 0) + 1) {
      return false;
    }
    this.#remove(last);
    last.refuse(this.#refusal(last));
    return true;
  }

  #remove(waiter: Waiter): void {
    const waiters = this.#waitersOf.get(waiter.key) ?? [];
    const index = waiters.indexOf(waiter);
    if (index < 0) return;
    waiters.splice(index, 1);
    if (waiters.length === 0) this.#waitersOf.delete(waiter.key);
    this.#queued--;
  }

  /** The key whose turn it is: the first that may have one more. */
  #nextKey(): string | undefined {
    if (this.#running >= this.#options.maxCalls) return undefined;
    for (const [key, [first]] of this.#waitersOf) {
      if (first !== undefined && !this.#isSpent(key, first.maxCalls)) return key;
    }
    return undefined;
  }

  #serveQueue(): void {
    for (let key = this.#nextKey(); key !== undefined; key = this.#nextKey()) {
      const waiters = this.#waitersOf.get(key) ?? [];
      const [waiter] = waiters;
      if (waiter === undefined) return;
      this.#remove(waiter);
      // To the end of the round.
      if (this.#waitersOf.delete(key)) this.#waitersOf.set(key, waiters);
      waiter.admit(this.#occupy(key));
    }
  }

  #refusal({ key, maxCalls }: SlotDemand): GatewayError {
    const retryAfterMs = this.#options.queueTimeoutMs;
    return this.#isSpent(key, maxCalls)
      ? new GatewayError(
        "rate_limited",
        `This key has ${maxCalls} calls running, which is its limit; wait until one has ended`,
        { code: "concurrency_limit_exceeded", retryAfterMs },
      )
      : new GatewayError(
        "overloaded",
        "The gateway has as many calls running and waiting as it may; try again later",
        { retryAfterMs },
      );
  }
}

function clientLeft(): GatewayError {
  return new GatewayError("client_closed", "The client left before its turn came");
}
