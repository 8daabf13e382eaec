/**
 * The way to Redis: in use, or away. The client library opens connections again and bounds the time for an
 * answer; what is of use is decided here, by the script, which writes.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { Redis } from "ioredis";
import type { Clock, Random } from "../../core/clock.ts";
import type { LimitDemand } from "../limit_store.ts";
import type { RedisAddress } from "./redis_address.ts";
import { LIMIT_SCRIPT, readDecision, type ScriptCall, scriptCall } from "./redis_limit_script.ts";

/** Between attempts, so that what is back is in use again within a second. */
const FIRST_DELAY_MS = 50;
const MAX_DELAY_MS = 400;
/** A connection that has lasted as long was no mere moment between two failures. */
const STEADY_MS = 10_000;
/** Calls without an answer. Beyond them Redis is slower than its clients. */
const MAX_WAITING = 1_000;
/** Nothing is expected of a connection that was given up. */
const DISCONNECT_TIMEOUT_MS = 50;
/** Connecting takes a few round trips. */
const CONNECT_TIMEOUTS = 5;

/** What Redis runs, and the name that it knows it by. */
export interface RedisScript {
  readonly text: string;
  readonly sha: string;
}

export function redisScript(text: string): RedisScript {
  return { text, sha: createHash("sha1").update(text).digest("hex") };
}

const LIMITS = redisScript(LIMIT_SCRIPT);

/** A write, because a Redis that can only be read is of no use. */
const PROBE: LimitDemand = {
  rule: { name: "probe", limit: 1_000_000, windowMs: 1_000 },
  key: "",
  cost: 1,
};

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

/** Gateways that lost it together do not all come back at once. */
export function retryDelayMs(failures: number, random: number): number {
  return Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** failures) * (0.5 + random / 2);
}

export class RedisLink {
  readonly #parts: LinkParts;
  #client: Redis | undefined;
  #isConnected = false;
  #isReady = false;
  /** What the log was told last; `undefined` before it was told anything. */
  #isShared: boolean | undefined;
  #isClosed = false;
  #waiting = 0;
  /** In a row. */
  #failures = 0;
  /** Of the connection that is being opened or in use. */
  #cause: Error | undefined;
  #changedMs: number;

  constructor(parts: LinkParts) {
    this.#parts = parts;
    this.#changedMs = parts.clock.nowMs();
    import("./redis_library.ts").then((library) => this.#open(library.Redis)).catch((error) => {
      this.#cause = error;
      this.#lose();
    });
  }

  /** The script's answer, or `undefined`, now or later, where Redis gives none; it never rejects. */
  run(call: ScriptCall, script = LIMITS): Promise<unknown> | undefined {
    const client = this.#client;
    if (!this.#isReady || client === undefined || this.#waiting >= MAX_WAITING) return undefined;
    return this.#ask(client, call, script);
  }

  close(): void {
    this.#isClosed = true;
    this.#isReady = false;
    const client = this.#client;
    // One that has ended by itself would begin a wait for the end of its connection.
    if (client === undefined || client.status === "end") return;
    client.disconnect();
    client.stream?.destroy();
  }

  #open(Library: typeof Redis): void {
    if (this.#isClosed) return;
    const { address, timeoutMs, random } = this.#parts;
    const { host, port, isTls, username, password, db } = address;
    const client = new Library({
      host,
      port,
      db,
      ...(username !== "" && { username }),
      ...(password !== "" && { password }),
      ...(isTls && { tls: {} }),
      connectTimeout: CONNECT_TIMEOUTS * timeoutMs,
      commandTimeout: timeoutMs,
      disconnectTimeout: DISCONNECT_TIMEOUT_MS,
      retryStrategy: () => retryDelayMs(this.#failures++, random()),
      // A call that is not answered in time is counted alone, and never sent again.
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      // The probe says more than INFO, and both that and HELLO may be forbidden to the user.
      enableReadyCheck: false,
      disableClientInfo: true,
      protocol: 2,
    });
    this.#client = client;
    client.on("error", (error) => this.#giveUp(client, error));
    client.on("connect", () => this.#isConnected = true);
    client.on("ready", () => void this.#probe(client));
    client.on("close", () => this.#lose());
  }

  /** It takes connections; whether it is of use is told by the script. */
  async #probe(client: Redis): Promise<void> {
    const answer = await this.#ask(client, scriptCall("settle", [PROBE]), LIMITS);
    if (answer === undefined || this.#isClosed) return;
    if (readDecision(answer, [PROBE]) === undefined) {
      return this.#giveUp(client, new Error("It does not answer as Redis does"));
    }
    const { log, address } = this.#parts;
    this.#isReady = true;
    this.#isShared = true;
    this.#cause = undefined;
    const awayMs = this.#change();
    log.info("limits are shared", { redis: nameOf(address), away_ms: Math.round(awayMs) });
  }

  async #ask(client: Redis, call: ScriptCall, script: RedisScript): Promise<unknown> {
    this.#waiting++;
    try {
      return await send(client, call, script);
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      const isLate = error.message === "Command timed out";
      const { timeoutMs } = this.#parts;
      this.#giveUp(client, isLate ? new Error(`No answer within ${timeoutMs} ms`) : error);
      return undefined;
    } finally {
      this.#waiting--;
    }
  }

  /** The connection is over; the library opens another one. The first cause counts. */
  #giveUp(client: Redis, cause: Error): void {
    this.#cause ??= cause;
    this.#isReady = false;
    // The library would go on in another database where it may not have the one it was told.
    if (this.#isConnected) client.disconnect(true);
    this.#isConnected = false;
  }

  #lose(): void {
    if (this.#isClosed) return;
    const { address, log } = this.#parts;
    const isNews = this.#isShared !== false;
    this.#isReady = false;
    this.#isConnected = false;
    this.#isShared = false;
    if (isNews && this.#change() >= STEADY_MS) this.#failures = 0;
    const cause = this.#cause ?? new Error("The connection was closed");
    this.#cause = undefined;
    (isNews ? log.warn : log.debug)("limits are not shared", {
      redis: nameOf(address),
      cause: describe(cause, address),
    });
  }

  /** Between being in use and being away; returns how long it had been the other. */
  #change(): number {
    const nowMs = this.#parts.clock.nowMs();
    const lastedMs = nowMs - this.#changedMs;
    this.#changedMs = nowMs;
    return lastedMs;
  }
}

async function send(
  client: Redis,
  { keys, values }: ScriptCall,
  { text, sha }: RedisScript,
): Promise<unknown> {
  try {
    return await client.evalsha(sha, keys.length, ...keys, ...values);
  } catch (thrown) {
    // It was started anew, or is another machine behind the same address.
    if (!(thrown instanceof Error && thrown.message.startsWith("NOSCRIPT"))) throw thrown;
    return await client.eval(text, keys.length, ...keys, ...values);
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
