/**
 * One connection to Redis: from its opening, over what it is asked, to its end. What comes after is
 * another one.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { Redis } from "ioredis";
import type { CancelTimer, Clock } from "../core/clock.ts";
import type { LimitDemand } from "./limit_store.ts";
import { LIMIT_SCRIPT, readDecision, type ScriptCall, scriptCall } from "./redis_limit_script.ts";

/** Calls without an answer. Beyond them Redis is slower than its clients. */
const MAX_WAITING = 1_000;
/** Opening takes a few round trips. */
const OPENING_TIMEOUTS = 5;
/** For an answer that has come while this process was busy with other things. */
const GRACE_MS = 10;

const SCRIPT_SHA = createHash("sha1").update(LIMIT_SCRIPT).digest("hex");

/** A write, because a Redis that can only be read is of no use. */
const PROBE: LimitDemand = {
  rule: { name: "probe", limit: 1_000_000, windowMs: 1_000 },
  key: "",
  cost: 1,
};

interface Waiter {
  readonly deadlineMs: number;
  readonly resolve: (answer: unknown) => void;
}

export interface ConnectionEvents {
  /** The script has run on it. */
  readonly onReady: () => void;
  /** It is of no more use, or has never been; called once, and not after `close`. */
  readonly onEnd: (cause: Error) => void;
}

export class RedisConnection {
  readonly #client: Redis;
  readonly #timeoutMs: number;
  readonly #clock: Clock;
  readonly #events: ConnectionEvents;
  /** In the order in which answers come. */
  readonly #waiting = new Set<Waiter>();
  /** Its time is over, but for the grace. */
  #suspect: Waiter | undefined;
  #cancelWatch: CancelTimer | undefined;
  #cancelOpening: CancelTimer = () => {};
  #isOver = false;

  /**
   * @param client Of `createRedisClient`, not yet connected.
   * @param timeoutMs Time for one answer. Where it passes, the connection is over.
   */
  constructor(client: Redis, timeoutMs: number, clock: Clock, events: ConnectionEvents) {
    this.#client = client;
    this.#timeoutMs = timeoutMs;
    this.#clock = clock;
    this.#events = events;
    client.on("error", (error) => this.#end(error));
    client.on("end", () => this.#end(new Error("The connection was closed")));
  }

  /** To be called once. */
  open(): void {
    const timeoutMs = OPENING_TIMEOUTS * this.#timeoutMs;
    this.#cancelOpening = this.#clock.schedule(
      timeoutMs,
      () => this.#end(new Error(`No connection within ${timeoutMs} ms`)),
    );
    this.#client.connect().then(() => this.#probe()).catch((error) => this.#end(error));
  }

  /** The script's answer, or `undefined` where there is none in time; it never rejects. */
  run(call: ScriptCall): Promise<unknown> | undefined {
    if (this.#isOver || this.#waiting.size >= MAX_WAITING) return undefined;
    return new Promise((resolve) => {
      const waiter: Waiter = { deadlineMs: this.#clock.nowMs() + this.#timeoutMs, resolve };
      this.#waiting.add(waiter);
      if (this.#cancelWatch === undefined) this.#watchFor(this.#timeoutMs);
      this.#send(call).then((answer) => {
        this.#waiting.delete(waiter);
        resolve(answer);
      }, (error) => this.#end(error));
    });
  }

  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#cancelOpening();
    this.#cancelWatch?.();
    // One that has ended by itself would keep a timer for the answer to a farewell.
    if (this.#client.status !== "end") this.#client.disconnect();
    for (const { resolve } of this.#waiting) resolve(undefined);
    this.#waiting.clear();
  }

  #end(cause: Error): void {
    if (this.#isOver) return;
    this.close();
    this.#events.onEnd(cause);
  }

  async #probe(): Promise<void> {
    const answer = await this.run(scriptCall("settle", [PROBE]));
    if (this.#isOver) return;
    if (readDecision(answer, [PROBE]) === undefined) {
      return this.#end(new Error("It does not answer as Redis does"));
    }
    this.#cancelOpening();
    this.#events.onReady();
  }

  async #send({ keys, values }: ScriptCall): Promise<unknown> {
    try {
      return await this.#client.evalsha(SCRIPT_SHA, keys.length, ...keys, ...values);
    } catch (thrown) {
      // It was started anew, or is another machine behind the same address.
      if (!(thrown instanceof Error && thrown.message.startsWith("NOSCRIPT"))) throw thrown;
      return await this.#client.eval(LIMIT_SCRIPT, keys.length, ...keys, ...values);
    }
  }

  /** One timer for all who wait. */
  #watchFor(delayMs: number): void {
    this.#cancelWatch = this.#clock.schedule(delayMs, () => this.#watch());
  }

  #watch(): void {
    this.#cancelWatch = undefined;
    const [oldest] = this.#waiting;
    if (oldest === undefined) return;
    const leftMs = oldest.deadlineMs - this.#clock.nowMs();
    if (leftMs > 0) return this.#watchFor(leftMs);
    if (oldest === this.#suspect) {
      return this.#end(new Error(`No answer within ${this.#timeoutMs} ms`));
    }
    this.#suspect = oldest;
    this.#watchFor(GRACE_MS);
  }
}
