/** What bounds bodies that are read whole, beside the length of each. */

import { assertEquals, assertRejects } from "@std/assert";
import type { BodyBounds } from "../../src/bytes/client_body.ts";
import { GatewayError } from "../../src/core/gateway_error.ts";
import { readBody } from "../../src/surfaces/request/read_body.ts";
import { ManualClock } from "../transport/manual_clock.ts";

const clock = new ManualClock();
interface StartOptions {
  readonly lengthBytes?: number;
  readonly bounds?: BodyBounds;
}

const BOUNDS = { maxBodyBytes: 1_000, bodyTimeoutMs: 1_000, bodyIdleTimeoutMs: 1_000, clock };

/** A body that comes in as it is written; one that says how long it is is read in one piece. */
function startBody({ lengthBytes, bounds = BOUNDS }: StartOptions = {}) {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const headers = lengthBytes === undefined
    ? []
    : [["content-length", String(lengthBytes)]] as const;
  const request = new Request("http://localhost/", {
    method: "POST",
    body: readable,
    headers: headers.map(([name, value]) => [name, value]),
  });
  const read = readBody(request, "identity", bounds);
  read.catch(() => {}); // It is looked at later.
  const writer = writable.getWriter();
  const write = async (bytes: number) => {
    await writer.write(new Uint8Array(bytes));
    await new Promise((resolve) => setTimeout(resolve));
  };
  return { read, write, end: () => writer.close(), breakOff: () => writer.abort() };
}

Deno.test("bodies that come in at once are bounded together, until each has arrived or broken off", async () => {
  const bodies = Array.from({ length: 16 }, () => startBody());
  for (const { write } of bodies) await write(1_000);
  const refused = startBody();
  await refused.write(1).catch(() => {}); // Its body is given up.
  const error = await assertRejects(() => refused.read, GatewayError);
  assertEquals([error.status, error.code], [503, "too_many_large_bodies"]);
  assertEquals(error.retryAfterMs, 5_000);

  const [arriving, breaking, ...rest] = bodies;
  await arriving?.end();
  assertEquals((await arriving?.read)?.length, 1_000);
  await breaking?.breakOff();
  await assertRejects(async () => await breaking?.read, GatewayError);
  const late = [startBody(), startBody()];
  for (const { write } of late) await write(1_000);
  for (const { end, read } of [...rest, ...late]) {
    await end();
    assertEquals((await read).length, 1_000);
  }
  assertEquals(clock.pending, 0);
});

Deno.test("bodies that say how long they are count as well, once they are not prompt", async () => {
  const bounds = { ...BOUNDS, bodyTimeoutMs: 30_000, bodyIdleTimeoutMs: 5_000 };
  const start = (lengthBytes = 1_000) => startBody({ lengthBytes, bounds });
  const held = Array.from({ length: 16 }, () => start());
  clock.advance(999);
  // What arrives within a second is never refused, however many there are.
  const prompt = Array.from({ length: 100 }, () => start());
  for (const { write, end, read } of prompt) {
    await write(1_000);
    await end();
    assertEquals((await read).length, 1_000);
  }
  clock.advance(1);
  const refused = start(1);
  clock.advance(1_000);
  const error = await assertRejects(() => refused.read, GatewayError);
  assertEquals([error.status, error.code], [503, "too_many_large_bodies"]);

  // To announce a body keeps out no one who sends one.
  const sent = startBody({ bounds });
  await sent.write(1_000);
  await sent.end();
  assertEquals((await sent.read).length, 1_000);

  const [arriving, ...rest] = held;
  await arriving?.write(1_000);
  await arriving?.end();
  assertEquals((await arriving?.read)?.length, 1_000);
  const late = start();
  clock.advance(2_999);
  clock.advance(1);
  for (const { read } of rest) {
    assertEquals((await assertRejects(() => read, GatewayError)).code, "request_timeout");
  }
  await late.write(1_000);
  await late.end();
  assertEquals((await late.read).length, 1_000);
  assertEquals(clock.pending, 0);
});

Deno.test("a body counts for what the runtime keeps of it, and never for more than the longest", async () => {
  // Each: length of the bodies and how many may be held within 16 times 100,000 bytes.
  for (const [lengthBytes, count] of [[1_000, 400], [25_000, 16], [100_000, 16]] as const) {
    const bounds = { ...BOUNDS, maxBodyBytes: 100_000, bodyIdleTimeoutMs: 5_000 };
    bounds.bodyTimeoutMs = 5_000;
    const bodies = Array.from({ length: count + 1 }, () => startBody({ lengthBytes, bounds }));
    clock.advance(1_000);
    const last = bodies.pop();
    await assertRejects(async () => await last?.read, GatewayError, "Too many large bodies");
    for (const { write, end, read } of bodies) {
      await write(lengthBytes);
      await end();
      assertEquals((await read).length, lengthBytes);
    }
  }
  assertEquals(clock.pending, 0);
});
