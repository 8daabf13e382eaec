/**
 * `/healthz` over a kept-alive connection: Weir as shipped, with a key to ask for, against a bare
 * `Deno.serve` and a bare Hono app. Each server is a process of its own.
 *
 * Run with `deno task bench`. Guards the promise that a health check meets no routing and no policy.
 *
 * @module
 */

import { startProgram } from "../tests/support/program.ts";
import { startScript } from "./start_script.ts";

const weir = await startProgram({ env: { PROXY_API_KEY: "secret" } });
const bare = await startScript("healthz_peers.ts", "bare");
const hono = await startScript("healthz_peers.ts", "hono");

/** `Deno.bench` waits for async functions only: it would not await one that merely returns this. */
async function check(url: string): Promise<void> {
  const response = await fetch(`${url}/healthz`);
  const body = await response.json();
  if (body.ok !== true) throw new Error(`${url} is not healthy`);
}

Deno.bench({
  name: "GET /healthz · bare Deno.serve",
  group: "healthz",
  baseline: true,
  fn: async () => await check(bare.url),
});
Deno.bench({
  name: "GET /healthz · bare Hono",
  group: "healthz",
  fn: async () => await check(hono.url),
});
Deno.bench({
  name: "GET /healthz · Weir",
  group: "healthz",
  fn: async () => await check(weir.url),
});

globalThis.addEventListener("unload", () => {
  for (const server of [weir, bare, hono]) server.signal("SIGKILL");
});
