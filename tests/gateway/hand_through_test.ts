/** Handing through over a transport and a clock in the test's hands: what ends it, and what is left behind. */

import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { GatewayError } from "../../src/core/gateway_error.ts";
import { streamOfBody } from "../support/http.ts";
import { Fixture, request } from "./handed_fixture.ts";

async function openStream(fixture: Fixture) {
  const { answer, outcome } = await fixture.forward(request());
  return { reader: streamOfBody(answer.body).getReader(), outcome };
}

Deno.test("what is handed through: reads no more than the client does, and leaves no timer behind", async () => {
  const fixture = new Fixture();
  const { reader, outcome } = await openStream(fixture);
  assertEquals(fixture.reads, 0);
  const first = reader.read();
  await fixture.send("hello");
  assertEquals((await first).value?.length, 5);
  assertEquals(fixture.reads, 1);
  const end = reader.read();
  await fixture.send(null);
  assertEquals((await end).done, true);
  assertEquals(await outcome, { kind: "complete", status: 200, bytes: 5 });
  assertEquals(fixture.clock.pending, 0);
});

Deno.test("what is handed through: ends an answer that falls silent, and does not count the client's pauses", async () => {
  const fixture = new Fixture();
  const { reader, outcome } = await openStream(fixture);
  fixture.clock.advance(500);
  const read = assertRejects(() => reader.read(), Error, "breaks off");
  fixture.clock.advance(100);
  await read;
  assertEquals(await outcome, {
    kind: "timeout",
    status: 200,
    bytes: 0,
    code: "idle_timeout",
    reason: "The upstream sent nothing for 100 ms",
  });
  assertEquals(fixture.clock.pending, 0);
});

Deno.test("what is handed through: ends an answer that its client does not take", async () => {
  const fixture = new Fixture();
  const { reader, outcome } = await openStream(fixture);
  fixture.clock.advance(699);
  const first = reader.read();
  await fixture.send("hello");
  await first;
  fixture.clock.advance(699);
  assertEquals(fixture.active.size, 1);
  fixture.clock.advance(1);
  const { reason = "", ...ended } = await outcome;
  assertEquals(ended, { kind: "client_gone", status: 200, bytes: 5, code: "client_too_slow" });
  assertStringIncludes(reason, "took nothing of its answer for 700 ms");
  await assertRejects(() => reader.read(), Error, "breaks off");
  assertEquals([fixture.clock.pending, fixture.active.size], [0, 0]);
});

Deno.test("what is handed through: ends an answer that nobody reads when Weir stops", async () => {
  const fixture = new Fixture();
  const { reader, outcome } = await openStream(fixture);
  fixture.active.abortAll(new GatewayError("shutting_down", "Stopping"));
  assertEquals((await outcome).kind, "internal_error");
  await assertRejects(() => reader.read(), Error, "breaks off");
  assertEquals(fixture.clock.pending, 0);
});

Deno.test("what is handed through: ends a request that Weir's stop meets as its answer begins", async () => {
  const fixture = new Fixture();
  fixture.whenSent = () => fixture.active.abortAll(new GatewayError("shutting_down", "Stopping"));
  await assertRejects(() => fixture.forward(request()), GatewayError, "Stopping");
  assertEquals(fixture.clock.pending, 0);
});

Deno.test("what is handed through: gives the upstream up when the client leaves the answer", async () => {
  const fixture = new Fixture();
  const { reader, outcome } = await openStream(fixture);
  reader.read().catch(() => {});
  await reader.cancel();
  assertEquals(fixture.isCancelled, true);
  assertEquals((await outcome).kind, "client_gone");
  assertEquals(fixture.clock.pending, 0);
});

Deno.test("what is handed through: sends nothing out of the upstream's API, whatever it is given", async () => {
  const fixture = new Fixture();
  for (const pathAndQuery of ["/../admin", "/%2e%2e/admin", "@other.example/", ".evil/", ""]) {
    const { code } = await assertRejects(
      () => fixture.forward(request({ pathAndQuery })),
      GatewayError,
    );
    assertEquals([pathAndQuery, code], [pathAndQuery, "invalid_path"]);
  }
  assertEquals(fixture.sent, []);
  const { answer } = await fixture.forward(
    request({ pathAndQuery: "/api/tags", isAtOrigin: true }),
  );
  await streamOfBody(answer.body).cancel();
  assertEquals(fixture.sent.at(-1)?.url.href, "https://api.example/api/tags");
});
