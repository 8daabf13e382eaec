/** A listener that fails, on a runtime and a clock in the test's hands. */

import { assertEquals, assertThrows } from "@std/assert";
import { LastingListener, type Listen } from "../../../src/host/listener/lasting_listener.ts";
import type { Log } from "../../../src/observability/log/log.ts";
import { ManualClock } from "../../transport/manual_clock.ts";

const PORT = 4_711;

class Runtime {
  readonly clock = new ManualClock();
  readonly lines: string[] = [];
  /** Ports that were asked for. */
  readonly asked: (number | undefined)[] = [];
  isFull = false;
  shutdowns = 0;
  #finished = Promise.withResolvers<void>();

  readonly listen: Listen = ({ port }) => {
    this.asked.push(port);
    if (this.isFull) throw new Error("Too many open files");
    this.#finished = Promise.withResolvers();
    return {
      addr: { transport: "tcp", hostname: "127.0.0.1", port: PORT },
      finished: this.#finished.promise,
      shutdown: () => {
        this.shutdowns++;
        this.#finished.resolve();
        return Promise.resolve();
      },
    };
  };

  open(): LastingListener {
    const write = (message: string): void => void this.lines.push(message);
    const log: Log = {
      debug: write,
      info: write,
      warn: write,
      error: write,
      later: (line) => line(),
    };
    return new LastingListener({ port: 0 }, () => new Response(), log, this.clock, this.listen);
  }

  async fail(): Promise<void> {
    this.#finished.reject(new Error("Too many open files"));
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

Deno.test("LastingListener listens again on the same port after a failure", async () => {
  const runtime = new Runtime();
  const listener = runtime.open();
  for (const listened of [2, 3]) {
    await runtime.fail();
    runtime.clock.advance(200);
    assertEquals(runtime.asked.length, listened);
  }
  assertEquals(runtime.asked, [0, PORT, PORT]);
  assertEquals(runtime.lines, [
    "listener failed",
    "listening again",
    "listener failed",
    "listening again",
  ]);
  await listener.shutdown();
  assertEquals([runtime.shutdowns, runtime.clock.pending], [1, 0]);
});

Deno.test("LastingListener tries until it can, and says so once", async () => {
  const runtime = new Runtime();
  const listener = runtime.open();
  await runtime.fail();
  runtime.isFull = true;
  for (let at = 0; at < 5; at++) runtime.clock.advance(200);
  runtime.isFull = false;
  runtime.clock.advance(200);
  assertEquals(runtime.asked.length, 7);
  assertEquals(runtime.lines, ["listener failed", "listening again"]);
  await listener.shutdown();
});

Deno.test("LastingListener does not come back once it is shut down", async () => {
  const runtime = new Runtime();
  const listener = runtime.open();
  await runtime.fail();
  await listener.shutdown();
  runtime.clock.advance(200);
  assertEquals(runtime.asked.length, 1);
});

Deno.test("LastingListener throws where the address cannot be listened on at first", () => {
  const runtime = new Runtime();
  runtime.isFull = true;
  assertThrows(() => runtime.open(), Error, "Too many open files");
});
