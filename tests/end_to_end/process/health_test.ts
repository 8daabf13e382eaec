import { assert, assertEquals, assertMatch } from "@std/assert";
import { VERSION } from "../../../src/core/version.ts";
import denoJson from "../../../deno.json" with { type: "json" };
import { startProgram } from "../../support/program.ts";

Deno.test("GET /healthz names the upstreams and needs no key", async () => {
  await using weir = await startProgram({ env: { PROXY_API_KEY: "secret" } });
  const response = await fetch(`${weir.url}/healthz`);
  assertEquals(response.status, 200);
  assertEquals(await response.json(), { ok: true, upstreams: ["fake"] });
});

Deno.test("GET /health has every field of the seeds", async () => {
  await using weir = await startProgram({ env: { NODE_ENV: "test" } });
  const health = await (await fetch(`${weir.url}/health`)).json();
  assertEquals(health.status, "healthy");
  assertMatch(health.timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert(health.uptime >= 0 && health.uptime < 60);
  assertEquals(health.version, VERSION);
  assertEquals(health.environment, "test");
  assertMatch(health.target, /^http:\/\/127\.0\.0\.1:\d+\/v1$/);
});

Deno.test("health answers HEAD without a body and refuses POST", async () => {
  await using weir = await startProgram();
  const head = await fetch(`${weir.url}/healthz`, { method: "HEAD" });
  assertEquals([head.status, await head.text()], [200, ""]);
  const post = await fetch(`${weir.url}/healthz`, { method: "POST" });
  assertEquals([post.status, post.headers.get("allow")], [405, "GET, HEAD"]);
  await post.body?.cancel();
});

Deno.test("VERSION is the version of deno.json", () => {
  assertEquals(VERSION, denoJson.version);
});
