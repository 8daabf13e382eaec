/** What the ledger keeps of calls and of keys that are made at run time, in the program as it is run. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";
import { ADMIN_ENV, adminOf } from "../../support/admin.ts";
import { eventsOfCall } from "../../support/admin_events.ts";
import { readMetrics } from "../../support/metrics.ts";
import { binaryPath, type Program, runProgram, startProgram } from "../../support/program.ts";
import { serveStandIn } from "../../support/providers/stand_in.ts";
import { until } from "../../support/until.ts";
import { workingDirectory } from "../../support/working_directory.ts";

const OWN_KEY = "an-own-key-of-the-tests";
/** Nothing listens there. */
const POSTGRES_AWAY = "postgres://127.0.0.1:9/weir";
const WEIR_SECRET = "a-secret-of-the-tests-0123456789abcdef";
/** So many that each of two threads has some: that one has none comes once in 2^38 runs. */
const CONNECTIONS = 40;
/** A change is in force everywhere by then: two seconds, and what a machine with more to do adds to forty calls. */
const IN_FORCE_MS = 20_000;

interface Asked {
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
}

async function ask(weir: Program, { key, headers, body }: Asked = {}): Promise<number> {
  const response = await fetch(`${weir.url}/v1/chat/completions`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
      ...headers,
    },
    body: JSON.stringify({ model: "m", messages: [{ role: "user", content: "hi" }], ...body }),
  });
  await response.text();
  return response.status;
}

async function callsOf(weir: Program): Promise<number> {
  const { json } = await adminOf(weir)("/usage?group=key");
  return json.total.calls;
}

Deno.test("a call is kept with its tags and bodies, told as it happens, and is there after a restart", async () => {
  await using receiver = serveStandIn(() => new Response(null, { status: 204 }));
  const secret = `whsec_${btoa("x".repeat(32))}`;
  const webhooks = [{ url: `${receiver.origin}/hook`, secret }];
  await using directory = await workingDirectory({ "weir.json": JSON.stringify({ webhooks }) });
  const options = {
    args: ["serve", "--config", "weir.json"],
    cwd: directory.path,
    env: {
      ...ADMIN_ENV,
      STATE: `${directory.path}/state`,
      LEDGER_TAGS: "project=x-project,feature=metadata.feature",
      KEEP_BODIES: "an*",
    },
  };
  let key = "";
  {
    await using weir = await startProgram(options);
    const admin = adminOf(weir);
    assertEquals(await ask(weir), 200);
    ({ key } = (await admin("/keys", { body: { name: "anna", team: "red" } })).json);
    const events = await eventsOfCall(weir, () =>
      ask(weir, {
        key,
        headers: { "x-project": "apollo" },
        body: { stream: true, metadata: { feature: "chat" } },
      }));
    const told = events.map(({ type }) => type);
    const types = ["call.started", "call.attempt", "call.first_token", "call.ended"];
    const places = types.map((type) => told.indexOf(type));
    assertEquals(places, places.toSorted((left, right) => left - right));
    assert(!places.includes(-1), told.join());
    await until(async () => await callsOf(weir) === 2);
    const { data: [{ id }] } = (await admin("/calls?limit=1")).json;
    const { json: call } = await admin(`/calls/${id}`);
    assertEquals([call.principal, call.team], ["anna", "red"]);
    assertEquals(call.tags, { project: "apollo", feature: "chat" });
    assertStringIncludes(call.bodies.request, '"content":"hi"');
    assertStringIncludes(call.bodies.forwarded, '"model":"m"');
    assertStringIncludes(call.bodies.answer, "data: ");
    await weir.stop();
    assertStringIncludes(weir.output(), '"message":"stopping"');
  }
  const { headers, body: sent } = await until(() => receiver.requests[0]);
  const body = new TextDecoder().decode(sent);
  assertEquals(JSON.parse(body).type, "key.changed");
  const signed = `${headers.get("webhook-id")}.${headers.get("webhook-timestamp")}.${body}`;
  const bytes = Buffer.from(secret.slice("whsec_".length), "base64");
  const expected = createHmac("sha256", bytes).update(signed).digest("base64");
  assertEquals(headers.get("webhook-signature"), `v1,${expected}`);

  await using weir = await startProgram(options);
  assertEquals([await ask(weir), await ask(weir, { key })], [401, 200]);
  await until(async () => await callsOf(weir) === 3);
  const { data } = (await adminOf(weir)("/usage?group=tag:project")).json;
  assertEquals(data.map((row: { "tag:project": string; calls: number }) => row.calls).toSorted(), [
    1,
    2,
  ]);
});

