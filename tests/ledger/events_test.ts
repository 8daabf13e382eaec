import { assertEquals } from "@std/assert";
import type { LedgerEvent, LedgerEventType } from "../../src/core/ledger/ledger.ts";
import type { Provider } from "../../src/core/provider/provider.ts";
import type { ProviderWatch } from "../../src/core/provider/provider_watch.ts";
import { GatewayError } from "../../src/core/gateway_error.ts";
import { EventBatches } from "../../src/ledger/events/event_batches.ts";
import { EventHub } from "../../src/ledger/events/event_hub.ts";
import { ExpiringKeys } from "../../src/ledger/events/expiring_keys.ts";
import { watchHealth } from "../../src/ledger/events/provider_health.ts";
import { ManualClock } from "../transport/manual_clock.ts";

const DAY_MS = 86_400_000;

function event(type: LedgerEventType, data: LedgerEvent["data"] = {}, atMs = 0): LedgerEvent {
  return { type, atMs, data };
}

Deno.test("EventHub tells viewers all, others everything but calls, and nobody who has left", () => {
  const hub = new EventHub();
  const seen: string[] = [];
  const noted: string[] = [];
  const viewers: boolean[] = [];
  hub.onViewers((hasViewers) => viewers.push(hasViewers));
  hub.observe(({ type }) => noted.push(type));
  hub.publish(event("call.started"));
  const stop = hub.subscribe(({ type }) => seen.push(type));
  const stopOther = hub.subscribe(() => {});
  assertEquals(hub.hasViewers, true);
  hub.publish(event("call.started"));
  hub.publish(event("budget.reached"));
  stopOther();
  stop();
  hub.publish(event("call.ended"));
  assertEquals(seen, ["call.started", "budget.reached"]);
  assertEquals(noted, ["budget.reached"]);
  assertEquals(viewers, [true, false]);
  assertEquals(hub.hasViewers, false);
});

Deno.test("EventHub has room for 256 viewers, of which the oldest gives way", () => {
  const hub = new EventHub();
  const counts = Array.from({ length: 257 }, () => 0);
  for (const index of counts.keys()) hub.subscribe(() => counts[index]!++);
  hub.publish(event("call.started"));
  assertEquals(counts.indexOf(1), 1);
  assertEquals(counts.filter((count) => count === 1).length, 256);
});

Deno.test("EventHub tells once that a provider is down, whichever threads see it, and again after long", () => {
  const hub = new EventHub();
  const seen: string[] = [];
  hub.subscribe(({ type, data }) => seen.push(`${type} ${data["provider"]}`));
  hub.publish(event("provider.up", { provider: "a" }));
  hub.publish(event("provider.down", { provider: "a" }, 0));
  hub.publish(event("provider.down", { provider: "a" }, 1_000));
  hub.publish(event("provider.down", { provider: "b" }, 1_000));
  hub.publish(event("provider.up", { provider: "a" }, 2_000));
  hub.publish(event("provider.up", { provider: "a" }, 2_000));
  hub.publish(event("provider.down", { provider: "b" }, 1_000_000));
  assertEquals(seen, [
    "provider.down a",
    "provider.down b",
    "provider.up a",
    "provider.down b",
  ]);
});

Deno.test("EventBatches leave together after 50 ms, and drop only what is of calls", () => {
  const clock = new ManualClock();
  const sent: (readonly LedgerEvent[])[] = [];
  const batches = new EventBatches((events) => sent.push(events), clock);
  for (let count = 0; count < 2_100; count++) batches.add(event("call.started"));
  batches.add(event("budget.reached"));
  assertEquals(sent.length, 0);
  clock.advance(50);
  assertEquals(sent.map(({ length }) => length), [2_001]);
  assertEquals(sent[0]?.at(-1)?.type, "budget.reached");
  clock.advance(50);
  assertEquals(sent.length, 1);
});

function watched() {
  const told: string[] = [];
  const quiet: ProviderWatch = {
    answered: () => {},
    failed: () => {},
    brokeOff: () => {},
    listed: () => {},
    listFailed: () => {},
  };
  const watch = watchHealth(
    quiet,
    new Map(),
    (type, { provider, code }) => told.push(`${type} ${provider} ${code ?? ""}`.trim()),
  );
  // Only its name is read.
  const provider = { name: "p" } as Provider;
  const error = new GatewayError("upstream_unreachable", "No connection", { code: "refused" });
  return { told, watch, provider, fail: () => watch.failed({ requestId: "r", provider, error }) };
}

Deno.test("a provider is down after three failures in a row, and up with the next answer", () => {
  const { told, watch, provider, fail } = watched();
  fail();
  fail();
  watch.answered(provider);
  fail();
  fail();
  assertEquals(told, []);
  watch.brokeOff(provider, "truncated");
  fail();
  assertEquals(told, ["provider.down p truncated"]);
  watch.answered(provider);
  watch.answered(provider);
  assertEquals(told, ["provider.down p truncated", "provider.up p"]);
});

Deno.test("a key that expires within a week is told once, and again with another date", () => {
  const expiring = new ExpiringKeys();
  const key = (name: string, expiresMs: number | undefined) => ({ name, expiresMs });
  const keys = [key("soon", 6 * DAY_MS), key("late", 8 * DAY_MS), key("never", undefined)];
  const namesOf = (found: readonly { readonly name: string }[]) => found.map(({ name }) => name);
  assertEquals(namesOf(expiring.next(keys, 0)), ["soon"]);
  assertEquals(namesOf(expiring.next(keys, DAY_MS)), ["late"]);
  assertEquals(namesOf(expiring.next(keys, 7 * DAY_MS)), []);
  assertEquals(namesOf(expiring.next([key("late", 9 * DAY_MS)], 7 * DAY_MS)), ["late"]);
});
