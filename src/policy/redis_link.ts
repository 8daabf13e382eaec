/**
 * The way to Redis over all connections, one after another: in use, or away and tried again and again.
 *
 * @module
 */

import type { CancelTimer, Clock, Random } from "../core/clock.ts";
import type { RedisAddress } from "./redis_address.ts";
import type { createRedisClient as CreateRedisClient } from "./redis_client.ts";
import { RedisConnection } from "./redis_connection.ts";
import type { ScriptCall } from "./redis_limit_script.ts";

/** Between attempts, so that what is back is in use again within a second. */
const FIRST_DELAY_MS = 50;
const MAX_DELAY_MS = 400;
/** A connection that has lasted as long was no mere moment between two failures. */
const STEADY_MS = 10_000;

type Write = (
  message: string,
  fields: Readonly<Record<string, string | number | undefined>>,
) => void;

/** Of a `Log`, what is written to. */
export interface LinkLog {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
}

export interface LinkParts {
  readonly address: RedisAddress;
  /** Time for one answer. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: LinkLog;
}

export class RedisLink {
  readonly #parts: LinkParts;
  /** The latest one, whatever state it is in. */
  #connection: RedisConnection | undefined;
  #isReady = false;
  #isClosed = false;
  /** In a row. */
  #failures = 0;
  #changedMs: number;
  #cancelRetry: CancelTimer = () => {};

  constructor(parts: LinkParts) {
    this.#parts = parts;
    this.#changedMs = parts.clock.nowMs();
    this.#open();
  }

  /** The script's answer, or `undefined`, now or later, where Redis gives none; it never rejects. */
  run(call: ScriptCall): Promise<unknown> | undefined {
    return this.#isReady ? this.#connection?.run(call) : undefined;
  }

  close(): void {
    this.#isClosed = true;
    this.#isReady = false;
    this.#cancelRetry();
    this.#connection?.close();
  }

  #open(): void {
    import("./redis_client.ts")
      .then(({ createRedisClient }) => this.#connect(createRedisClient))
      .catch((error) => this.#lose(error));
  }

  #connect(createRedisClient: typeof CreateRedisClient): void {
    if (this.#isClosed) return;
    const { address, timeoutMs, clock } = this.#parts;
    const client = createRedisClient(address, timeoutMs);
    this.#connection = new RedisConnection(client, timeoutMs, clock, {
      onReady: () => this.#use(),
      onEnd: (cause) => this.#lose(cause),
    });
    this.#connection.open();
  }

  #use(): void {
    this.#isReady = true;
    const awayMs = this.#change();
    this.#parts.log.info("limits are shared", {
      redis: nameOf(this.#parts.address),
      away_ms: Math.round(awayMs),
    });
  }

  #lose(cause: Error): void {
    const { address, clock, random, log } = this.#parts;
    const isNews = this.#isReady || this.#failures === 0;
    this.#isReady = false;
    if (isNews && this.#change() >= STEADY_MS) this.#failures = 0;
    (isNews ? log.warn : log.debug)("limits are not shared", {
      redis: nameOf(address),
      cause: describe(cause, address),
    });
    const delayMs = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** this.#failures++);
    // Gateways that lost it together do not all come back at once.
    this.#cancelRetry = clock.schedule(delayMs * (0.5 + random() / 2), () => this.#open());
  }

  /** Between being in use and being away; returns how long it had been the other. */
  #change(): number {
    const nowMs = this.#parts.clock.nowMs();
    const lastedMs = nowMs - this.#changedMs;
    this.#changedMs = nowMs;
    return lastedMs;
  }
}

function nameOf({ host, port }: RedisAddress): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Without what it quotes of a command: that may be AUTH, and cut off where no redactor knows it. */
function describe({ message }: Error, { password }: RedisAddress): string {
  const [said = ""] = message.split(", with args beginning with");
  return (password === "" ? said : said.replaceAll(password, "***")).slice(0, 200);
}
