import { assert, assertEquals } from "@std/assert";
import { GatewayError } from "../../src/core/gateway_error.ts";
import { ROLE, settle, startRelay, text } from "./started_relay.ts";

Deno.test("StreamRelay ends with what kept it from its client, whom it does not drain it for", async () => {
  const { source, relay, outcome } = startRelay({ onDisconnect: "drain" });
  const opening = relay.open();
  await settle();
  source.give(ROLE + text("a"));
  await opening;
  relay.start({ write: () => undefined, end: () => {}, abort: () => {} });
  relay.cancel(
    new GatewayError("upstream_invalid_response", "Too long", { code: "event_too_large" }),
  );
  const { kind, code } = await outcome;
  assertEquals([kind, code], ["upstream_error", "event_too_large"]);
  assert(source.isCancelled);
});
