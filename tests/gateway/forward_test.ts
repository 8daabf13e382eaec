/** Forwarding over a transport and a clock in the test's hands: what ends it, and what is left behind. */

import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { ForwardedRequest, Reply } from "../../src/core/call.ts";
import { GatewayError } from "../../src/core/gateway_error.ts";
import { isStreamed } from "../../src/core/http.ts";
import { ANONYMOUS } from "../../src/core/principal.ts";
import type { ByteSource, ProviderRequest, Transport } from "../../src/core/transport.ts";
import { ActiveCalls } from "../../src/gateway/active_calls.ts";
import { createForward } from "../../src/gateway/hand_through/forward.ts";
import { openaiStyle } from "../../src/providers/openai_style.ts";
import { sourceOf, streamOfBody } from "../support/http.ts";
import { redactor } from "../support/redactor.ts";
import { UNWATCHED } from "../support/unwatched.ts";
import { ManualClock } from "../transport/manual_clock.ts";

const BASE_URL = "https://api.example/v1";
const provider = openaiStyle({ name: "up", baseUrl: BASE_URL, reason: "test" });

function request(changes: Partial<ForwardedRequest> = {}): ForwardedRequest {
  return {
    id: "r",
    principal: ANONYMOUS,
    account: "203.0.113.7",
    method: "GET",
    pathAndQuery: "/files",
    isAtOrigin: false,
    clientBase: "/v1",
    headers: [],
    body: null,
    lengthBytes: undefined,
    signal: new AbortController().signal,
    arrivedMs: 0,
    trace: { upstream: "up", attempts: 0 },
    ...changes,
  };
}

/** An upstream's body that is sent by hand, and the gateway's part before it. */
class Fixture {
  readonly clock = new ManualClock();
  readonly active = new ActiveCalls();
  readonly sent: ProviderRequest[] = [];
  isCancelled = false;
  reads = 0;
  /** Called when the upstream has its request, and before it answers. */
  whenSent = (): void => {};
  #pending = Promise.withResolvers<Uint8Array<ArrayBuffer> | null>();

  readonly #source: ByteSource = {
    read: () => {
      this.reads++;
      return this.#pending.promise;
    },
    cancel: () => void (this.isCancelled = true),
  };

  readonly #transport: Transport = (sent, signal) => {
    this.sent.push(sent);
    signal.addEventListener("abort", () => this.#pending.reject(signal.reason));
    this.#pending.promise.catch(() => {});
    this.whenSent();
    return Promise.resolve({ status: 200, headers: new Headers(), body: this.#source });
  };

  readonly forward = createForward({
    transport: this.#transport,
    provider,
    relay: {
      idleTimeoutMs: 100,
      clientStallTimeoutMs: 700,
      maxErrorBytes: 1_024,
      totalTimeoutMs: 2_000,
    },
    redactor,
    watchProviders: UNWATCHED,
    bodyBounds: {
      maxBodyBytes: 10,
      bodyTimeoutMs: 500,
      bodyIdleTimeoutMs: 200,
      clock: this.clock,
    },
    clock: this.clock,
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
}

async function openStream(fixture: Fixture) {
  const { answer, outcome } = await fixture.forward(request());
  return { reader: streamOfBody(answer.body).getReader(), outcome };
}

async function cancel(replying: Promise<Reply>): Promise<void> {
  const { answer: { body } } = await replying;
  if (isStreamed(body)) body.cancel();
}

Deno.test("createForward() reads no more than the client does, and leaves no timer behind", async () => {
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

Deno.test("createForward() ends an answer that falls silent, and does not count the client's pauses", async () => {
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

Deno.test("createForward() ends an answer that its client does not take", async () => {
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

Deno.test("createForward() ends an answer that nobody reads when Weir stops", async () => {
  const fixture = new Fixture();
  const { reader, outcome } = await openStream(fixture);
  fixture.active.abortAll(new GatewayError("shutting_down", "Stopping"));
  assertEquals((await outcome).kind, "internal_error");
  await assertRejects(() => reader.read(), Error, "breaks off");
  assertEquals(fixture.clock.pending, 0);
});

Deno.test("createForward() ends a request that Weir's stop meets as its answer begins", async () => {
  const fixture = new Fixture();
  fixture.whenSent = () => fixture.active.abortAll(new GatewayError("shutting_down", "Stopping"));
  await assertRejects(() => fixture.forward(request()), GatewayError, "Stopping");
  assertEquals(fixture.clock.pending, 0);
});

Deno.test("createForward() gives the upstream up when the client leaves the answer", async () => {
  const fixture = new Fixture();
  const { reader, outcome } = await openStream(fixture);
  reader.read().catch(() => {});
  await reader.cancel();
  assertEquals(fixture.isCancelled, true);
  assertEquals((await outcome).kind, "client_gone");
  assertEquals(fixture.clock.pending, 0);
});

Deno.test("createForward() sends nothing out of the upstream's API, whatever it is given", async () => {
  const fixture = new Fixture();
  for (const pathAndQuery of ["/../admin", "/%2e%2e/admin", "@other.example/", ".evil/", ""]) {
    const { code } = await assertRejects(
      () => fixture.forward(request({ pathAndQuery })),
      GatewayError,
    );
    assertEquals([pathAndQuery, code], [pathAndQuery, "invalid_path"]);
  }
  assertEquals(fixture.sent, []);
  await cancel(fixture.forward(request({ pathAndQuery: "/api/tags", isAtOrigin: true })));
  assertEquals(fixture.sent.at(-1)?.url.href, "https://api.example/api/tags");
});

Deno.test("createForward() sends no body where there is none, and none beyond the bound", async () => {
  const fixture = new Fixture();
  const bodyOf = (...sizes: number[]) =>
    sourceOf(ReadableStream.from(sizes.map((size) => new Uint8Array(size))));
  const post = (sizes: number[], lengthBytes?: number) =>
    fixture.forward(request({ method: "POST", body: bodyOf(...sizes), lengthBytes }));
  for (const [sizes, lengthBytes] of [[[0, 0], undefined], [[], undefined], [[], 0]] as const) {
    await cancel(post([...sizes], lengthBytes));
    assertEquals(fixture.sent.pop()?.body, undefined);
  }
  await assertRejects(() => post([11], 11), GatewayError, "larger than 10 bytes");
  await assertRejects(() => post([11]), GatewayError, "larger than 10 bytes");
  assertEquals(fixture.sent.length, 0);
  await cancel(post([6, 0, 6]));
  const body = fixture.sent.pop()?.body;
  if (body === undefined || body instanceof Uint8Array) throw new Error("It is not streamed");
  assertEquals([(await body.source.read())?.length], [6]);
  await assertRejects(() => body.source.read(), GatewayError, "larger than 10");
  assertEquals(fixture.clock.pending, 0);
});
