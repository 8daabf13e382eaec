import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { GatewayError } from "../../src/core/gateway_error.ts";
import { begun, DONE, FINISH, readAll, ROLE, settle, startRelay, text } from "./started_relay.ts";

Deno.test("StreamRelay reads only when the client wants more", async () => {
  const { source, relay } = startRelay();
  const opening = relay.open();
  await settle();
  source.give(ROLE + text("a"));
  const reader = (await begun(opening, relay)).getReader();
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
  const { source, relay } = startRelay();
  const opening = relay.open();
  await settle();
  source.give(text("a"));
  const reader = (await begun(opening, relay)).getReader();
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
  const { source, relay } = startRelay();
  const opening = relay.open();
  for (const piece of [": waiting\n\n", ROLE, text("a")]) {
    await settle();
    source.give(piece);
  }
  const reader = (await begun(opening, relay)).getReader();
  const first = new TextDecoder().decode((await reader.read()).value);
  assertEquals(first, ": waiting\n\n" + ROLE + text("a"));
  await reader.cancel();
});

Deno.test("StreamRelay commits after the hold's deadline, and tells later failures in the stream", async () => {
  const { clock, source, relay, outcome } = startRelay({ openingHoldMs: 100 });
  const opening = relay.open();
  await settle();
  source.give(ROLE);
  await settle();
  clock.advance(100);
  const stream = await begun(opening, relay);
  const body = readAll(stream);
  await settle();
  source.give(null);
  assertStringIncludes(await body, `"code":"empty_response"`);
  const { kind, status } = await outcome;
  assertEquals([kind, status], ["upstream_error", 200]);
});

Deno.test("StreamRelay commits when comments without end would fill the hold", async () => {
  const { source, relay } = startRelay();
  const opening = relay.open();
  for (let count = 0; count < 8; count++) {
    await settle();
    source.give(": waiting\n\n".repeat(1_000));
  }
  await (await begun(opening, relay)).cancel();
  assert(source.isCancelled);
});

