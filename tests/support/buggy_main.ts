/**
 * The program with bugs: a request for `/bug/NAME` plants one of those that nothing catches.
 *
 * @module
 */

import { run } from "../../src/cli/run.ts";
import { AnswerHeaders } from "../../src/core/http/answer_headers.ts";
import { wrapServe } from "./wrap_serve.ts";

const BUGS: Readonly<Record<string, () => void>> = {
  "/bug/rejection": () => void Promise.reject(new Error("planted rejection")),
  "/bug/timer": () =>
    void setTimeout(() => {
      throw new Error("planted in a timer");
    }),
  "/bug/value": () => void Promise.reject({ no: "error" }),
  "/bug/handler": () => {
    throw new Error("planted in the handler");
  },
};

wrapServe((handler) => (request) => {
  const plant = BUGS[request.target];
  if (plant === undefined) return handler(request);
  plant();
  return { status: 200, headers: new AnswerHeaders(), body: null };
});

run(Deno.args).then(Deno.exit);
