import { assertEquals, assertRejects } from "@std/assert";
import type { Clock } from "../../src/core/clock.ts";
import { type Step, streamSteps } from "../../src/fake/step_stream.ts";

/** Its timers fire when told, and it knows which are still set. */
class HandClock implements Clock {
  readonly timers = new Set<() => void>();
  readonly nowMs = () => 0;
  readonly epochMs = () => 0;
  readonly schedule = (_delayMs: number, callback: () => void) => {
    this.timers.add(callback);
    return () => void this.timers.delete(callback);
  };

  fire(): void {
    for (const callback of this.timers) callback();
    this.timers.clear();
  }
}

function* countingSteps(made: { count: number; ended: boolean }, total: number): Generator<Step> {
  try {
    for (; made.count < total; made.count++) yield new Uint8Array(100);
  } finally {
    made.ended = true;
  }
}

/** Lets everything that is ready happen. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

Deno.test("streamSteps() makes no more than its queue holds until it is read", async () => {
  const made = { count: 0, ended: false };
  const stream = streamSteps(countingSteps(made, 1_000_000), {
    clock: new HandClock(),
    maxQueuedBytes: 1000,
    onEnd() {},
  });
  await settle();
  assertEquals(made.count <= 10, true);
  const reader = stream.getReader();
  for (let read = 0; read < 100; read++) await reader.read();
  await settle();
  assertEquals(made.count <= 110, true);
  await reader.cancel();
  assertEquals(made.ended, true);
});

Deno.test("streamSteps() goes on after steps that bring no bytes", async () => {
  const clock = new HandClock();
  const events: string[] = [];
  const byte = new Uint8Array(1);
  const waits: Step[] = [{ waitMs: 1 }, { waitMs: 1 }, byte, { waitMs: 1 }];
  const stream = streamSteps(waits.values(), {
    clock,
    maxQueuedBytes: 0,
    onEnd: (event) => events.push(event),
  });
  const reader = stream.getReader();
  for (const expected of [byte, undefined]) {
    const read = reader.read();
    for (let turn = 0; turn < 2; turn++) {
      await settle();
      clock.fire();
    }
    assertEquals((await read).value, expected);
  }
  assertEquals(events, ["done"]);
});

Deno.test("streamSteps() clears its timer and ends its steps when the reader leaves", async () => {
  const clock = new HandClock();
  const events: string[] = [];
  let hasEnded = false;
  function* steps(): Generator<Step> {
    try {
      while (true) yield { waitMs: 5 };
    } finally {
      hasEnded = true;
    }
  }
  const stream = streamSteps(steps(), {
    clock,
    maxQueuedBytes: 0,
    onEnd: (event) => events.push(event),
  });
  const reader = stream.getReader();
  const read = reader.read();
  await settle();
  assertEquals(clock.timers.size, 1);
  await reader.cancel();
  assertEquals((await read).done, true);
  assertEquals([clock.timers.size, hasEnded, events], [0, true, ["cancelled"]]);
});

Deno.test("streamSteps() tells one end only, also when the reader leaves late", async () => {
  const events: string[] = [];
  const stream = streamSteps([new Uint8Array(1), new Uint8Array(1)].values(), {
    clock: new HandClock(),
    maxQueuedBytes: 1000,
    onEnd: (event) => events.push(event),
  });
  await settle();
  await stream.cancel();
  assertEquals(events, ["done"]);
});

Deno.test("streamSteps() drops what it was told to drop", async () => {
  const clock = new HandClock();
  const events: string[] = [];
  const steps: Step[] = [new Uint8Array(1), "drop"];
  const reader = streamSteps(steps.values(), {
    clock,
    maxQueuedBytes: 0,
    onEnd: (event) => events.push(event),
  }).getReader();
  assertEquals((await reader.read()).done, false);
  const read = reader.read().catch((reason) => {
    throw new Error(reason);
  });
  await settle();
  clock.fire();
  await assertRejects(() => read, Error, "dropped a connection");
  assertEquals(events, ["done"]);
});
