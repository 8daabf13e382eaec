import { assertEquals, assertRejects } from "@std/assert";
import { openLinkedStore } from "../../src/host/ledger/linked_store.ts";
import type {
  OpenedState,
  StoreOwnerQuestions,
  StoreThreadQuestions,
} from "../../src/host/ledger/store_thread.ts";
import { ThreadLink, type ThreadPort } from "../../src/host/workers/thread_link.ts";
import type { SpawnThread } from "../../src/host/workers/worker_thread.ts";
import { ledgerOptions } from "../../src/state/ledger/options.ts";
import { ManualClock } from "../transport/manual_clock.ts";
import { settle } from "./recorded.ts";

const ADDRESS = { state: "/state", options: ledgerOptions.parse({}) };

/** Threads that open as they are told, each by the next of `answers`. */
function threads(...answers: (() => OpenedState)[]) {
  const clock = new ManualClock();
  const appended: string[] = [];
  const ends: ((cause: string) => void)[] = [];
  let closed = 0;
  let opened = 0;
  const spawn: SpawnThread = (_name, onEnd) => {
    ends.push(onEnd);
    const channel = new MessageChannel();
    const portOf = (port: MessagePort): ThreadPort => ({
      postMessage: (message) => port.postMessage(message),
      on: (_event, listener) => port.onmessage = ({ data }) => listener(data),
    });
    const link = new ThreadLink<StoreOwnerQuestions, StoreThreadQuestions>(portOf(channel.port1), {
      open: () => (answers[opened++] ?? (() => ({})))(),
      append: (lines) => void appended.push(lines),
      ask: () => 7,
      prune: () => {},
      close: () => void closed++,
    });
    queueMicrotask(() => void link.ask("ready"));
    const terminate = (): Promise<void> => {
      channel.port1.close();
      channel.port2.close();
      return Promise.resolve();
    };
    return { ...portOf(channel.port2), terminate };
  };
  const parts = { address: ADDRESS, spawn, clock, noteUnclosed: () => {} };
  return { parts, clock, appended, ends, counts: () => ({ opened, closed }) };
}

function refusal(): never {
  throw Object.assign(new Error("the folder is full"), { name: "StateError" });
}

Deno.test("a store on its thread is opened once, asked, and closed", async () => {
  const { parts, appended, counts } = threads();
  const { place, newer } = await openLinkedStore(parts, false);
  assertEquals(newer, undefined);
  await place.append("{}\n");
  assertEquals(await place.queries.version(), 7);
  await place.close();
  assertEquals(appended, ["{}\n"]);
  assertEquals(counts(), { opened: 1, closed: 1 });
  await assertRejects(() => place.append("{}\n"), Error, "closed");
});

Deno.test("a store that cannot be opened says why by its own error", async () => {
  const { parts } = threads(refusal);
  const error = await assertRejects(() => openLinkedStore(parts, false), Error, "full");
  assertEquals(error.name, "StateError");
});

Deno.test("one that may be away is tried again, on the same thread and not at each question", async () => {
  const { parts, clock, ends, counts } = threads(refusal, refusal);
  const { place } = await openLinkedStore(parts, true);
  await assertRejects(() => place.queries.version(), Error, "full");
  assertEquals(counts().opened, 1);
  clock.advance(1_000);
  await assertRejects(() => place.queries.version(), Error, "full");
  clock.advance(1_000);
  assertEquals(await place.queries.version(), 7);
  assertEquals([counts().opened, ends.length], [3, 1]);
  await place.close();
});

Deno.test("a thread that is lost is started again by who asks next", async () => {
  const { parts, clock, ends, counts } = threads();
  const { place } = await openLinkedStore(parts, false);
  ends[0]?.("out of memory");
  await settle();
  await assertRejects(() => place.append("{}\n"), Error, "out of memory");
  clock.advance(1_000);
  await place.append("{}\n");
  assertEquals([counts().opened, ends.length], [2, 2]);
  await place.close();
});

Deno.test("what a newer version has written is not asked", async () => {
  const { parts } = threads(() => ({ newer: { message: "newer", entities: [] } }));
  const { place, newer } = await openLinkedStore(parts, false);
  assertEquals(newer, { message: "newer", entities: [] });
  await assertRejects(() => place.append("{}\n"));
});