Deno.test({
  name:
    "with two threads and two processes on one STATE a key is in force everywhere, and no call is lost",
  // A thread that dies when it is asked to is no part of the compiled program.
  ignore: binaryPath !== undefined,
  fn: async () => {
    await using directory = await workingDirectory({});
    const env = {
      ...ADMIN_ENV,
      PROXY_API_KEY: OWN_KEY,
      WORKERS: "2",
      STATE: `${directory.path}/state`,
      LOG_LEVEL: "warn",
      AUTH_MAX_FAILURES_PER_MINUTE: "0",
      // A quick machine asks more often than the limit allows until the other process has looked, a second later.
      RATE_LIMIT_V1_MAX_REQUESTS: "1000000",
    };
    await using weir = await startProgram({
      env,
      entry: "tests/end_to_end/workers/mortal_main.ts",
    });
    await using other = await startProgram({ env: { ...env, WORKERS: "1" } });
    const askAll = async (key: string): Promise<readonly number[]> => [
      ...await Promise.all(Array.from({ length: CONNECTIONS }, () => ask(weir, { key }))),
      await ask(other, { key }),
    ];
    const { key, id } = (await adminOf(weir)("/keys", { body: { name: "anna" } })).json;
    let counted = 0;
    await until(async () => {
      const statuses = await askAll(key);
      counted += statuses.filter((status) => status === 200).length;
      return statuses.every((status) => status === 200);
    }, IN_FORCE_MS);
    await until(async () => await callsOf(other) === counted);
    assertEquals(await callsOf(weir), counted);

    // A thread that is lost takes nothing with it that it had handed on.
    await fetch(`${weir.url}/die`).then((response) => response.body?.cancel(), () => {});
    await weir.printed(/"message":"worker replaced"|worker lost/);
    assertEquals(await callsOf(other), counted);
    counted += (await askAll(OWN_KEY)).length;
    await until(async () => await callsOf(other) === counted);

    await adminOf(other)(`/keys/${id}`, { method: "DELETE" });
    await until(async () => {
      const statuses = await askAll(key);
      counted += statuses.filter((status) => status === 200).length;
      return statuses.every((status) => status === 401);
    }, IN_FORCE_MS);
    await weir.stop();
    assertEquals(await callsOf(other), counted);
    const metrics = await readMetrics(other.url, { authorization: `Bearer ${OWN_KEY}` });
    assertEquals(metrics.sum("weir_ledger_up"), 1);
  },
});

Deno.test("while the database is away calls go on for keys of the file, and nobody else is let in", async () => {
  const env = { PROXY_API_KEY: OWN_KEY, STATE: POSTGRES_AWAY, WEIR_SECRET, ...ADMIN_ENV };
  await using weir = await startProgram({ env });
  assertEquals(await ask(weir, { key: OWN_KEY }), 200);
  assertEquals(await ask(weir, { key: "weir_of-somebody" }), 503);
  await weir.printed(/"message":"ledger away"/);
  const metrics = () => readMetrics(weir.url, { authorization: `Bearer ${OWN_KEY}` });
  assertEquals((await metrics()).sum("weir_ledger_up"), 0);
  await until(async () => (await metrics()).sum("weir_ledger_records_waiting") === 1);
  await weir.stop();
  assertStringIncludes(weir.output(), '"message":"ledger records lost"');
});

Deno.test("a machine that has no secret of its own does not start without the database, and says what to set", async () => {
  const { code, output } = await runProgram({ env: { STATE: POSTGRES_AWAY } });
  assertEquals(code, 1);
  assertStringIncludes(output, "or set WEIR_SECRET");
});
