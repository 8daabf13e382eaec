import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { Call } from "../../src/core/call.ts";
import { GatewayError } from "../../src/core/gateway_error.ts";
import type { Outcome } from "../../src/core/outcome.ts";
import type { ByteSource } from "../../src/core/transport.ts";
import { openaiChat } from "../../src/dialects/openai_chat/mod.ts";
import { ActiveCalls } from "../../src/gateway/active_calls.ts";
import { Attempt } from "../../src/gateway/attempt.ts";
import { CallHold } from "../../src/gateway/call_hold.ts";
import { type RelayOptions, relayOptions } from "../../src/gateway/options.ts";
import { StreamRelay } from "../../src/gateway/stream_relay.ts";
import { redactor } from "../support/redactor.ts";
import { ManualClock } from "../transport/manual_clock.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const ROLE =
  `data: {"id":"c","choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}\n\n`;
const text = (content: string) =>
  `data: {"id":"c","choices":[{"index":0,"delta":{"content":"${content}"},"finish_reason":null}]}\n\n`;
const FINISH = `data: {"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n`;
const DONE = "data: [DONE]\n\n";

/** A body whose reads the test answers one by one. */
class HandSource implements ByteSource {
  isCancelled = false;
  reads = 0;
  #pending: PromiseWithResolvers<Bytes | null> | undefined;

  read(): Promise<Bytes | null> {
    this.reads++;
    this.#pending = Promise.withResolvers();
    return this.#pending.promise;
  }

  cancel(): void {
    this.isCancelled = true;
    this.fail(new GatewayError("client_closed", "Cancelled"));
  }

  get isRead(): boolean {
    return this.#pending !== undefined;
  }

  give(chunk: string | null): void {
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.resolve(chunk === null ? null : new TextEncoder().encode(chunk));
  }

  fail(error: GatewayError): void {
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.reject(error);
  }
}

function start(options: Partial<RelayOptions> = {}, timeoutMs?: number) {
  const clock = new ManualClock();
  const source = new HandSource();
  const outcome = Promise.withResolvers<Outcome>();
  const client = new AbortController();
  const call = { signal: client.signal, arrivedMs: 0, timeoutMs } as Call;
  const relayed = { ...relayOptions.parse({ keepAlive: "off" }), ...options };
  const hold = new CallHold(call, clock, relayed.totalTimeoutMs, new ActiveCalls());
  const attempt = new Attempt(hold);
  attempt.signal.addEventListener("abort", () => source.fail(attempt.signal.reason));
  const relay = new StreamRelay({
    source,
    translation: openaiChat.streamObserver({
      choices: 1,
      maxEventBytes: 65_536,
      dropUsageEvent: false,
      redact: redactor.forClient,
      encode: { id: "x", model: "m", createdSeconds: 1, includeUsage: false },
    }),
    attempt,
    clock,
    redact: redactor.forClient,
    options: relayed,
    arrivedMs: 0,
    sentMs: 0,
    settle: outcome.resolve,
  });
  return { clock, source, relay, attempt, outcome: outcome.promise };
}

/** Lets everything that is ready run; no clock is read. */
const settle = () => new Promise((resolve) => setTimeout(resolve));

async function readAll(stream: ReadableStream<Bytes>): Promise<string> {
  return await new Response(stream).text();
}

Deno.test("StreamRelay reads only when the client wants more", async () => {
  const { source, relay } = start();
  const opening = relay.open();
  await settle();
  source.give(ROLE + text("a"));
  const reader = (await opening).getReader();
  await settle();
  assertEquals(source.reads, 1, "nothing is read ahead of the client");
  await reader.read();
  await settle();
  assertEquals(source.reads, 1);
  const second = reader.read();
  await settle();
  assertEquals(source.reads, 2);
  source.give(text("b"));
  assertEquals(new TextDecoder().decode((await second).value), text("b"));
  await reader.cancel();
});

Deno.test("StreamRelay reads on while what it read yields nothing for the client", async () => {
  const { source, relay } = start();
  const opening = relay.open();
  await settle();
  source.give(text("a"));
  const reader = (await opening).getReader();
  await reader.read();
  const next = reader.read();
  const event = text("b");
  // Half an event is held back: a pull that gave up here would never be called again.
  for (const piece of [event.slice(0, 10), event.slice(10, 30), event.slice(30)]) {
    await settle();
    source.give(piece);
  }
  assertEquals(new TextDecoder().decode((await next).value), event);
  await reader.cancel();
});

Deno.test("StreamRelay flushes a held opening byte for byte, in one chunk", async () => {
  const { source, relay } = start();
  const opening = relay.open();
  for (const piece of [": waiting\n\n", ROLE, text("a")]) {
    await settle();
    source.give(piece);
  }
  const reader = (await opening).getReader();
  const first = new TextDecoder().decode((await reader.read()).value);
  assertEquals(first, ": waiting\n\n" + ROLE + text("a"));
  await reader.cancel();
});

Deno.test("StreamRelay commits after the hold's deadline, and tells later failures in the stream", async () => {
  const { clock, source, relay, outcome } = start({ openingHoldMs: 100 });
  const opening = relay.open();
  await settle();
  source.give(ROLE);
  await settle();
  clock.advance(100);
  const stream = await opening;
  const body = readAll(stream);
  await settle();
  source.give(null);
  assertStringIncludes(await body, `"code":"empty_response"`);
  const { kind, status } = await outcome;
  assertEquals([kind, status], ["upstream_error", 200]);
});

