import { assertEquals } from "@std/assert";
import type { GatewayError } from "../../src/core/gateway_error.ts";
import { ActiveCalls } from "../../src/gateway/active_calls.ts";
import { CallHold } from "../../src/gateway/tries/call_hold.ts";
import { ManualClock } from "../transport/manual_clock.ts";

const TOTAL_MS = 1_000;

function start(timeoutMs?: number) {
  const clock = new ManualClock();
  const call = {
    arrivedMs: 0,
    signal: new AbortController().signal,
    ...(timeoutMs !== undefined && { timeoutMs }),
  };
  const hold = new CallHold(call, clock, TOTAL_MS, new ActiveCalls());
  return { clock, hold, reason: (): GatewayError | undefined => hold.reason };
}

Deno.test("a call ends after its own timeout or the total, whichever is shorter", () => {
  for (
    const [timeoutMs, endMs] of [[undefined, TOTAL_MS], [300, 300], [5_000, TOTAL_MS]] as const
  ) {
    const { clock, hold, reason } = start(timeoutMs);
    assertEquals(hold.remainingMs, endMs);
    clock.advance(endMs - 1);
    assertEquals([reason(), hold.remainingMs], [undefined, 1]);
    clock.advance(1);
    assertEquals([reason()?.kind, reason()?.code], ["upstream_timeout", "total_timeout"]);
    assertEquals(reason()?.message, `The call was not answered within ${endMs} ms`);
  }
});

Deno.test("a stream that has begun to say something has the total timeout", () => {
  const { clock, hold, reason } = start(300);
  clock.advance(299);
  hold.noteContent();
  hold.noteContent();
  assertEquals([hold.remainingMs, clock.pending], [TOTAL_MS - 299, 1]);
  clock.advance(TOTAL_MS - 300);
  assertEquals(reason(), undefined);
  clock.advance(1);
  assertEquals(reason()?.message, `The call was not answered within ${TOTAL_MS} ms`);
});

Deno.test("content that comes after the end of a call starts no clock", () => {
  const { clock, hold } = start(300);
  hold.release();
  hold.noteContent();
  assertEquals(clock.pending, 0);
});
