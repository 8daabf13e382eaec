import { assert, assertEquals } from "@std/assert";
import { LocalResponseStore } from "../../../src/state/responses/local_response_store.ts";
import { MemoryShelf } from "../../../src/state/responses/memory_shelf.ts";
import type { ResponsesOptions } from "../../../src/state/responses/options.ts";
import { ManualClock } from "../../transport/manual_clock.ts";
import { events, keptResponse, optionsWith } from "./kept.ts";

const ALICE = "key:alice";
const BOB = "key:bob";

function storeWith(given: Partial<ResponsesOptions> = {}): {
  store: LocalResponseStore;
  clock: ManualClock;
} {
  const clock = new ManualClock();
  const options = optionsWith(given);
  return { store: new LocalResponseStore(new MemoryShelf(options, clock), options, clock), clock };
}

function text(bytes: Uint8Array | undefined): string {
  return new TextDecoder().decode(bytes);
}

Deno.test("to a stranger a response is unknown in every way", async () => {
  const { store } = storeWith();
  await store.begin(keptResponse("a", { isBackground: true }), 0);
  await store.append({ id: "a", ...events(0, 3) });
  const key = { id: "a", owner: BOB };
  assertEquals(await store.find(key), { kind: "unknown" });
  assertEquals(await store.history(key), undefined);
  assertEquals(await store.read(key, -1), undefined);
  assert(!await store.cancel(key));
  assert(!await store.remove(key));
  const found = await store.find({ id: "a", owner: ALICE });
  assert(found.kind === "kept" && found.isRunning);
  await store.remember({ id: "p", owner: ALICE, upstream: "openai" });
  assertEquals(await store.find({ id: "p", owner: ALICE }), {
    kind: "issued",
    upstream: "openai",
  });
  assertEquals(await store.find({ id: "p", owner: BOB }), { kind: "foreign" });
  await store.forget({ id: "p", owner: BOB });
  assertEquals((await store.find({ id: "p", owner: ALICE })).kind, "issued");
  await store.forget({ id: "p", owner: ALICE });
  assertEquals((await store.find({ id: "p", owner: ALICE })).kind, "unknown");
});

Deno.test("a history is whole or there is none", async () => {
  const { store } = storeWith();
  await store.keep(keptResponse("a"));
  await store.keep(keptResponse("b", { previous: "a" }));
  await store.keep(keptResponse("c", { previous: "b" }));
  const history = await store.history({ id: "c", owner: ALICE });
  assertEquals(history?.map(({ id }) => id), ["a", "b", "c"]);
  await store.remove({ id: "a", owner: ALICE });
  assertEquals(await store.history({ id: "c", owner: ALICE }), undefined);
});

Deno.test("events are read from any one on, page by page, byte for byte", async () => {
  const { store } = storeWith();
  await store.begin(keptResponse("a", { isBackground: true }), 0);
  const count = 5_000;
  for (let from = 0; from < count; from += 250) {
    await store.append({ id: "a", ...events(from, 250) });
  }
  await store.keep(keptResponse("a", { isBackground: true }));
  for (const after of [-1, 0, 1, 249, 250, 4_997, 4_998]) {
    let read = "";
    let last = after;
    for (let isOver = false; !isOver;) {
      const page = await store.read({ id: "a", owner: ALICE }, last);
      assert(page !== undefined);
      read += text(page.bytes);
      ({ last, isOver } = page);
    }
    assertEquals(read, text(events(after + 1, count - after - 1).bytes));
    assertEquals(last, count - 1);
  }
  const end = await store.read({ id: "a", owner: ALICE }, count - 1);
  assertEquals(end, { bytes: new Uint8Array(0), last: count - 1, isOver: true });
});

Deno.test("whoever waits for events gets them as they come, and hears of silence", async () => {
  const { store, clock } = storeWith();
  await store.begin(keptResponse("a", { isBackground: true }), 0);
  const key = { id: "a", owner: ALICE };
  const silent = store.read(key, -1);
  await Promise.resolve();
  clock.advance(10_000);
  assertEquals(await silent, { bytes: new Uint8Array(0), last: -1, isOver: false });
  const first = store.read(key, -1);
  await Promise.resolve();
  await store.append({ id: "a", ...events(0, 1) });
  assertEquals((await first)?.last, 0);
  const end = store.read(key, 0);
  await Promise.resolve();
  await store.keep(keptResponse("a", { isBackground: true }));
  assertEquals((await end)?.isOver, true);
  assertEquals(clock.pending, 0);
});