Deno.test("StreamRelay commits when comments without end would fill the hold", async () => {
  const { source, relay } = start();
  const opening = relay.open();
  for (let count = 0; count < 8; count++) {
    await settle();
    source.give(": waiting\n\n".repeat(1_000));
  }
  await (await opening).cancel();
  assert(source.isCancelled);
});

Deno.test("StreamRelay: silence counts only while it reads, not while the client is slow", async () => {
  const { clock, source, relay, outcome } = start({ idleTimeoutMs: 1_000 });
  const opening = relay.open();
  await settle();
  source.give(text("a"));
  const reader = (await opening).getReader();
  await reader.read();
  clock.advance(60_000);
  await settle();
  const next = reader.read();
  await settle();
  source.give(text("b"));
  assertEquals(new TextDecoder().decode((await next).value), text("b"));
  const last = reader.read();
  await settle();
  clock.advance(1_000);
  assertStringIncludes(new TextDecoder().decode((await last).value), "idle_timeout");
  assertEquals((await reader.read()).done, true);
  assertEquals((await outcome).kind, "timeout");
});

Deno.test("StreamRelay ends a stream that nobody reads when its total time is over", async () => {
  const { clock, source, relay, outcome } = start({ totalTimeoutMs: 5_000 });
  const opening = relay.open();
  await settle();
  source.give(text("a"));
  const stream = await opening;
  clock.advance(5_000);
  assertEquals((await outcome).kind, "timeout");
  assertStringIncludes(await readAll(stream), "total_timeout");
});

Deno.test("StreamRelay: once finished, silence and a cut are an end mark that was forgotten (T15)", async () => {
  for (const end of ["silence", "cut"]) {
    const { clock, source, relay, outcome } = start({ finishTimeoutMs: 50 });
    const opening = relay.open();
    await settle();
    source.give(text("a") + FINISH);
    const body = readAll(await opening);
    await settle();
    if (end === "silence") clock.advance(50);
    else source.fail(new GatewayError("upstream_truncated", "The connection broke"));
    assertEquals(await body, text("a") + FINISH + DONE, end);
    assertEquals((await outcome).kind, "complete", end);
  }
});

Deno.test("StreamRelay ends at the end mark, whether or not the connection ends (T15)", async () => {
  const { source, relay, outcome, clock } = start();
  const opening = relay.open();
  await settle();
  source.give(text("a") + FINISH + DONE + text("never"));
  assertEquals(await readAll(await opening), text("a") + FINISH + DONE);
  assertEquals((await outcome).kind, "complete");
  // What follows is read so that the connection can be used again, but not for long.
  assertEquals([source.reads, source.isCancelled], [2, false]);
  clock.advance(1_000);
  assert(source.isCancelled);
});

Deno.test("StreamRelay reads what little follows the end mark, for nobody", async () => {
  const { source, relay, clock } = start();
  const opening = relay.open();
  await settle();
  source.give(text("a") + FINISH + DONE);
  assertEquals(await readAll(await opening), text("a") + FINISH + DONE);
  source.give(": late\n\n");
  await settle();
  source.give(null);
  await settle();
  assertEquals(source.reads, 3);
  assertEquals(clock.pending, 0);
});

Deno.test("StreamRelay.open() throws what went wrong before any content", async () => {
  const { source, relay, clock } = start();
  const opening = relay.open();
  await settle();
  source.give(ROLE);
  await settle();
  source.give(null);
  const error = await assertRejects(() => opening, GatewayError);
  assertEquals([error.status, error.code], [502, "empty_response"]);
  assertEquals(clock.pending, 1, "only the call's own clock runs on, for another try");
});

Deno.test("StreamRelay: a client that leaves while a read is in flight is settled once", async () => {
  const { source, relay, outcome } = start();
  const opening = relay.open();
  await settle();
  source.give(text("a"));
  const reader = (await opening).getReader();
  await reader.read();
  const pending = reader.read();
  await settle();
  assert(source.isRead);
  await reader.cancel();
  assert(source.isCancelled);
  assertEquals((await pending).done, true);
  const { kind, bytes } = await outcome;
  assertEquals([kind, bytes], ["client_gone", text("a").length]);
});

Deno.test("StreamRelay keeps a stream that has its first content in the call's own time", async () => {
  const { clock, source, relay, outcome } = start({}, 1_000);
  const opening = relay.open();
  await settle();
  clock.advance(999);
  source.give(text("a"));
  const body = readAll(await opening);
  await settle();
  clock.advance(2_000);
  source.give(FINISH + DONE);
  assertEquals(await body, text("a") + FINISH + DONE);
  assertEquals((await outcome).kind, "complete");
});

Deno.test("StreamRelay fails a stream without content in the call's own time", async () => {
  const { clock, source, relay } = start({}, 1_000);
  const opening = relay.open();
  await settle();
  source.give(ROLE);
  await settle();
  clock.advance(1_000);
  const error = await assertRejects(() => opening, GatewayError);
  assertEquals([error.status, error.code], [504, "total_timeout"]);
});
