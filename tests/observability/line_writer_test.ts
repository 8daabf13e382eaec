/** Lines in batches, to a reader that keeps up and to one that does not. */

import { assertEquals } from "@std/assert";
import { LineWriter } from "../../src/observability/log/line_writer.ts";
import { ManualClock } from "../transport/manual_clock.ts";

const MAX_PENDING = 100;

/** A reader that takes a write only when it is told to. */
function startWriter() {
  const clock = new ManualClock();
  const written: string[] = [];
  const stalled: (() => void)[] = [];
  let isStalled = false;
  const stream = new WritableStream<Uint8Array>({
    write: (bytes) => {
      written.push(new TextDecoder().decode(bytes));
      return isStalled ? new Promise((resolve) => stalled.push(resolve)) : undefined;
    },
  });
  const writer = new LineWriter(stream, clock, MAX_PENDING, (lines) => `${lines} lost\n`);
  const settle = () => new Promise((resolve) => setTimeout(resolve));
  return {
    writer,
    clock,
    written,
    settle,
    stall: () => isStalled = true,
    goOn: () => {
      isStalled = false;
      for (const resolve of stalled.splice(0)) resolve();
    },
  };
}

Deno.test("lines leave in one write, 50 ms after the first of them, again and again", async () => {
  const { writer, clock, written, settle } = startWriter();
  for (const round of [1, 2]) {
    writer.write(`a${round}\n`);
    writer.defer(() => writer.write(`b${round}\n`));
    clock.advance(49);
    await settle();
    assertEquals(written.length, round - 1);
    clock.advance(1);
    await settle();
  }
  assertEquals(written, ["a1\nb1\n", "a2\nb2\n"]);
  assertEquals(clock.pending, 0);
});

Deno.test("64 that are put off are not kept any longer", async () => {
  const { writer, written, settle } = startWriter();
  for (let at = 0; at < 63; at++) writer.defer(() => writer.write("x"));
  await settle();
  assertEquals(written, []);
  writer.defer(() => writer.write("y"));
  await settle();
  assertEquals(written, [`${"x".repeat(63)}y`]);
});

Deno.test("what a stalled reader cannot take is counted and told, and what came meanwhile follows", async () => {
  const { writer, clock, written, settle, stall, goOn } = startWriter();
  stall();
  writer.write("first\n");
  clock.advance(50);
  await settle();
  for (let at = 0; at < 200; at++) writer.defer(() => writer.write("second\n"));
  clock.advance(50);
  await settle();
  assertEquals(written, ["first\n"]);
  goOn();
  await settle();
  clock.advance(50);
  await settle();
  const fit = Math.floor(MAX_PENDING / "second\n".length);
  assertEquals(written, ["first\n", `${"second\n".repeat(fit)}${200 - fit} lost\n`]);
  writer.write("third\n");
  await writer.close();
  assertEquals(written.at(-1), "third\n");
});

Deno.test("a line that is longer than all that may wait is told of as well", async () => {
  const { writer, clock, written, settle } = startWriter();
  writer.write("z".repeat(MAX_PENDING + 1));
  writer.defer(() => {});
  clock.advance(50);
  await settle();
  assertEquals(written, ["1 lost\n"]);
});