Deno.test("only so many run at once, and one that is cancelled is told so", async () => {
  const { store } = storeWith({ maxBackground: 2 });
  assert(await store.begin(keptResponse("a"), 0));
  assert(await store.begin(keptResponse("b"), 0));
  assert(!await store.begin(keptResponse("c"), 0));
  const a = store.untilCancelled("a");
  const b = store.untilCancelled("b");
  assert(await store.cancel({ id: "a", owner: ALICE }));
  assert(await a);
  await store.keep(keptResponse("b"));
  assert(!await b);
  assert(await store.begin(keptResponse("c"), 0));
  assert(!await store.cancel({ id: "b", owner: ALICE }));
});

Deno.test("one that is deleted while it runs ends, and does not come back", async () => {
  const { store } = storeWith();
  await store.begin(keptResponse("a", { isBackground: true }), 0);
  const cancelled = store.untilCancelled("a");
  assert(await store.remove({ id: "a", owner: ALICE }));
  assert(await cancelled);
  await store.append({ id: "a", ...events(0, 1) });
  await store.keep(keptResponse("a", { isBackground: true }));
  assertEquals((await store.find({ id: "a", owner: ALICE })).kind, "unknown");
});

Deno.test("what is kept of events is bounded: those of responses that are over go first", async () => {
  const { store } = storeWith({ maxStreamBytes: 64 * 1_024 });
  const key = (id: string): { id: string; owner: string } => ({ id, owner: ALICE });
  for (const id of ["a", "b", "c"]) await store.begin(keptResponse(id, { isBackground: true }), 0);
  for (const id of ["a", "b"]) await store.append({ id, ...events(0, 400) });
  await store.keep(keptResponse("b", { isBackground: true }));
  for (let from = 0; from < 800; from += 100) await store.append({ id: "c", ...events(from, 100) });
  assertEquals(await store.read(key("b"), -1), undefined);
  assertEquals((await store.find(key("b"))).kind, "kept");
  assertEquals((await store.read(key("a"), 0))?.last, 399);
  // Where all run, the oldest cannot be resumed any more, but goes on.
  for (let from = 800; from < 1_600; from += 100) {
    await store.append({ id: "c", ...events(from, 100) });
  }
  assertEquals(await store.read(key("a"), 0), undefined);
  await store.keep(keptResponse("a", { isBackground: true }));
  assertEquals((await store.find(key("a"))).kind, "kept");
});

Deno.test("what a lost thread was running has failed, and its readers are told so", async () => {
  const { store } = storeWith();
  const encode = (json: object): Uint8Array<ArrayBuffer> =>
    new TextEncoder().encode(JSON.stringify(json));
  const begun = { id: "a", status: "in_progress", output: [], error: null };
  await store.begin(keptResponse("a", { isBackground: true, answer: encode(begun) }), 1);
  await store.begin(keptResponse("b", { isBackground: true, answer: encode(begun) }), 0);
  await store.append({ id: "a", ...events(0, 2) });
  const read = store.read({ id: "a", owner: ALICE }, 1);
  await Promise.resolve();
  store.threadLost(1);
  const page = await read;
  assert(page?.isOver);
  const told = text(page.bytes);
  assert(
    told.startsWith('event: response.failed\ndata: {"type":"response.failed","sequence_number":2,'),
  );
  const found = await store.find({ id: "a", owner: ALICE });
  assert(found.kind === "kept" && !found.isRunning);
  const answer = JSON.parse(text(found.response.answer));
  assertEquals([answer.status, answer.error.code], ["failed", "server_error"]);
  const other = await store.find({ id: "b", owner: ALICE });
  assert(other.kind === "kept" && other.isRunning);
});

Deno.test("a thousand long streams in the background take no more memory than they may", async () => {
  const maxStreamBytes = 4 * 1_024 * 1_024;
  const { store } = storeWith({ maxStreamBytes });
  const ids = Array.from({ length: 1_000 }, (_, number) => `r${number}`);
  for (const id of ids) await store.begin(keptResponse(id, { isBackground: true }), 0);
  for (let from = 0; from < 1_000; from += 500) {
    for (const id of ids) await store.append({ id, ...events(from, 500) });
  }
  for (const id of ids) await store.keep(keptResponse(id, { isBackground: true }));
  let bytes = 0;
  for (const id of ids) {
    const key = { id, owner: ALICE };
    const found = await store.find(key);
    assert(found.kind === "kept" && !found.isRunning);
    let page = await store.read(key, -1);
    if (page === undefined) continue;
    for (bytes += page.bytes.length; !page.isOver; bytes += page.bytes.length) {
      page = await store.read(key, page.last);
      assert(page !== undefined);
    }
  }
  assert(bytes > 0 && bytes <= maxStreamBytes, `${bytes}`);
});
