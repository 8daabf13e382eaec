/** What bounds bodies that are read whole, beside the length of each. */

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { GatewayError } from "../../src/core/gateway_error.ts";
import { readBody } from "../../src/surfaces/request/read_body.ts";
import { sourceOf } from "../support/http.ts";
import { ManualClock } from "../transport/manual_clock.ts";

const clock = new ManualClock();
const BOUNDS = { maxBodyBytes: 1_000, bodyTimeoutMs: 3_000, bodyIdleTimeoutMs: 1_000, clock };

/** A body that comes in as it is written. */
function startBody(lengthBytes?: number) {
  const { readable, writable } = new TransformStream<
    Uint8Array<ArrayBuffer>,
    Uint8Array<ArrayBuffer>
  >();
  const body = { ...sourceMethods(readable), takeWhole: () => undefined };
  const read = Promise.resolve(readBody({ body, lengthBytes }, "identity", BOUNDS));
  read.catch(() => {}); // It is looked at later.
  const writer = writable.getWriter();
  const write = async (bytes: number) => {
    await writer.write(new Uint8Array(bytes));
    await new Promise((resolve) => setTimeout(resolve));
  };
  return { read, write, end: () => writer.close(), breakOff: () => writer.abort() };
}

function sourceMethods(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
  const source = sourceOf(stream);
  return { read: () => source.read(), cancel: () => source.cancel() };
}

Deno.test("bodies that come in at once are bounded together, until each has arrived or broken off", async () => {
  // Whether they say how long they are or not; those that say it and send nothing hold nothing.
  const announced = Array.from({ length: 100 }, () => startBody(1_000));
  const bodies = Array.from(
    { length: 16 },
    (_, index) => startBody(index < 8 ? 1_001 - 1 : undefined),
  );
  for (const { write } of bodies) {
    await write(600);
    await write(399);
  }
  const filling = Array.from({ length: 16 }, () => startBody());
  for (const { write } of filling) await write(1);
  const refused = startBody();
  await refused.write(1).catch(() => {}); // Its body is given up.
  const error = await assertRejects(() => refused.read, GatewayError);
  assertEquals([error.status, error.code], [503, "too_many_large_bodies"]);
  assertEquals(error.retryAfterMs, 5_000);

  const [arriving, breaking, ...rest] = bodies;
  await arriving?.end();
  assertEquals((await arriving?.read)?.length, 999);
  await breaking?.breakOff();
  await assertRejects(async () => await breaking?.read, GatewayError);
  const late = [startBody(), startBody()];
  for (const { write } of late) await write(999);
  for (const { end, read } of [...rest, ...late]) {
    await end();
    assertEquals((await read).length, 999);
  }
  for (const { breakOff, read } of [...filling, ...announced]) {
    await breakOff();
    await assertRejects(() => read, GatewayError);
  }
  assertEquals(clock.pending, 0);
});

Deno.test("a body that is read whole is late as any other", async () => {
  const silent = startBody(1_000);
  await silent.write(1);
  clock.advance(1_000);
  const { code } = await assertRejects(() => silent.read, GatewayError);
  assertEquals(code, "request_timeout");
  const slow = startBody(1_000);
  for (let second = 0; second < 3; second++) {
    await slow.write(1).catch(() => {});
    clock.advance(999);
  }
  await slow.write(1).catch(() => {});
  clock.advance(10);
  assertEquals((await assertRejects(() => slow.read, GatewayError)).code, "request_timeout");
  assertEquals(clock.pending, 0);
});

Deno.test("a body that came with its head is there at once, within the bound on its size", () => {
  const came = (bytes: number) => ({
    body: {
      takeWhole: () => new Uint8Array(bytes),
      read: () => Promise.reject(new Error("It was taken whole")),
      cancel: () => {},
    },
    lengthBytes: undefined,
  });
  const read = readBody(came(1_000), "identity", BOUNDS);
  assertEquals(read instanceof Uint8Array && read.length, 1_000);
  assertThrows(() => readBody(came(1_001), "identity", BOUNDS), GatewayError, "larger than 1000");
});
