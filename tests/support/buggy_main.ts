/**
 * The program with bugs: a request for `/bug/NAME` plants one of those that nothing catches.
 *
 * @module
 */

import { run } from "../../src/cli/run.ts";

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

const serve = Deno.serve as (
  options: Deno.ServeTcpOptions,
  handler: Deno.ServeHandler<Deno.NetAddr>,
) => Deno.HttpServer<Deno.NetAddr>;
const serveWithBugs: typeof serve = (options, handler) =>
  serve(options, (request, info) => {
    const plant = BUGS[new URL(request.url).pathname];
    if (plant === undefined) return handler(request, info);
    plant();
    return new Response();
  });
Object.defineProperty(Deno, "serve", { value: serveWithBugs });

Deno.exit(await run(Deno.args));
