/** Handing through over a transport and a clock in the test's hands: what ends it, and what is left behind. */

import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { BegunBody } from "../../src/bytes/begun_body.ts";
import { ClientBody } from "../../src/bytes/client_body.ts";
import type { Call, HandThrough } from "../../src/core/call.ts";
import { GatewayError } from "../../src/core/gateway_error.ts";
import { ANONYMOUS } from "../../src/core/principal.ts";
import type { ByteSource, ProviderRequest, Transport } from "../../src/core/transport.ts";
import { handedFormat, handedRequests } from "../../src/formats/hand_through/mod.ts";
import { openaiChat } from "../../src/formats/openai_chat/mod.ts";
import { ActiveCalls } from "../../src/gateway/active_calls.ts";
import { createAnswer } from "../../src/gateway/exchange.ts";
import { relayOptions } from "../../src/gateway/options.ts";
import { retryOptions } from "../../src/gateway/tries/retry.ts";
import { openaiStyle } from "../../src/providers/openai_style.ts";
import { sourceOf, streamOfBody, toResponse } from "../support/http.ts";
import { redactor } from "../support/redactor.ts";
import { ManualClock } from "../transport/manual_clock.ts";

const BASE_URL = "https://api.example/v1";
const provider = openaiStyle({ name: "up", baseUrl: BASE_URL, reason: "test" });
const NOTHING = new Uint8Array(0);
const NO_BODY = new BegunBody({
  held: NOTHING,
  rest: undefined,
  lengthBytes: undefined,
  named: undefined,
});

function request(changes: Partial<HandThrough> = {}): Call {
  const pathAndQuery = changes.pathAndQuery ?? "/files";
  return {
    id: "r",
    operation: "hand_through",
    principal: ANONYMOUS,
    account: "203.0.113.7",
    surface: "passthrough",
    formats: { ...openaiChat, request: handedRequests(openaiChat.request) },
    model: "",
    wantsStream: false,
    body: {},
    bytes: NOTHING,
    headers: [],
    signal: new AbortController().signal,
    arrivedMs: 0,
    trace: { upstream: undefined, attempts: 0, warnings: [] },
    handThrough: {
      method: "GET",
      path: `/v1${pathAndQuery}`,
      pathAndQuery,
      isAtOrigin: false,
      clientBase: "/v1",
      body: NO_BODY,
      defaultProvider: provider,
      warnings: [],
      answer: handedFormat(pathAndQuery),
      ...changes,
    },
  };
}

/** What the transport does with one request. */
type Answer = GatewayError | { readonly status?: number; readonly type?: string };

/** An upstream's body that is sent by hand, and the gateway's part before it. */
class Fixture {
  readonly clock = new ManualClock();
  readonly active = new ActiveCalls();
  readonly sent: ProviderRequest[] = [];
  isCancelled = false;
  reads = 0;
  /** Called when the upstream has its request, and before it answers. */
  whenSent = (): Promise<void> | void => {};
  /** One for each request; then 200 of no type. */
  answers: Answer[] = [];
  #pending = Promise.withResolvers<Uint8Array<ArrayBuffer> | null>();

  readonly #source: ByteSource = {
    read: () => {
      this.reads++;
      return this.#pending.promise;
    },
    cancel: () => void (this.isCancelled = true),
  };

  readonly #transport: Transport = async (sent, signal) => {
    this.sent.push(sent);
    signal.addEventListener("abort", () => this.#pending.reject(signal.reason));
    this.#pending.promise.catch(() => {});
    await this.whenSent();
    const answer = this.answers.shift() ?? {};
    if (answer instanceof GatewayError) throw answer;
    const { status = 200, type } = answer;
    const headers = new Headers(type === undefined ? {} : { "content-type": type });
    const empty = { read: () => Promise.resolve(null), cancel: () => {} };
    return { status, headers, body: status < 400 ? this.#source : empty };
  };

  readonly forward = createAnswer({
    transport: this.#transport,
    route: ({ model }) => [() => ({ provider, model })],
    relay: relayOptions.parse({
      idleTimeoutMs: 100,
      clientStallTimeoutMs: 700,
      totalTimeoutMs: 2_000,
    }),
    retry: retryOptions.parse({}),
    cooldown: undefined,
    hedge: undefined,
    redactor,
    watchAttempt: undefined,
    clock: this.clock,
    random: () => 0,
    active: this.active,
  });

  /** Once the read that was asked for has begun. */
  async send(text: string | null): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 0));
    const pending = this.#pending;
    this.#pending = Promise.withResolvers();
    this.#pending.promise.catch(() => {}); // It may never be read.
    pending.resolve(text === null ? null : new TextEncoder().encode(text));
  }

  /** A body that comes in pieces of these sizes, with what was held of it. */
  bodyOf(heldBytes: number, sizes: readonly number[], maxBodyBytes = 10): BegunBody {
    const bounds = { maxBodyBytes, bodyTimeoutMs: 500, bodyIdleTimeoutMs: 200, clock: this.clock };
    const stream = ReadableStream.from(sizes.map((size) => new Uint8Array(size)));
    return new BegunBody({
      held: new Uint8Array(heldBytes),
      rest: new ClientBody(sourceOf(stream), bounds),
      lengthBytes: undefined,
      named: undefined,
    });
  }
}

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
