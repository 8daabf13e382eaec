import { assertEquals, assertRejects } from "@std/assert";
import { readConfig } from "../../src/config/read_config.ts";
import type { Config } from "../../src/config/schema.ts";
import type { LedgerEvent } from "../../src/core/ledger/ledger.ts";
import type { EntityChange } from "../../src/core/ledger/ledger_store.ts";
import { attachWorker } from "../../src/host/ledger/attach_worker.ts";
import { LedgerHub } from "../../src/host/ledger/ledger_hub.ts";
import { placeInMemory, type StorePlace } from "../../src/host/ledger/store_place.ts";
import { createWorkerLedger } from "../../src/host/ledger/worker_ledger.ts";
import { recordLine } from "../../src/ledger/writing/record_lines.ts";
import type { LogFields } from "../../src/observability/log/line_formats.ts";
import type { Log } from "../../src/observability/log/log.ts";
import { createMemoryStore } from "../../src/state/ledger/memory_store.ts";
import { ManualClock } from "../transport/manual_clock.ts";
import { recorded, settle } from "./recorded.ts";
import { silentWebhooks } from "./silent_webhooks.ts";

const CONFIG: Config = readConfig({ environment: {} }).config;
const QUERY = { groups: ["key"], timeZone: "UTC" } as const;

function change(id: string, body: EntityChange["body"], action = "key.create"): EntityChange {
  const audit = { atMs: 1, who: "admin", action, target: id, before: null, after: body };
  return { kind: "key", id, body, audit };
}

function setUp(changed: (place: StorePlace) => Partial<StorePlace> = () => ({})) {
  const clock = new ManualClock();
  const lines: string[] = [];
  const keep = (message: string, _fields?: LogFields): void => void lines.push(message);
  const log: Log = { debug: () => {}, info: keep, warn: keep, error: keep, later: (run) => run() };
  const inMemory = placeInMemory(createMemoryStore(CONFIG.ledger, clock));
  const place = { ...inMemory, ...changed(inMemory) };
  const hub = new LedgerHub({ place, config: CONFIG, webhooks: silentWebhooks(clock), log, clock });
  return { clock, lines, hub, place };
}

/** A thread whose messages take no time. */
function attach(hub: LedgerHub, clock: ManualClock) {
  const { answers, begin, detach } = attachWorker(
    hub,
    // Each name has its own type, which the name alone tells.
    (name, told) => (worker.news[name] as (told: unknown) => void)(told),
    clock,
  );
  const worker = createWorkerLedger({
    ask: async (question) => await answers.ledgerAsk(question),
    sendRecords: async (batch) => void await answers.ledgerRecords(batch),
    sendEvents: (events) => void answers.ledgerPublish(events),
    watch: (isWatching) => void answers.ledgerWatch(isWatching),
  }, clock);
  begin();
  return { ...worker, detach };
}

Deno.test("a change is in force on every thread once it is made, and told as an event", async () => {
  const { hub, clock } = setUp();
  await hub.start();
  const [one, other] = [attach(hub, clock), attach(hub, clock)];
  const events: LedgerEvent[] = [];
  hub.events.subscribe((event) => events.push(event));
  let changes = 0;
  other.ledger.entities.onChange(() => changes++);
  await one.ledger.store.change(change("k1", { name: "anna" }));
  for (const { entities } of [hub.ledger, one.ledger, other.ledger]) {
    assertEquals(entities.of("key"), [{ kind: "key", id: "k1", body: { name: "anna" } }]);
  }
  assertEquals(changes, 1);
  assertEquals(events.map(({ type, data }) => [type, data]), [
    ["key.changed", { id: "k1", name: "anna", action: "key.create" }],
  ]);
});

Deno.test("what another process has changed is in force within a second", async () => {
  const { hub, clock, place } = setUp(() => ({ isShared: true }));
  await hub.start();
  const { ledger } = attach(hub, clock);
  await place.queries.change(change("k1", { name: "anna" }));
  assertEquals(ledger.entities.of("key"), []);
  clock.advance(1_000);
  await settle();
  assertEquals(ledger.entities.of("key").length, 1);
});

