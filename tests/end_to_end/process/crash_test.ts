/** Nothing that clients, upstreams, signals or files do ends the process or goes unhandled (T07). */

import { assert, assertEquals } from "@std/assert";
import { FAULT_SCRIPTS } from "../../faults/fault_scripts.ts";
import { startFaultProvider } from "../../faults/fault_provider.ts";
import { seededRandom } from "../../framing/cuts.ts";
import { noise, startGarbageProvider } from "../../support/garbage_provider.ts";
import { leaveEarly, randomLeaving, sendNoise } from "../../support/leaving_client.ts";
import { type MetricsPage, readMetrics } from "../../support/metrics.ts";
import { type Program, startProgram } from "../../support/program.ts";
import { startProvider } from "../../support/provider.ts";
import { openRawWebSocket } from "../../support/raw_websocket.ts";
import { openSocket } from "../../support/socket_client.ts";
import { ask, post } from "../../support/two_targets.ts";
import { until } from "../../support/until.ts";
import { workingDirectory } from "../../support/working_directory.ts";
import {
  anyRequest,
  BROKEN_FRAMES,
  brokenMessages,
  failingRequest,
  HANDED_THROUGH,
  noises,
  PATHS,
  upgradeRequest,
} from "../provocations.ts";

const NOTHING = new Uint8Array();
const AT_ONCE = 16;
const LEAVERS = 400;
const MAX_STAY_MS = 60;
/** It takes longer than every timer of `SETTINGS`. */
const LONG_STREAM = "[tokens=25] [pace=40]";

const SETTINGS = {
  FIRST_BYTE_TIMEOUT_MS: "600",
  FIRST_CONTENT_TIMEOUT_MS: "800",
  IDLE_TIMEOUT_MS: "800",
  FINISH_TIMEOUT_MS: "100",
  BODY_IDLE_TIMEOUT_MS: "300",
  KEEP_ALIVE_INTERVAL_MS: "50",
  OPENING_HOLD_MS: "30",
  WS_HEARTBEAT_INTERVAL: "100",
  WS_STALL_TIMEOUT_MS: "300",
  MAX_RETRIES: "1",
  BASE_RETRY_DELAY: "0.05",
  RETRY_BUDGET: "1",
  COOLDOWN: "off",
  MAX_CONCURRENT_REQUESTS: "8",
  RATE_LIMIT_MAX_REQUESTS: "0",
  RATE_LIMIT_INFERENCE_MAX_REQUESTS: "0",
  RATE_LIMIT_V1_MAX_REQUESTS: "0",
  WS_CONNECTIONS_PER_MINUTE: "0",
};

/** `faulty` fails as its prompts say, `both` has a second target, `fake` does what tags say. */
function start(
  faulty: { readonly baseUrl: string },
  fake: { readonly baseUrl: string },
  env: Readonly<Record<string, string>> = {},
  cwd?: string,
): Promise<Program> {
  return startProgram({
    ...(cwd !== undefined && { cwd }),
    env: {
      ...SETTINGS,
      UPSTREAM_FAULTY_BASE_URL: faulty.baseUrl,
      UPSTREAM_TAGGED_BASE_URL: fake.baseUrl,
      MODEL_ALIASES: "faulty=faulty/m,both=faulty/m|tagged/m,fake=tagged/m",
      ...env,
    },
  });
}

async function several(count: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (next < count) await work(next++);
  }));
}

/** It answers, has counted no bug, comes to have nothing to do, and stops as it should. */
async function isUnharmed(weir: Program): Promise<void> {
  // All timers that were left behind come while this runs.
  const stream = await ask(weir, "fake", LONG_STREAM, true);
  assert(stream.text.endsWith("data: [DONE]\n\n"), stream.text);
  assertEquals((await ask(weir, "fake", "hi")).status, 200);
  const health = await (await fetch(`${weir.url}/health`)).json();
  assertEquals([health.status, health.bugs], ["healthy", 0]);
  const metrics = await idleMetrics(weir);
  assertEquals(metrics.sum("weir_unhandled_errors_total"), 0);
  assertEquals((await weir.stop()).code, 0);
  const bugs = weir.output().split("\n").filter((line) =>
    /unhandled|Uncaught|internal_error|"level":"ERROR"/.test(line) &&
    !line.includes("reload refused")
  );
  assertEquals(bugs, []);
}

/** Read once nothing is in flight any more. */
async function idleMetrics(weir: Program): Promise<MetricsPage> {
  return await until(async () => {
    const metrics = await readMetrics(weir.url);
    return metrics.sum("weir_requests_in_flight") === 0 && metrics;
  });
}

Deno.test("clients that leave at every moment of every request", async () => {
  const random = seededRandom(1);
  await using fake = startProvider();
  await using faulty = startFaultProvider();
  await using weir = await start(faulty, fake);
  await several(LEAVERS, async () => {
    const request = anyRequest(["fake", "both", "unknown"], random);
    await leaveEarly(weir.url, request, randomLeaving(request, MAX_STAY_MS, random));
  });
  await isUnharmed(weir);
});

Deno.test("upstreams that fail in every way, for clients that leave or stay", async () => {
  const random = seededRandom(2);
  await using fake = startProvider();
  await using faulty = startFaultProvider();
  await using weir = await start(faulty, fake, { MAX_CONCURRENT_REQUESTS: "100" });
  const faults = Object.keys(FAULT_SCRIPTS).flatMap((fault) => [fault, fault, fault, fault]);
  await several(faults.length, async (index) => {
    const request = failingRequest(faults[index] ?? "none", ["faulty", "both"], random);
    const leaving = randomLeaving(request, MAX_STAY_MS, random);
    // Every other one stays until the answer has come.
    if (index % 2 === 0) await leaveEarly(weir.url, request, leaving);
    else {await leaveEarly(weir.url, request, {
        ...leaving,
        sentBytes: request.length,
        stayMs: 400,
      });}
  });
  await isUnharmed(weir);
});

