/** How streams that are handed through end, and what of a request is tried again. */

import { assertEquals, assertRejects } from "@std/assert";
import { BegunBody } from "../../src/bytes/begun_body.ts";
import { GatewayError } from "../../src/core/gateway_error.ts";
import { toResponse } from "../support/http.ts";
import { type Answer, Fixture, request } from "./handed_fixture.ts";

Deno.test("what is handed through: is not cut where its stream ends with an event of its own", async () => {
  const DONE = 'data: {"type":"response.completed","response":{"model":"m-1","usage":' +
    '{"input_tokens":3,"output_tokens":2,"total_tokens":5}}}\n\n';
  const play = async (path: string, text: string) => {
    const fixture = new Fixture();
    fixture.answers = [{ type: "text/event-stream" }];
    const handed = { method: "POST", pathAndQuery: path };
    const { answer, outcome } = await fixture.forward(request(handed));
    const reading = toResponse(answer).text().catch(() => "broken");
    await fixture.send(text);
    await fixture.send(null);
    const { kind, code, usage, servedModel } = await outcome;
    assertEquals(fixture.clock.pending, 0);
    const seen = await reading;
    return [seen === text ? "whole" : seen, kind, code, usage?.totalTokens, servedModel];
  };
  const chunk = 'data: {"type":"response.output_text.delta","delta":"hi"}\n\n';
  assertEquals(await play("/responses", chunk + DONE), [
    "whole",
    "complete",
    undefined,
    5,
    "m-1",
  ]);
  assertEquals(await play("/responses", chunk), [
    "broken",
    "truncated",
    "upstream_truncated",
    undefined,
    undefined,
  ]);
  assertEquals((await play("/unknown", chunk)).slice(0, 2), ["whole", "complete"]);
  const failed = 'event: error\ndata: {"type":"error","code":"server_error","message":"no"}\n\n';
  for (const path of ["/responses", "/unknown"]) {
    assertEquals((await play(path, chunk + failed)).slice(0, 3), [
      "whole",
      "upstream_error",
      "server_error",
    ]);
  }
});

Deno.test("what is handed through: a stream whose end was read is whole, however its connection ends", async () => {
  const fixture = new Fixture();
  fixture.answers = [{ type: "text/event-stream" }];
  const handed = { method: "POST", pathAndQuery: "/responses" };
  const { answer, outcome } = await fixture.forward(request(handed));
  const reading = toResponse(answer).text();
  await fixture.send("data: [DONE]\n\n");
  await new Promise((resolve) => setTimeout(resolve, 0));
  fixture.clock.advance(100);
  assertEquals(await reading, "data: [DONE]\n\n");
  const { kind, assumedEnd } = await outcome;
  assertEquals([kind, assumedEnd], ["complete", "silence"]);
  assertEquals(fixture.clock.pending, 0);
});

Deno.test("what is handed through: what is held whole is tried again, and never what has begun to leave", async () => {
  const unreachable = new GatewayError("upstream_unreachable", "Nobody there");
  const play = async (body: BegunBody, fixture: Fixture, ...answers: Answer[]) => {
    fixture.answers = answers;
    const forwarding = fixture.forward(request({ method: "POST", body })).then(
      ({ answer }) => answer.status,
      (error: GatewayError) => error.status,
    );
    let ended: number | undefined;
    forwarding.then((status) => ended = status);
    while (ended === undefined) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      fixture.clock.advance(0);
    }
    return [ended, fixture.sent.length];
  };
  const held = new BegunBody({
    held: new Uint8Array(3),
    rest: undefined,
    lengthBytes: 3,
    named: undefined,
  });
  assertEquals(await play(held, new Fixture(), { status: 503 }, {}), [200, 2]);
  const streamed = new Fixture();
  streamed.whenSent = async () => {
    const body = streamed.sent.at(-1)?.body;
    if (body !== undefined && "source" in body) await body.source.read();
  };
  assertEquals(await play(streamed.bodyOf(3, [4]), streamed, { status: 503 }, {}), [503, 1]);
  // Nothing was read of it, and the transport has given it up.
  const unread = new Fixture();
  unread.whenSent = () => {
    const body = unread.sent.at(-1)?.body;
    if (body !== undefined && "source" in body) body.source.cancel();
  };
  const body = unread.bodyOf(3, [4]);
  assertEquals(await play(body, unread, unreachable, {}), [200, 2]);
  const again = body.open("");
  if (again === undefined || again instanceof Uint8Array) throw new Error("It is not streamed");
  assertEquals((await again.source.read())?.length, 3);
  assertEquals((await again.source.read())?.length, 4);
  assertEquals(await again.source.read(), null);
});

Deno.test("what is handed through: a body beyond the bound ends its request", async () => {
  const fixture = new Fixture();
  fixture.whenSent = async () => {
    const body = fixture.sent.at(-1)?.body;
    if (body === undefined || body instanceof Uint8Array) throw new Error("It is not streamed");
    while (await body.source.read() !== null);
  };
  const body = fixture.bodyOf(0, [6, 0, 6]);
  await assertRejects(
    () => fixture.forward(request({ method: "POST", body })),
    GatewayError,
    "larger than 10",
  );
  assertEquals([fixture.sent.length, fixture.clock.pending], [1, 0]);
});
