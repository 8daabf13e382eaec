/** What health checks say while Weir goes away, and what becomes of requests until then. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { startProgram } from "../../support/program.ts";
import { openSocket } from "../../support/socket_client.ts";
import { ask, post } from "../../support/two_targets.ts";

/** Longer than any test: the second signal ends it. */
const ENDLESS = { READINESS_DELAY_MS: "600000" };

async function get(url: string): Promise<readonly [number, unknown]> {
  const response = await fetch(url);
  return [response.status, await response.json()];
}

Deno.test("GET /readyz answers 200 without a key, HEAD as well, and refuses POST", async () => {
  await using weir = await startProgram({ env: { PROXY_API_KEY: "secret" } });
  const url = `${weir.url}/readyz`;
  assertEquals(await get(url), [200, { ok: true }]);
  const head = await fetch(url, { method: "HEAD" });
  assertEquals([head.status, await head.text()], [200, ""]);
  const refused = await fetch(url, { method: "POST" });
  assertEquals([refused.status, refused.headers.get("allow")], [405, "GET, HEAD"]);
  await refused.body?.cancel();
});

Deno.test("readiness ends with the first signal; whoever still comes is served, and told to connect elsewhere", async () => {
  await using weir = await startProgram({ env: ENDLESS });
  await using socket = await openSocket(weir.url);
  const before = await ask(weir, "m", "hi");
  assertEquals(before.headers.get("connection"), null);
  weir.signal("SIGTERM");
  await weir.printed(/"message":"stopping".*"readiness_delay_ms":600000/);

  const [status, { ok, reason }] = await get(`${weir.url}/readyz`) as [
    number,
    Record<string, unknown>,
  ];
  assertEquals([status, ok, typeof reason], [503, false, "string"]);
  const [healthStatus, health] = await get(`${weir.url}/health`) as [
    number,
    Record<string, unknown>,
  ];
  assertEquals([healthStatus, health["status"]], [503, "stopping"]);
  assertEquals(await get(`${weir.url}/healthz`), [200, { ok: true, upstreams: ["fake"] }]);

  const late = await ask(weir, "m", "hi");
  assertEquals([late.status, late.headers.get("connection")], [200, "close"]);
  const stream = await ask(weir, "m", "hi", true);
  assert(stream.text.endsWith("data: [DONE]\n\n"));
  socket.ask("late", "hi");
  assertEquals((await socket.ended("late")).type, "inference_response");

  weir.signal("SIGTERM");
  assertEquals((await weir.exited).code, 143);
});

Deno.test("the listener closes when the delay is over, and what was begun by then is finished", async () => {
  await using weir = await startProgram({ env: { READINESS_DELAY_MS: "1500" } });
  weir.signal("SIGINT");
  await weir.printed(/"message":"stopping"/);
  const response = await post(weir, {
    model: "m",
    content: "[tokens=100] [pace=25]",
    stream: true,
  });
  const text = await response.text();
  assert(text.endsWith("data: [DONE]\n\n"));
  assertEquals((await weir.exited).code, 0);
  await assertRejects(() => fetch(`${weir.url}/readyz`), TypeError);
});
