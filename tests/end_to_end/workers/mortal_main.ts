/**
 * The program with threads that can be killed: each answer says which thread it is of, and a request for
 * `/die` ends its thread.
 *
 * @module
 */

import { isMainThread, threadId } from "node:worker_threads";
import { run } from "../../../src/cli/run.ts";
import { wrapServe } from "../../support/wrap_serve.ts";

if (!isMainThread) {
  // What nothing catches would be logged, and the thread would go on.
  const add = globalThis.addEventListener;
  globalThis.addEventListener = (...listened: Parameters<typeof add>) => {
    if (listened[0] !== "error") add(...listened);
  };
  wrapServe((handler) => async (request) => {
    if (request.target === "/die") {
      setTimeout(() => {
        throw new Error("planted");
      });
    }
    const answer = await handler(request);
    answer.headers.set("x-thread", `${threadId}`);
    return answer;
  });
}

run(Deno.args).then(Deno.exit);