Deno.test("upstreams that answer with noise, or nearly right", async () => {
  const random = seededRandom(6);
  await using fake = startProvider();
  await using garbage = startGarbageProvider(random);
  await using weir = await start(garbage, fake, { MAX_CONCURRENT_REQUESTS: "100" });
  const statuses = new Set<number>();
  await several(LEAVERS / 2, async (index) => {
    const messages = [{ role: "user", content: "hi" }];
    const path = PATHS[index % PATHS.length];
    try {
      const response = await fetch(`${weir.url}${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ model: "faulty", stream: random() < 0.6, messages }),
      });
      statuses.add(response.status);
      await response.text();
    } catch (thrown) {
      // What is handed through may break off, also before the server has sent its head.
      if (path !== HANDED_THROUGH) throw thrown;
    }
  });
  assert(statuses.has(502), `None of it was noticed: ${[...statuses]}`);
  await isUnharmed(weir);
});

Deno.test("noise, huge headers and bodies that are not what they should be", async () => {
  await using fake = startProvider();
  await using faulty = startFaultProvider();
  await using weir = await start(faulty, fake);
  const sent = noises(seededRandom(3));
  await several(sent.length, (index) => sendNoise(weir.url, sent[index] ?? NOTHING, 300));
  await isUnharmed(weir);
});

Deno.test("WebSockets: broken messages and frames, and clients that leave in the middle", async () => {
  const random = seededRandom(4);
  await using fake = startProvider();
  await using faulty = startFaultProvider();
  await using weir = await start(faulty, fake, { MAX_CONCURRENT_REQUESTS: "100" });
  const messages = brokenMessages();
  await several(messages.length, async (index) => {
    await using client = await openSocket(weir.url);
    client.send(messages[index] ?? "");
    client.ask("after", "hi", { model: "fake" });
    await Promise.race([client.ended("after"), client.closed]);
  });
  await several(BROKEN_FRAMES.length, async (index) => {
    const [opcode, payload] = BROKEN_FRAMES[index] ?? [0, ""];
    using client = await openRawWebSocket(weir.url);
    await client.send(payload, opcode);
    await client.read();
  });
  await several(60, async (index) => {
    const client = await openSocket(weir.url);
    client.ask("one", index % 3 === 0 ? "[slow=60000]" : "[tokens=500] [pace=1]", {
      model: "both",
    });
    client.ask("two", "[tokens=20000]", { model: "fake" });
    await new Promise((resolve) => setTimeout(resolve, random() * MAX_STAY_MS));
    if (index % 4 === 0) client.send({ type: "cancel", id: "one" });
    if (index % 4 === 1) client.socket.close(4000, "enough");
    else client.socket.terminate();
    await client.closed;
  });
  // Handshakes that are given up at once, break off or are followed by noise.
  await several(20, async () => (await openRawWebSocket(weir.url)).leave());
  await several(60, async () => {
    const request = new Uint8Array([...upgradeRequest(), ...noise(300, random)]);
    await leaveEarly(weir.url, request, randomLeaving(request, MAX_STAY_MS, random));
  });
  await isUnharmed(weir);
});

Deno.test("reloads of good and bad configurations, faster than they can be read, under load", async () => {
  const random = seededRandom(5);
  await using fake = startProvider();
  await using faulty = startFaultProvider();
  const good = (environment: string) => JSON.stringify({ server: { environment } });
  await using directory = await workingDirectory({ "weir.jsonc": good("first") });
  await using weir = await start(faulty, fake, {}, directory.path);
  const bad = ["{", '{"server":{"port":-1}}', '{"upstreams":7}', "\0", '{"nothing":1}', ""];
  const reloads = (async () => {
    for (let round = 0; round < 40; round++) {
      const text = round % 2 === 0 ? bad[(round / 2) % bad.length] ?? "" : good(`round-${round}`);
      await Deno.writeTextFile(`${directory.path}/weir.jsonc`, text);
      for (let signals = 0; signals <= round % 3; signals++) weir.signal("SIGHUP");
      await (await fetch(`${weir.url}/healthz`)).body?.cancel();
    }
    await Deno.writeTextFile(`${directory.path}/weir.jsonc`, good("last"));
    weir.signal("SIGHUP");
    await weir.printed(/"message":"reload refused"/);
  })();
  await several(LEAVERS / 2, async () => {
    const request = anyRequest(["fake", "both"], random);
    await leaveEarly(weir.url, request, randomLeaving(request, MAX_STAY_MS, random));
  });
  await reloads;
  await isUnharmed(weir);
});

Deno.test("signals in an odd order", async () => {
  await using early = await startProgram();
  for (const signal of ["SIGHUP", "SIGPIPE", "SIGWINCH", "SIGCONT", "SIGHUP"] as const) {
    early.signal(signal);
  }
  assertEquals((await ask(early, "m", "hi")).status, 200);
  early.signal("SIGSTOP");
  early.signal("SIGTERM");
  early.signal("SIGHUP");
  early.signal("SIGCONT");
  assertEquals((await early.exited).code, 0);

  await using late = await startProgram();
  const stream = await post(late, { model: "m", content: "[tokens=20] [pace=25]", stream: true });
  late.signal("SIGHUP");
  late.signal("SIGTERM");
  await late.printed(/"message":"stopping"/);
  for (let count = 0; count < 5; count++) late.signal("SIGHUP");
  assert((await stream.text()).endsWith("data: [DONE]\n\n"));
  assertEquals((await late.exited).code, 0);
});
