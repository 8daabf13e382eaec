import { assert, assertEquals } from "@std/assert";
import { GatewayError, toGatewayError } from "../../src/core/gateway_error.ts";
import { ActiveCalls } from "../../src/gateway/active_calls.ts";
import { Attempt } from "../../src/gateway/tries/attempt.ts";
import { CallHold } from "../../src/gateway/tries/call_hold.ts";
import { ManualClock } from "../transport/manual_clock.ts";

const STOPPING = new GatewayError("shutting_down", "Stopping");

function start() {
  const active = new ActiveCalls();
  const client = new AbortController();
  const call = { arrivedMs: 0, signal: client.signal };
  const hold = new CallHold(call, new ManualClock(), 1_000, active);
  return { active, client, hold };
}

Deno.test("Attempt: what was given up neither ends its call nor ends with it", () => {
  const { active, client, hold } = start();
  const [loser, winner] = [new Attempt(hold), new Attempt(hold)];
  loser.giveUp();
  // Its stream settles all the same.
  loser.begin();
  loser.release();
  client.abort();
  assertEquals(hold.reason?.kind, "client_closed");
  assert(winner.signal.aborted && !loser.signal.aborted);
  loser.abort(STOPPING);
  assertEquals(loser.signal.reason, STOPPING);
  active.abortAll(STOPPING);
  assertEquals(
    toGatewayError(winner.signal.reason).kind,
    "client_closed",
    "the first reason stands",
  );
});

Deno.test("Attempt: aborting one leaves the call and its other attempts", () => {
  const { active, hold } = start();
  const [one, other] = [new Attempt(hold), new Attempt(hold)];
  one.abort(STOPPING);
  assertEquals([hold.reason, other.signal.aborted], [undefined, false]);
  active.abortAll(STOPPING);
  assert(other.signal.aborted);
  assert(new Attempt(hold).signal.aborted, "the call is over");
});
