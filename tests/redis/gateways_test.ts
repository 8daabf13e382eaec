/** Whole gateways that share their limits, while Redis comes and goes. */

// deno-lint-ignore-file no-console -- The figures are part of what these tests tell.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Program, startProgram } from "../support/program.ts";
import {
  authorityCertificate,
  certificateKey,
  goodCertificate,
  otherNameCertificate,
} from "../transport/certificates.ts";
import { ask, Load } from "./load.ts";
import { type RedisServer, startRedis } from "./redis_server.ts";

/** In a day, so that nothing comes back while a test runs. */
const LIMIT = 60;
/** Longer than a busy machine keeps a sound Redis waiting. */
const TIMEOUT_MS = 3_000;
/** That, and what a busy machine adds to it. */
const MAX_MS = TIMEOUT_MS + 5_000;

function startGateway(store: string, env: Readonly<Record<string, string>> = {}): Promise<Program> {
  return startProgram({
    env: {
      RATE_LIMIT_STORE: store,
      RATE_LIMIT_REDIS_TIMEOUT_MS: `${TIMEOUT_MS}`,
      RATE_LIMIT_V1_MAX_REQUESTS: `${LIMIT}`,
      RATE_LIMIT_V1_WINDOW_MS: "86400000",
      ...env,
    },
  });
}

/** Waits until the log's last word on sharing is this one; returns the line's rest. */
async function lastSays(program: Program, message: string): Promise<string> {
  const [line] = await program.printed(
    new RegExp(`"message":"${message}"(?![^]*"message":"limits are )[^\\n]*\\n`),
  );
  return line;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

/** Two gateways of so many threads, each of which has reached Redis. */
async function startPair(redis: RedisServer, threads = 1): Promise<[Program, Program]> {
  const env = { WORKERS: `${threads}` };
  const pair: [Program, Program] = await Promise.all([
    startGateway(redis.url, env),
    startGateway(redis.url, env),
  ]);
  const areAllShared = new RegExp(`^(?:[^]*?"message":"limits are shared"){${threads}}`);
  await Promise.all(pair.map((program) => program.printed(areAllShared)));
  return pair;
}

for (const threads of [1, 2]) {
  Deno.test(`Two gateways with ${threads} threads each admit a burst exactly as far as their limit goes`, async () => {
    await using redis = await startRedis();
    const [left, right] = await startPair(redis, threads);
    await using _left = left;
    await using _right = right;
    const statuses = await Promise.all(
      Array.from({ length: 4 * LIMIT }, (_, index) => ask(index % 2 === 0 ? left : right)),
    );
    assertEquals(statuses.filter((status) => status === "200").length, LIMIT);
    assertEquals(statuses.filter((status) => status === "429").length, 3 * LIMIT);
  });
}

Deno.test("No request fails because Redis dies or stands still, and its limit holds when it is back", async () => {
  await using redis = await startRedis();
  const [left, right] = await startPair(redis);
  await using _left = left;
  await using _right = right;
  const pair = [left, right];
  const loads = pair.map((program) => new Load(program, 4));
  const longestMs: number[] = [];
  /** What each gateway admits until it has refused for a while. */
  const drain = async (): Promise<number[]> => {
    await Promise.all(loads.map((load) => load.refuses(100)));
    const counts = loads.map((load) => load.count());
    assertEquals(counts.flatMap(({ others }) => others), []);
    longestMs.push(Math.max(...counts.map((count) => count.longestMs)));
    return counts.map(({ allowed }) => allowed);
  };
  const allSay = (message: string) =>
    Promise.all(pair.map((program) => lastSays(program, message)));
  assertEquals(sum(await drain()), LIMIT, "shared");

  await redis.kill();
  assertEquals(await drain(), [LIMIT / 2, LIMIT / 2], "each alone while Redis is dead");
  await allSay("limits are not shared");

  await redis.restart();
  const restartMs = performance.now();
  await allSay("limits are shared");
  const backMs = performance.now() - restartMs;
  assertEquals(sum(await drain()), LIMIT, "shared; what Redis knew died with it");
  assertEquals(sum(await drain()), 0);

  redis.signal("SIGSTOP");
  await allSay("limits are not shared");
  assertEquals(await drain(), [0, 0], "each had its share a moment ago");
  redis.signal("SIGCONT");
  const continueMs = performance.now();
  await allSay("limits are shared");
  const awakeMs = performance.now() - continueMs;
  assertEquals(sum(await drain()), 0, "what Redis knew, it still knows");

  for (const { others } of await Promise.all(loads.map((load) => load.stop()))) {
    assertEquals(others, []);
  }
  const rounded = (times: number[]) => times.map((time) => time.toFixed(0)).join(", ");
  console.log(`in use again after ${rounded([backMs, awakeMs])} ms`);
  console.log(`longest answers of each phase: ${rounded(longestMs)} ms`);
  for (const timeMs of [backMs, awakeMs, ...longestMs]) assert(timeMs < MAX_MS, `${timeMs} ms`);
});

const PASSWORD = "planted/p@ssword:71";

function withPassword(url: string, password: string, database = ""): string {
  return `${url.replace("//", `//:${encodeURIComponent(password)}@`)}${database}`;
}

Deno.test("A gateway whose Redis cannot be used starts, says why, and counts by itself", async () => {
  await using redis = await startRedis(["--requirepass", PASSWORD]);
  await using stranger = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response(),
  );
  const cases: readonly (readonly [store: string, cause: RegExp])[] = [
    [withPassword(redis.url, "not-the-password"), /WRONGPASS/],
    [redis.url, /NOAUTH/],
    [withPassword(redis.url, PASSWORD, "/99"), /DB index is out of range/],
    [`redis://127.0.0.1:${stranger.addr.port}`, /.+/],
    [withPassword(`redis://127.0.0.1:${stranger.addr.port}`, PASSWORD), /.+/],
    ["redis://127.0.0.1:1", /ECONNREFUSED/],
    ["redis://nothing.invalid", /nothing\.invalid/],
  ];
  for (const [store, cause] of cases) {
    const env = { LOG_LEVEL: "debug", RATE_LIMIT_REDIS_FALLBACK_SHARE: "0.25" };
    await using gateway = await startGateway(store, env);
    const line = await lastSays(gateway, "limits are not shared");
    assertMatch(/"cause":"([^"]*)/.exec(line)?.[1] ?? "", cause, store);
    const statuses = await Promise.all(Array.from({ length: LIMIT }, () => ask(gateway)));
    assertEquals(statuses.filter((status) => status === "200").length, LIMIT / 4, store);
    assertEquals(statuses.filter((status) => status === "429").length, 3 * LIMIT / 4, store);
    assertEquals((await gateway.stop()).code, 0, store);
    const output = gateway.output();
    for (const secret of [PASSWORD, encodeURIComponent(PASSWORD), "not-the-password"]) {
      assert(!output.includes(secret), output);
    }
  }
});