Deno.test("StreamRelay: silence counts only while it reads, not while the client is slow", async () => {
  const { clock, source, relay, outcome } = startRelay({ idleTimeoutMs: 1_000 });
  const opening = relay.open();
  await settle();
  source.give(text("a"));
  const reader = (await begun(opening, relay)).getReader();
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

Deno.test("StreamRelay ends a stream that its client does not take, and counts from what was sent", async () => {
  const { clock, source, relay, attempt, outcome } = startRelay({
    idleTimeoutMs: 1_000,
    clientStallTimeoutMs: 3_000,
  });
  const opening = relay.open();
  await settle();
  source.give(text("a"));
  const reader = (await begun(opening, relay)).getReader();
  await reader.read();
  for (let second = 0; second < 2; second++) clock.advance(1_000);
  const next = reader.read();
  await settle();
  source.give(text("b"));
  await next;
  for (let second = 0; second < 3; second++) {
    assertEquals(attempt.signal.aborted, false);
    clock.advance(1_000);
  }
  const { kind, code } = await outcome;
  assertEquals([kind, code], ["client_gone", "client_too_slow"]);
  assertStringIncludes(new TextDecoder().decode((await reader.read()).value), "client_too_slow");
  assertEquals((await reader.read()).done, true);
  assertEquals(clock.pending, 0);
});

Deno.test("StreamRelay ends a stream that nobody reads when its total time is over", async () => {
  const { clock, source, relay, outcome } = startRelay({ totalTimeoutMs: 5_000 });
  const opening = relay.open();
  await settle();
  source.give(text("a"));
  const stream = await begun(opening, relay);
  clock.advance(5_000);
  assertEquals((await outcome).kind, "timeout");
  assertStringIncludes(await readAll(stream), "total_timeout");
});

Deno.test("StreamRelay: once finished, silence and a cut are an end mark that was forgotten (T15)", async () => {
  for (const end of ["silence", "cut"]) {
    const { clock, source, relay, outcome } = startRelay({ finishTimeoutMs: 50 });
    const opening = relay.open();
    await settle();
    source.give(text("a") + FINISH);
    const body = readAll(await begun(opening, relay));
    await settle();
    if (end === "silence") clock.advance(50);
    else source.fail(new GatewayError("upstream_truncated", "The connection broke"));
    assertEquals(await body, text("a") + FINISH + DONE, end);
    const { kind, code, assumedEnd } = await outcome;
    const reason = end === "silence" ? "silence" : "broken_connection";
    assertEquals([kind, code, assumedEnd], ["complete", undefined, reason]);
  }
});

Deno.test("StreamRelay waits half a minute for what follows a finish, and any byte begins it anew", async () => {
  const { clock, source, relay, outcome } = startRelay();
  const opening = relay.open();
  await settle();
  const calls = FINISH.replace("stop", "tool_calls");
  source.give(text("a") + calls);
  const body = readAll(await begun(opening, relay));
  for (const piece of [": working\n\n", "data: {", text("b").slice(7), calls, DONE]) {
    await settle();
    clock.advance(29_999);
    source.give(piece);
  }
  assertEquals(await body, text("a") + calls + ": working\n\n" + text("b") + calls + DONE);
  const { kind, assumedEnd } = await outcome;
  assertEquals([kind, assumedEnd], ["complete", undefined]);
});

Deno.test("StreamRelay: what goes on after a finish has finished only if its end mark follows", async () => {
  for (const end of ["silence", "cut", "close", "mark"]) {
    const { clock, source, relay, outcome } = startRelay();
    const opening = relay.open();
    await settle();
    source.give(text("a") + FINISH);
    const body = readAll(await begun(opening, relay));
    await settle();
    source.give(text("b"));
    await settle();
    if (end === "silence") {
      clock.advance(30_000);
      await settle();
      assert(source.isRead, "the wait for the end is over, and not that for more of the answer");
      clock.advance(90_000);
    } else if (end === "cut") {
      source.fail(new GatewayError("upstream_truncated", "The connection broke"));
    } else source.give(end === "mark" ? DONE : null);
    const { kind } = await outcome;
    const kinds = { silence: "timeout", cut: "truncated", close: "truncated", mark: "complete" };
    assertEquals(kind, kinds[end as keyof typeof kinds], end);
    assertEquals((await body).endsWith(DONE), end === "mark", end);
  }
});

Deno.test("StreamRelay waits no longer for an end than for anything else", async () => {
  const { clock, source, relay, outcome } = startRelay({ idleTimeoutMs: 500 });
  const opening = relay.open();
  await settle();
  source.give(text("a") + FINISH);
  const body = readAll(await begun(opening, relay));
  await settle();
  clock.advance(500);
  assertEquals(await body, text("a") + FINISH + DONE);
  assertEquals((await outcome).assumedEnd, "silence");
});

Deno.test("StreamRelay says of a complete stream that events of it could not be read", async () => {
  const { source, relay, outcome } = startRelay();
  const opening = relay.open();
  await settle();
  source.give(`data: {"choices":[{"index":0,"delta":{"content":\n\n` + text("a") + FINISH + DONE);
  assertEquals(await readAll(await begun(opening, relay)), text("a") + FINISH + DONE);
  const { kind, code, malformedEvents } = await outcome;
  assertEquals([kind, code, malformedEvents], ["complete", "malformed_events", 1]);
});

Deno.test("StreamRelay ends at the end mark, whether or not the connection ends (T15)", async () => {
  const { source, relay, outcome, clock } = startRelay();
  const opening = relay.open();
  await settle();
  source.give(text("a") + FINISH + DONE + text("never"));
  assertEquals(await readAll(await begun(opening, relay)), text("a") + FINISH + DONE);
  assertEquals((await outcome).kind, "complete");
  // What follows is read so that the connection can be used again, but not for long.
  assertEquals([source.reads, source.isCancelled], [2, false]);
  clock.advance(1_000);
  assert(source.isCancelled);
});

Deno.test("StreamRelay reads what little follows the end mark, for nobody", async () => {
  const { source, relay, clock } = startRelay();
  const opening = relay.open();
  await settle();
  source.give(text("a") + FINISH + DONE);
  assertEquals(await readAll(await begun(opening, relay)), text("a") + FINISH + DONE);
  source.give(": late\n\n");
  await settle();
  source.give(null);
  await settle();
  assertEquals(source.reads, 3);
  assertEquals(clock.pending, 0);
});

Deno.test("StreamRelay.open() throws what went wrong before any content", async () => {
  const { source, relay, clock } = startRelay();
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
  const { source, relay, outcome } = startRelay();
  const opening = relay.open();
  await settle();
  source.give(text("a"));
  const reader = (await begun(opening, relay)).getReader();
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
  const { clock, source, relay, outcome } = startRelay({}, 1_000);
  const opening = relay.open();
  await settle();
  clock.advance(999);
  source.give(text("a"));
  const body = readAll(await begun(opening, relay));
  await settle();
  clock.advance(2_000);
  source.give(FINISH + DONE);
  assertEquals(await body, text("a") + FINISH + DONE);
  assertEquals((await outcome).kind, "complete");
});

Deno.test("StreamRelay fails a stream without content in the call's own time", async () => {
  const { clock, source, relay } = startRelay({}, 1_000);
  const opening = relay.open();
  await settle();
  source.give(ROLE);
  await settle();
  clock.advance(1_000);
  const error = await assertRejects(() => opening, GatewayError);
  assertEquals([error.status, error.code], [504, "total_timeout"]);
});
