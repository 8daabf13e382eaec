import { assertEquals } from "@std/assert";
import type { App } from "../../../src/app/app.ts";
import { Generations } from "../../../src/host/reload/generations.ts";
import { jsonAnswer } from "../../../src/surfaces/json_answer.ts";

/** An app that says its name and whether it was closed. */
function createApp(name: string): App & { isClosed: boolean } {
  const app = {
    isClosed: false,
    answer: () => Promise.resolve(jsonAnswer({ name })),
    close: () => {
      app.isClosed = true;
    },
  };
  return app;
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

Deno.test("Generations waits for the answers of every app, and closes one that is replaced", async () => {
  const [first, second] = [createApp("first"), createApp("second")];
  const generations = new Generations(first);
  const url = new Request("http://weir/");
  const [ofFirst, ofSecond] = [request(), request()];
  generations.answer(url, ofFirst.info);
  generations.replace(second);
  assertEquals([first.isClosed, second.isClosed], [true, false]);
  const answered = await generations.answer(url, ofSecond.info);
  assertEquals(await answered.json(), { name: "second" });
  let isIdle = false;
  generations.whenNone().then(() => isIdle = true);
  ofFirst.breakOff();
  await settled();
  assertEquals(isIdle, false);
  ofSecond.finish();
  await settled();
  assertEquals(isIdle, true);
  generations.close();
  assertEquals(second.isClosed, true);
});
