import { assertEquals } from "@std/assert";
import type { App } from "../../../src/app/app.ts";
import { Generations } from "../../../src/host/reload/generations.ts";

/** An app that says its name and whether it was closed. */
function createApp(name: string): App & { isClosed: boolean } {
  const app = {
    isClosed: false,
    fetch: () => Promise.resolve(new Response(name)),
    close: () => {
      app.isClosed = true;
    },
  };
  return app as App & { isClosed: boolean };
}

/** What the runtime tells of a request, and how to end its answer. */
function request() {
  const { promise: completed, resolve, reject } = Promise.withResolvers<void>();
  const info = {
    completed,
    remoteAddr: { transport: "tcp", hostname: "127.0.0.1", port: 1 },
  } as Deno.ServeHandlerInfo<Deno.NetAddr>;
  return { info, finish: resolve, breakOff: () => reject(new Error("gone")) };
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
}

Deno.test("Generations closes a replaced app when its last answer has left, and not before", async () => {
  const [first, second, third] = [createApp("first"), createApp("second"), createApp("third")];
  const generations = new Generations(first);
  const url = new Request("http://weir/");
  const [ofFirst, another, ofSecond] = [request(), request(), request()];
  generations.answer(url, ofFirst.info);
  generations.answer(url, another.info);
  generations.replace(second);
  const answered = await generations.answer(url, ofSecond.info);
  assertEquals(await answered.text(), "second");
  let isIdle = false;
  generations.whenNone().then(() => isIdle = true);

  ofFirst.finish();
  await settled();
  assertEquals(first.isClosed, false);
  another.breakOff();
  await settled();
  assertEquals([first.isClosed, second.isClosed, isIdle], [true, false, false]);

  ofSecond.finish();
  await settled();
  assertEquals([second.isClosed, isIdle], [false, true]);
  generations.replace(third);
  await settled();
  assertEquals([second.isClosed, third.isClosed], [true, false]);
  generations.close();
  assertEquals(third.isClosed, true);
});
