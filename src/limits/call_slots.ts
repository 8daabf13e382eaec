/**
 * Slots for running calls: so many over all and so many for each caller. Who finds none waits in a short
 * queue that serves callers in turn, not calls, so that one with many calls delays nobody else.
 *
 * @module
 */

import type { Signal } from "../core/http/signal.ts";
import * as z from "zod";
import type { CancelTimer, Clock } from "../core/clock.ts";
import { GatewayError } from "../core/gateway_error.ts";
import { LocalSlotCounts, type SlotCounts, type SlotOwner } from "./slot_counts.ts";

export const concurrencyOptions = z.strictObject({
  maxCalls: z.int().min(1).max(1_000_000).default(100).describe(
    "Calls that run at once, streams until their end; more wait in a queue.",
  ).meta({ variable: "MAX_CONCURRENT_REQUESTS" }),
  maxCallsPerKey: z.int().min(0).max(1_000_000).default(0).describe(
    "The same for each API key, or each address where no key is needed; 0 is no limit of its own.",
  ).meta({ variable: "MAX_CONCURRENT_REQUESTS_PER_KEY" }),
  maxQueued: z.int().min(0).max(100_000).default(100).describe(
    "Calls that wait at once; more are refused with 503.",
  ).meta({ variable: "MAX_QUEUED_REQUESTS" }),
  queueTimeoutMs: z.int().min(1).max(600_000).default(10_000).describe(
    "Longest wait in the queue; then the call is refused with 503.",
  ).meta({ variable: "QUEUE_TIMEOUT_MS" }),
}).prefault({});

export type ConcurrencyOptions = z.infer<typeof concurrencyOptions>;

/** Gives a slot back. To be called once. */
export type ReleaseSlot = () => void;

/** How often those who wait look for slots that nobody says are free. */
const LOOK_MS = 5;

/** Who wants a slot. */
export interface SlotDemand extends SlotOwner {
  /** Aborts when the client leaves. */
  readonly signal: Signal;
}

interface Waiter extends SlotDemand {
  readonly admit: (release: ReleaseSlot) => void;
  readonly refuse: (error: GatewayError) => void;
}

export class CallSlots {
  readonly #clock: Clock;
  readonly #counts: SlotCounts;
  #options: ConcurrencyOptions;
  #queued = 0;
  #isLooking = false;
  /** In the order in which their turn comes. */
  readonly #waitersOf = new Map<string, Waiter[]>();

  /** @param counts Of this thread by itself, or of all threads; each has its own queue. */
  constructor(
    options: ConcurrencyOptions,
    clock: Clock,
    counts: SlotCounts = new LocalSlotCounts(),
  ) {
    this.#options = options;
    this.#clock = clock;
    this.#counts = counts;
  }

  get running(): number {
    return this.#counts.running;
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
   * the reason, or `client_closed`.
   */
  take(demand: SlotDemand): ReleaseSlot | Promise<ReleaseSlot> {
    return this.#occupy(demand) ?? this.#wait(demand);
  }

  /** `undefined` where there is no slot. */
  #occupy({ key, maxCalls }: SlotOwner): ReleaseSlot | undefined {
    const owner: SlotOwner = { key, maxCalls };
    if (!this.#counts.take(owner, this.#options.maxCalls)) return undefined;
    return () => {
      this.#counts.giveBack(owner);
      this.#serveQueue();
    };
  }

  #wait(demand: SlotDemand): Promise<ReleaseSlot> {
    const { maxQueued, queueTimeoutMs } = this.#options;
    if (demand.signal.aborted) throw clientLeft();
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
      this.#lookLater();
    });
  }

  /** Calls that others end are noticed by looking. */
  #lookLater(): void {
    if (!this.#counts.isShared || this.#isLooking || this.#queued === 0) return;
    this.#isLooking = true;
    this.#clock.schedule(LOOK_MS, () => {
      this.#isLooking = false;
      this.#serveQueue();
      this.#lookLater();
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

  #serveQueue(): void {
    while (this.#queued > 0 && this.#serveNext());
  }

  /** Serves the key whose turn it is: the first that may have one more. */
  #serveNext(): boolean {
    if (!this.#counts.hasRoom(this.#options.maxCalls)) return false;
    for (const [key, waiters] of this.#waitersOf) {
      const [waiter] = waiters;
      const release = waiter && this.#occupy(waiter);
      if (waiter === undefined || release === undefined) continue;
      this.#remove(waiter);
      // To the end of the round.
      if (this.#waitersOf.delete(key)) this.#waitersOf.set(key, waiters);
      waiter.admit(release);
      return true;
    }
    return false;
  }

  #refusal(demand: SlotDemand): GatewayError {
    const retryAfterMs = this.#options.queueTimeoutMs;
    return this.#counts.isSpent(demand)
      ? new GatewayError(
        "rate_limited",
        `This key has ${demand.maxCalls} calls running, which is its limit; wait until one has ended`,
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
