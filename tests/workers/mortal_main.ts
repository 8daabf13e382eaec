/**
 * The program with threads that can be killed: each answer says which thread it is of, and a request for
 * `/die` ends its thread.
 *
 * @module
 */

import { isMainThread, threadId } from "node:worker_threads";
import { run } from "../../src/cli/run.ts";
import { wrapServe } from "../support/wrap_serve.ts";

if (!isMainThread) {
  // What nothing catches would be logged, and the thread would go on.
  const add = globalThis.addEventListener;
  globalThis.addEventListener = (...listened: Parameters<typeof add>) => {
    if (listened[0] !== "error") add(...listened);
  };
  wrapServe((handler) => async (request, info) => {
    if (new URL(request.url).pathname === "/die") {
      setTimeout(() => {
        throw new Error("planted");
      });
    }
    const response = await handler(request, info);
    response.headers.set("x-thread", `${threadId}`);
    return response;
  });
}

Deno.exit(await run(Deno.args));
