/**
 * The middle of the ledger, in the main thread: it alone asks the store, takes the records of all threads,
 * tells each of them what is in force, and passes their events on.
 *
 * @module
 */

import type { Config } from "../../config/schema.ts";
import type { CancelTimer, Clock } from "../../core/clock.ts";
import type { Ledger, LedgerEvent, LedgerQueries } from "../../core/ledger/ledger.ts";
import type { EntityChange } from "../../core/ledger/ledger_store.ts";
import type { JsonObject } from "../../core/text/json.ts";
import { EntityTable } from "../../ledger/entity_table.ts";
import { EventHub } from "../../ledger/events/event_hub.ts";
import { type DatedKey, ExpiringKeys } from "../../ledger/events/expiring_keys.ts";
import type { Webhooks } from "../../ledger/webhooks/webhooks.ts";
import { BatchWriter } from "../../ledger/writing/batch_writer.ts";
import type { RecordBatch } from "../../ledger/writing/record_lines.ts";
import { WriteQueue } from "../../ledger/writing/write_queue.ts";
import type { Log } from "../../observability/log/log.ts";
import type { LedgerReadings } from "../../observability/metrics/ledger_readings.ts";
import type { StorePlace } from "./store_place.ts";

/** A change that another process made is in force within twice of it. */
const POLL_MS = 1_000;
const HOUR_MS = 3_600_000;
/** Of an answer of a store that may hang. */
const ANSWER_MS = 5_000;
/** A stop that tidies up takes two seconds. */
const CLOSE_MS = 1_000;
const LOSS_LINE_MS = 10_000;

export interface HubParts {
  readonly place: StorePlace;
  readonly config: Config;
  readonly webhooks: Webhooks;
  readonly log: Log;
  readonly clock: Clock;
}

export class LedgerHub {
  readonly events = new EventHub();
  readonly entities = new EntityTable();
  /** As threads ask it: a change is in force everywhere, as far as it can be said, once it resolves. */
  readonly queries: LedgerQueries;
  readonly #parts: HubParts;
  readonly #queue: WriteQueue;
  readonly #writer: BatchWriter;
  #version: number | undefined;
  #lastRefresh: Promise<void> = Promise.resolve();
  /** Waits for the one before it. */
  #nextRefresh: Promise<void> | undefined;
  #cancelTimers: CancelTimer[] = [];
  #isClosed = false;
  /** The store has answered when it was last asked. */
  #isHeard = false;
  #unsaidLoss = 0;
  readonly #expiring = new ExpiringKeys();
  #config: Config;
  #written = 0;

