/** Viewers of events: what they read, what slow ones lose, how they end. */

import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { EventViewers } from "../../../src/admin/calls/event_viewers.ts";
import { GatewayError } from "../../../src/core/gateway_error.ts";
import type { LedgerEvent, LedgerEvents } from "../../../src/core/ledger/ledger.ts";
import { ManualClock } from "../../transport/manual_clock.ts";

/** Events that a test tells of. */
function startEvents(): LedgerEvents & { readonly listeners: number } {
  const listeners = new Set<(event: LedgerEvent) => void>();
  return {
    hasViewers: true,
    get listeners() {
      return listeners.size;
    },
    publish: (event) => listeners.forEach((listener) => listener(event)),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function ended(data: LedgerEvent["data"] = {}): LedgerEvent {
  return { type: "call.ended", atMs: 0, data };
}

const ALL = (): boolean => true;

function readerOf(stream: ReadableStream<Uint8Array>): () => Promise<string | undefined> {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  return async () => (await reader.read()).value;
}

Deno.test("a viewer reads the events that it asks for, one line of JSON each", async () => {
  const clock = new ManualClock();
  const events = startEvents();
  const viewers = new EventViewers(clock);
  const read = readerOf(viewers.open(events, (type) => type === "call.ended"));
  assertEquals(await read(), "retry: 2000\n\n");
  events.publish({ type: "call.started", atMs: 0, data: {} });
  events.publish(ended({ text: "a\n\nevent: forged" }));
  clock.advance(100);
  assertEquals(
    await read(),
    'event: call.ended\ndata: {"type":"call.ended","at":"1970-01-01T00:00:00.000Z","data":{"text":"a\\n\\nevent: forged"}}\n\n',
  );
  viewers.stop();
});

Deno.test("what happens within a tenth of a second is told together", async () => {
  const clock = new ManualClock();
  const events = startEvents();
  const viewers = new EventViewers(clock);
  const read = readerOf(viewers.open(events, ALL));
  await read();
  const tell = (count: number) => {
    for (let number = 0; number < count; number++) events.publish(ended());
  };
  const count = async () => (await read())?.match(/^event: /gm)?.length;
  tell(3);
  clock.advance(100);
  assertEquals(await count(), 3);
  clock.advance(100);
  tell(1);
  // After a quiet time the first is told at once.
  assertEquals(await count(), 1);
  tell(2);
  clock.advance(99);
  tell(1);
  clock.advance(1);
  assertEquals(await count(), 3);
  viewers.stop();
  assertEquals(clock.pending, 0);
});

Deno.test("a viewer that does not read loses events beyond its bound, is told how many, and holds up nobody", async () => {
  const clock = new ManualClock();
  const events = startEvents();
  const viewers = new EventViewers(clock);
  const slow = viewers.open(events, ALL);
  const read = readerOf(viewers.open(events, ALL));
  const text = "x".repeat(1_000);
  for (let count = 0; count < 2_000; count++) events.publish(ended({ text }));
  assertStringIncludes(await read() ?? "", "retry");
  const reader = slow.getReader();
  let bytes = 0;
  let seen = "";
  const decoder = new TextDecoder();
  for (let chunk = 0; chunk < 2; chunk++) {
    const { value = new Uint8Array() } = await reader.read();
    bytes += value.length;
    seen += decoder.decode(value);
    clock.advance(100);
  }
  assertEquals(bytes < 300_000, true, `${bytes}`);
  const kept = seen.match(/^event: call\.ended$/gm)?.length ?? 0;
  const [, lost] = /event: viewer\.behind\ndata: .*"lost":(\d+)/.exec(seen) ?? [];
  assertEquals(kept + Number(lost), 2_000);
  await reader.cancel();
  viewers.stop();
});

Deno.test("a silent stream shows that it lives, and leaves nothing behind when it is left", async () => {
  const clock = new ManualClock();
  const events = startEvents();
  const viewers = new EventViewers(clock);
  const stream = viewers.open(events, ALL);
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  await reader.read();
  clock.advance(15_000);
  assertEquals(decoder.decode((await reader.read()).value), ": alive\n\n");
  await reader.cancel();
  assertEquals([viewers.size, events.listeners], [0, 0]);
});

Deno.test("there are only so many viewers, and a stop ends them", async () => {
  const events = startEvents();
  const viewers = new EventViewers(new ManualClock());
  const readers = Array.from({ length: 32 }, () => readerOf(viewers.open(events, ALL)));
  assertThrows(() => viewers.open(events, ALL), GatewayError, "As many watch already");
  viewers.stop();
  const last = await Promise.all(readers.map(async (read) => {
    while (await read() !== undefined);
    return true;
  }));
  assertEquals([last.length, viewers.size, events.listeners], [32, 0, 0]);
});

Deno.test("an event is written once, however many watch", async () => {
  const clock = new ManualClock();
  const events = startEvents();
  const viewers = new EventViewers(clock);
  const reads = [viewers.open(events, ALL), viewers.open(events, ALL)].map(readerOf);
  for (const read of reads) await read();
  let writes = 0;
  for (const id of ["call-1", "call-2"]) {
    const data = Object.defineProperty({}, "id", { enumerable: true, get: () => (writes++, id) });
    events.publish(ended(data));
  }
  clock.advance(100);
  const [first, second] = await Promise.all(reads.map((read) => read()));
  assertEquals(first, second);
  assertStringIncludes(first ?? "", "call-1");
  assertStringIncludes(first ?? "", "call-2");
  assertEquals(writes, 2);
  viewers.stop();
});
