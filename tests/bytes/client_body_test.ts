/** How a client's body is held to its bounds; the clock and the client are in the test's hands. */

import { assertEquals, assertRejects } from "@std/assert";
import { type BodyBounds, ClientBody } from "../../src/bytes/client_body.ts";
import { GatewayError } from "../../src/core/gateway_error.ts";
import { failureOf } from "../transport/contract.ts";
import { ManualClock } from "../transport/manual_clock.ts";
import { sourceOf } from "../support/http.ts";

class Client {
  readonly clock = new ManualClock();
  isCancelled = false;
  #controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | undefined;

  open(bounds: Partial<BodyBounds> = {}): ClientBody {
    const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (controller) => void (this.#controller = controller),
      cancel: () => void (this.isCancelled = true),
    });
    return new ClientBody(sourceOf(stream), {
      maxBodyBytes: 1_000_000,
      bodyTimeoutMs: 500,
      bodyIdleTimeoutMs: 100,
      clock: this.clock,
      ...bounds,
    });
  }

  send(bytes: number): void {
    this.#controller?.enqueue(new Uint8Array(bytes));
  }

  end(): void {
    this.#controller?.close();
  }

  fail(error: Error): void {
    this.#controller?.error(error);
  }
}

/** Lets what is due run. */
function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

Deno.test("ClientBody hands out what comes, and leaves no timer behind", async () => {
  const client = new Client();
  const body = client.open();
  for (const bytes of [3, 0, 4]) client.send(bytes);
  client.end();
  assertEquals((await body.read())?.length, 3);
  assertEquals((await body.read())?.length, 4);
  assertEquals(await body.read(), null);
  assertEquals(await body.read(), null);
  assertEquals(client.clock.pending, 0);
});

Deno.test("ClientBody gives a body up that falls silent, and stays so", async () => {
  const client = new Client();
  const body = client.open();
  client.send(1);
  await body.read();
  const read = failureOf(body.read());
  client.clock.advance(100);
  const failure = await read;
  assertEquals([failure.kind, failure.message], [
    "request_timeout",
    "Nothing of the request's body arrived for 100 ms; send it again",
  ]);
  assertEquals(client.isCancelled, true);
  assertEquals(await failureOf(body.read()), failure);
  assertEquals(client.clock.pending, 0);
});

Deno.test("ClientBody gives a body up that trickles", async () => {
  const client = new Client();
  const body = client.open();
  for (let at = 0; at < 5; at++) {
    const read = body.read();
    client.clock.advance(99);
    client.send(1);
    await read;
  }
  const read = failureOf(body.read());
  client.clock.advance(4);
  await settle();
  assertEquals(client.isCancelled, false);
  client.clock.advance(1);
  assertEquals((await read).message, "The body did not arrive within 500 ms");
});

Deno.test("ClientBody does not count the time of its reader", async () => {
  const client = new Client();
  const body = client.open();
  for (let at = 0; at < 5; at++) {
    client.send(1);
    await body.read();
    client.clock.advance(10_000);
  }
  client.end();
  assertEquals(await body.read(), null);
});

Deno.test("ClientBody takes as many bytes as are allowed and not one more", async () => {
  const client = new Client();
  const body = client.open({ maxBodyBytes: 10 });
  client.send(4);
  client.send(6);
  client.send(1);
  await body.read();
  assertEquals((await body.read())?.length, 6);
  await assertRejects(() => body.read(), GatewayError, "larger than 10 bytes");
  assertEquals(client.isCancelled, true);
});

Deno.test("ClientBody takes small pieces, but not endlessly", async () => {
  const readAll = async (pieces: number, bytes: number): Promise<string | undefined> => {
    const client = new Client();
    const body = client.open();
    for (let at = 0; at < pieces; at++) client.send(bytes);
    client.end();
    try {
      while (await body.read() !== null);
      return undefined;
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      return error.code;
    }
  };
  assertEquals(await readAll(9_999, 1), undefined);
  assertEquals(await readAll(10_001, 1), "body_too_fragmented");
  assertEquals(await readAll(12_000, 63), "body_too_fragmented");
  assertEquals(await readAll(12_000, 65), undefined);
});

Deno.test("ClientBody says that the client left", async () => {
  const client = new Client();
  const body = client.open();
  const read = failureOf(body.read());
  client.fail(new Error("connection reset"));
  assertEquals((await read).kind, "client_closed");
  assertEquals(client.clock.pending, 0);
});

Deno.test("ClientBody settles a read when it is given up", async () => {
  const client = new Client();
  const body = client.open();
  const read = body.read();
  body.cancel();
  assertEquals(await read, null);
  assertEquals([client.isCancelled, client.clock.pending], [true, 0]);
});
