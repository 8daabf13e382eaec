/** The peers of `healthz_bench.ts`: `bare` or `hono`, on a given or a free port, printed when it listens. */

// deno-lint-ignore-file no-console -- This is a command.

import { Hono } from "hono";

const answer = () => Response.json({ ok: true, upstreams: ["fake"] });

function handlerOf(name: string | undefined): Deno.ServeHandler {
  if (name === "bare") return answer;
  const app = new Hono();
  app.get("/healthz", answer);
  return (request) => app.fetch(request);
}

Deno.serve({
  hostname: "127.0.0.1",
  port: Number(Deno.args[1] ?? 0),
  onListen: ({ port }) => console.log(`http://127.0.0.1:${port}`),
}, handlerOf(Deno.args[0]));