Deno.test("what was read first never takes the place of what was read later", async () => {
  const slow = Promise.withResolvers<void>();
  let reads = 0;
  const { hub } = setUp(({ queries }) => ({
    queries: {
      ...queries,
      entities: async () => {
        const read = await queries.entities();
        if (++reads === 2) await slow.promise;
        return read;
      },
    },
  }));
  await hub.start();
  const { store, entities } = hub.ledger;
  const first = store.change(change("k1", {}));
  await settle();
  const second = store.change(change("k2", {}));
  await settle();
  slow.resolve();
  await Promise.all([first, second]);
  assertEquals(entities.of("key").length, 2);
});

Deno.test("while the store is away nothing is known of keys, and what was known stays in force", async () => {
  let isAway = true;
  const { hub, clock, place } = setUp(({ queries }) => ({
    isShared: true,
    queries: {
      ...queries,
      version: () => isAway ? Promise.reject(new Error("away")) : queries.version(),
    },
  }));
  await hub.start();
  const { ledger } = attach(hub, clock);
  assertEquals(ledger.entities.isKnown, false);
  isAway = false;
  await place.queries.change(change("k1", { name: "anna" }));
  clock.advance(1_000);
  await settle();
  assertEquals([ledger.entities.isKnown, ledger.entities.of("key").length], [true, 1]);
  isAway = true;
  clock.advance(1_000);
  await settle();
  assertEquals([ledger.entities.isKnown, ledger.entities.of("key").length], [true, 1]);
});

Deno.test("records of all threads are counted once, the same one twice as well", async () => {
  const { hub, clock } = setUp();
  await hub.start();
  const { ledger } = attach(hub, clock);
  hub.ledger.record(recorded("own"));
  ledger.record(recorded("theirs"));
  await ledger.flush();
  hub.take({ text: recordLine(recorded("theirs")), records: 1, lost: 0 });
  await settle();
  const [row] = await ledger.store.usage(QUERY);
  assertEquals([row?.calls, row?.costUsd], [2, 1]);
  assertEquals(hub.readings().lost, 0);
});

Deno.test("a stop writes all that was recorded, however slow the store is", async () => {
  const writes: string[] = [];
  let release = (): void => {};
  const { hub, clock } = setUp((inMemory) => ({
    appendNow: undefined,
    append: async (text) => {
      await new Promise<void>((resolve) => release = resolve);
      writes.push(text);
      await inMemory.append(text);
    },
  }));
  await hub.start();
  const { ledger } = attach(hub, clock);
  ledger.record(recorded("a"));
  await ledger.flush();
  hub.ledger.record(recorded("b"));
  const closed = hub.close();
  while (writes.length < 2) {
    release();
    await settle();
  }
  await closed;
  assertEquals(hub.readings(), { written: 2, lost: 0, waiting: 0, isAway: false });
});

Deno.test("what is lost is said in the log and told as an event, in few lines", async () => {
  const { hub, clock, lines } = setUp(() => ({
    append: () => Promise.reject(new Error("disk full")),
    appendNow: undefined,
  }));
  await hub.start();
  const events: LedgerEvent[] = [];
  hub.events.observe((event) => events.push(event));
  hub.take({ text: "x".repeat(67_000_000), records: 1, lost: 0 });
  for (let count = 0; count < 5; count++) {
    hub.take({ text: "y".repeat(1_000_000), records: 10, lost: 0 });
  }
  assertEquals(hub.readings().lost, 50);
  assertEquals(events.length, 5);
  await settle();
  clock.advance(10_000);
  await settle();
  assertEquals(lines, ["ledger records lost", "ledger away", "ledger records lost in all"]);
});

Deno.test("events of calls cross between threads only while somebody watches", async () => {
  const { hub, clock } = setUp();
  await hub.start();
  const [one, other] = [attach(hub, clock), attach(hub, clock)];
  const seen: string[] = [];
  const publish = (): void =>
    one.ledger.events.publish({ type: "call.started", atMs: 0, data: { id: "r" } });
  publish();
  const stop = other.ledger.events.subscribe(({ type }) => seen.push(type));
  assertEquals(one.ledger.events.hasViewers, true);
  publish();
  clock.advance(50);
  clock.advance(50);
  assertEquals(seen, ["call.started"]);
  stop();
  assertEquals(one.ledger.events.hasViewers, false);
  other.ledger.events.subscribe(() => {});
  other.detach();
  assertEquals(hub.events.hasViewers, false);
});

Deno.test("a query that the store refuses is refused to the thread that asked", async () => {
  const { hub, clock } = setUp();
  await hub.start();
  const { ledger } = attach(hub, clock);
  await assertRejects(() => ledger.store.calls({ limit: 1, cursor: "not one" }));
});
