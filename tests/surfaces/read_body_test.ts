/** What bounds bodies that are read whole, beside the length of each. */

import { assertEquals, assertRejects } from "@std/assert";
import { GatewayError } from "../../src/core/gateway_error.ts";
import { readBody } from "../../src/surfaces/read_body.ts";
import { ManualClock } from "../transport/manual_clock.ts";

const clock = new ManualClock();
const BOUNDS = { maxBodyBytes: 1_000, bodyTimeoutMs: 1_000, bodyIdleTimeoutMs: 1_000, clock };

/** A body that comes in as it is written. */
function startBody() {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const request = new Request("http://localhost/", { method: "POST", body: readable });
  const read = readBody(request, "identity", BOUNDS);
  read.catch(() => {}); // It is looked at later.
  const writer = writable.getWriter();
  const write = async (bytes: number) => {
    await writer.write(new Uint8Array(bytes));
    await new Promise((resolve) => setTimeout(resolve));
  };
  return { read, write, end: () => writer.close(), breakOff: () => writer.abort() };
}

Deno.test("bodies that come in at once are bounded together, until each has arrived or broken off", async () => {
  const bodies = Array.from({ length: 16 }, startBody);
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