  constructor(parts: HubParts) {
    const { place, clock, config, webhooks } = parts;
    this.#parts = parts;
    this.#config = config;
    webhooks.configure(config.webhooks);
    this.events.observe((event) => webhooks.publish(event));
    this.queries = {
      ...place.queries,
      change: (change) => this.#change(change),
    };
    this.#queue = new WriteQueue({
      write: place.append,
      isThere: () => this.#isThere(),
      watch: {
        away: (cause, waiting) => this.#noteAway(cause, waiting),
        back: (waiting) => parts.log.info("ledger back", { waiting }),
        lost: (records, cause) => this.#noteLoss(records, cause),
      },
      clock,
    });
    this.#writer = new BatchWriter((batch) => Promise.resolve(this.take(batch)), clock);
  }

  /** Reads what is in force, and follows it from then on. Resolves where the store does not answer as well. */
  async start(): Promise<void> {
    await this.#refresh();
    if (this.#parts.place.isShared) this.#repeat(POLL_MS, () => this.#poll());
    this.#repeat(HOUR_MS, () => this.#eachHour());
    void this.#eachHour();
  }

  /** Another configuration is in force. */
  reloaded(config: Config): void {
    this.#config = config;
    this.#parts.webhooks.configure(config.webhooks);
    this.#publish("configuration.reloaded", {});
    this.#tellExpiring();
  }

  /** The ledger of the main thread, where that serves by itself. */
  get ledger(): Ledger {
    const { entities, events, queries } = this;
    const now = this.#parts.place.appendNow;
    const record: Ledger["record"] = now === undefined
      ? (record) => this.#writer.add(record)
      : (record) => {
        now(record);
        this.#written++;
      };
    return { record, store: queries, entities, events, flush: () => this.#writer.flush() };
  }

  /** Takes what a thread has recorded. */
  take(batch: RecordBatch): void {
    this.#queue.take(batch);
  }

  readonly readings = (): LedgerReadings => ({
    written: this.#queue.written + this.#written,
    lost: this.#queue.lost,
    waiting: this.#queue.waiting,
    isAway: this.#queue.isAway || !this.#isHeard,
  });

  /** Writes what waits, and closes the store. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const cancel of this.#cancelTimers) cancel();
    await this.#writer.flush();
    await this.#inTime(this.#queue.close(), CLOSE_MS).catch(() => {
      this.#queue.giveUp("Weir was stopped before it could be written");
    });
    this.#sayLoss();
    this.#parts.webhooks.close();
    await this.#parts.place.close().catch(() => {});
  }

  async #change(change: EntityChange): Promise<boolean> {
    const isChanged = await this.#parts.place.queries.change(change);
    await this.#refresh();
    if (!isChanged || change.kind !== "key") return isChanged;
    const { id, audit: { action } } = change;
    const { name = null } = change.body ?? change.audit.before ?? {};
    this.#publish("key.changed", { id, name, action });
    return true;
  }

  /** One after the other, since what was read first must not come last; whoever waits for one shares it. */
  #refresh(): Promise<void> {
    this.#nextRefresh ??= this.#lastRefresh.then(() => {
      this.#nextRefresh = undefined;
      return this.#readEntities();
    });
    this.#lastRefresh = this.#nextRefresh;
    return this.#lastRefresh;
  }

  async #readEntities(): Promise<void> {
    try {
      const { queries } = this.#parts.place;
      const version = await this.#inTime(queries.version());
      this.entities.set(await this.#inTime(queries.entities()));
      this.#version = version;
      this.#isHeard = true;
    } catch (thrown) {
      this.#version = undefined;
      this.#isHeard = false;
      this.#parts.log.debug("ledger not read", { cause: String(thrown) });
    }
  }

  async #poll(): Promise<void> {
    const { queries } = this.#parts.place;
    const version = await this.#inTime(queries.version()).catch(() => undefined);
    this.#isHeard = version !== undefined;
    // What cannot be read now stays in force as it was.
    if (version !== undefined && version !== this.#version) await this.#refresh();
  }

  async #eachHour(): Promise<void> {
    this.#tellExpiring();
    const { place, clock, log } = this.#parts;
    await place.prune(clock.epochMs()).catch((thrown) =>
      log.warn("ledger not pruned", { cause: String(thrown) })
    );
  }

  #tellExpiring(): void {
    const nowMs = this.#parts.clock.epochMs();
    const made = this.entities.of("key").map(({ body }) => body).filter(isInUse);
    const keys = [...this.#config.auth.keys, ...made].map(datedKey);
    for (const { name, expiresMs = 0 } of this.#expiring.next(keys, nowMs)) {
      this.#publish("key.expiring", { name, expires: new Date(expiresMs).toISOString() });
    }
  }

  async #isThere(): Promise<boolean> {
    return await this.#inTime(this.#parts.place.queries.version()).then(() => true, () => false);
  }

  async #inTime<T>(asked: Promise<T>, timeoutMs = ANSWER_MS): Promise<T> {
    const late = Promise.withResolvers<never>();
    const cancelTimer = this.#parts.clock.schedule(
      timeoutMs,
      () => late.reject(new Error(`no answer within ${timeoutMs} ms`)),
    );
    try {
      return await Promise.race([asked, late.promise]);
    } finally {
      cancelTimer();
    }
  }

  #repeat(everyMs: number, action: () => Promise<void>): void {
    const turn = async (): Promise<void> => {
      await action();
      if (!this.#isClosed) plan();
    };
    const index = this.#cancelTimers.length;
    const plan = (): void => {
      this.#cancelTimers[index] = this.#parts.clock.schedule(everyMs, turn);
    };
    plan();
  }

  #noteAway(cause: string, waiting: number): void {
    this.#parts.log.warn("ledger away", { cause, waiting });
  }

  /** One line for many: a store that is away loses some with every batch. */
  #noteLoss(records: number, cause: string): void {
    if (this.#unsaidLoss === 0 && !this.#isClosed) {
      this.#cancelTimers.push(this.#parts.clock.schedule(LOSS_LINE_MS, () => this.#sayLoss()));
    }
    if (this.#unsaidLoss === 0) this.#parts.log.error("ledger records lost", { records, cause });
    else this.#parts.log.debug("ledger records lost", { records, cause });
    this.#unsaidLoss += records;
    this.#publish("ledger.lost", { records, cause });
  }

  #sayLoss(): void {
    if (this.#unsaidLoss === 0) return;
    this.#parts.log.error("ledger records lost in all", { records: this.#queue.lost });
    this.#unsaidLoss = 0;
  }

  #publish(type: LedgerEvent["type"], data: LedgerEvent["data"]): void {
    this.events.publish({ type, atMs: this.#parts.clock.epochMs(), data });
  }
}

function isInUse({ withdrawnMs, disabled }: JsonObject): boolean {
  return withdrawnMs === undefined && disabled !== true;
}

function datedKey({ name, expires }: JsonObject): DatedKey {
  const expiresMs = typeof expires === "string" ? Date.parse(expires) : undefined;
  return { name: String(name), expiresMs };
}