Deno.test("A password, a database and TLS are used as the address says", async () => {
  const files = {
    "certificate.pem": goodCertificate,
    "other.pem": otherNameCertificate,
    "key.pem": certificateKey,
    "authority.pem": authorityCertificate,
  };
  const settings = (certificate: string) => [
    ...["--requirepass", PASSWORD, "--port", "0", "--tls-port", "PORT"],
    ...["--tls-cert-file", certificate, "--tls-key-file", "key.pem"],
    ...["--tls-ca-cert-file", "authority.pem", "--tls-auth-clients", "no"],
  ];
  await using redis = await startRedis(settings("certificate.pem"), files);
  await using other = await startRedis(settings("other.pem"), files);
  const env = { DENO_CERT: `${redis.directory}/authority.pem` };
  const urlOf = (server: RedisServer) =>
    withPassword(`rediss://localhost:${server.port}`, PASSWORD, "/3");
  await using gateway = await startGateway(urlOf(redis), env);
  await lastSays(gateway, "limits are shared");
  await using wrong = await startGateway(urlOf(other), env);
  assertMatch(await lastSays(wrong, "limits are not shared"), /certificate|altname/i);
  await using unknown = await startGateway(urlOf(redis));
  assertMatch(await lastSays(unknown, "limits are not shared"), /certificate|issuer/i);
});
