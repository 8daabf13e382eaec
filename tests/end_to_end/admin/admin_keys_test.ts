/** Keys that are made while two threads serve: used by the official client, over HTTP and the command line. */

import OpenAI from "openai";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  ADMIN_ENV,
  ADMIN_KEY,
  adminOf,
  type AskAdmin,
  type Json,
  refusalOf,
} from "../../support/admin.ts";
import { type Program, runProgram, startProgram } from "../../support/program.ts";
import { workingDirectory } from "../../support/working_directory.ts";

/** So many at once that each of two threads has some. */
const CONNECTIONS = 24;
/** Twice what is promised, because the machine may be busy. */
const MAX_DELAY_MS = 4_000;

function clientOf({ url }: Program, apiKey: string): OpenAI {
  return new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 });
}

/** What a call with a key comes to: its text, or the status and code of its refusal. */
async function callWith(weir: Program, key: string, model = "fake-model"): Promise<string> {
  const messages = [{ role: "user" as const, content: "hi" }];
  try {
    const { choices } = await clientOf(weir, key).chat.completions.create({ model, messages });
    return choices[0]?.message.content ?? "";
  } catch (thrown) {
    if (!(thrown instanceof OpenAI.APIError)) throw thrown;
    return `${thrown.status} ${thrown.code}`;
  }
}

/** Resolves once calls over many connections at once, which reach all threads, all come to the same. */
async function untilAll(weir: Program, key: string, expected: RegExp): Promise<void> {
  const startMs = performance.now();
  while (true) {
    const beganMs = performance.now() - startMs;
    const results = await Promise.all(
      Array.from({ length: CONNECTIONS }, () => callWith(weir, key)),
    );
    if (results.every((result) => expected.test(result))) return;
    assert(beganMs < MAX_DELAY_MS, `After ${Math.round(beganMs)} ms: ${results.join(", ")}`);
  }
}

const GOOD = /^hello world$/;

/** Runs `weir key`, as an operator beside the gateway does. */
async function weirKey(
  weir: Program,
  args: readonly string[],
  env: Record<string, string> = { ADMIN_API_KEY: ADMIN_KEY },
): Promise<{ readonly code: number; readonly output: string }> {
  return await runProgram({ args: ["key", ...args, "--url", weir.url], env });
}

function keyIn(output: string): string {
  return /^weir_[\w-]{43}$/m.exec(output)?.[0] ?? "";
}

async function auditOf(ask: AskAdmin, id: string): Promise<readonly string[]> {
  const { json: { data } } = await ask("/audit?limit=200");
  return data.filter(({ target }: Json) => target === id)
    .map(({ who, action }: Json) => `${who} ${action}`).toReversed();
}

/** What the steps have in common. */
interface Scene {
  readonly weir: Program;
  readonly ask: AskAdmin;
  /** All that must never be seen again. */
  readonly secrets: string[];
  /** The key that is made first, as it is at the moment. */
  id: string;
  key: string;
}

const STEPS: Readonly<Record<string, (scene: Scene) => Promise<void>>> = {
  "made over HTTP, shown once, in force on both threads": async (scene) => {
    const { weir, ask, secrets } = scene;
    assertEquals(await callWith(weir, "anything"), "hello world");
    const body = {
      name: "ci",
      models: ["fake-*"],
      team: "web",
      owner: "kim@example.com",
      tags: { project: "x" },
      budget: { usd: 10, period: "month" },
      expires: "2100-01-01",
    };
    const made = await ask("/keys", { body });
    assertEquals(made.status, 201, made.text);
    Object.assign(scene, { id: made.json.id, key: made.json.key });
    secrets.push(scene.key);
    assertMatch(scene.key, /^weir_[\w-]{43}$/);
    assertEquals(made.headers.get("location"), `/admin/v1/keys/${scene.id}`);
    assertStringIncludes(made.json.warning, "first key");
    await untilAll(weir, scene.key, GOOD);
    await untilAll(weir, "anything", /^401 /);
    assertEquals(await callWith(weir, scene.key, "other"), "403 model_not_allowed");
    const { json: shown } = await ask(`/keys/${scene.id}`);
    assertEquals(shown.state, "active");
    assertEquals(shown.expires, "2100-01-01T00:00:00.000Z");
    assertEquals(shown.key, undefined);
  },
  "a second of its name is refused; another client's key is no admin key": async (scene) => {
    const { weir, ask } = scene;
    assertEquals(refusalOf(await ask("/keys", { body: { name: "ci" } })), "409 name_taken");
    assertEquals(refusalOf(await ask("/keys", { key: scene.key })), "401 invalid_admin_key");
    assertEquals(await callWith(weir, ADMIN_KEY), "401 invalid_api_key");
  },
  "limited, by a change that leaves the rest as it was": async (scene) => {
    const { weir, ask } = scene;
    const changed = await ask(`/keys/${scene.id}`, {
      method: "PATCH",
      body: { limits: { v1: 3 } },
    });
    assertEquals(changed.json.limits, { v1: 3 });
    assertEquals(changed.json.models, ["fake-*"]);
    await untilAll(weir, scene.key, /^(hello world|429 .*)$/);
    assertMatch(await callWith(weir, scene.key), /^429 /);
    const lifted = await ask(`/keys/${scene.id}`, { method: "PATCH", body: { limits: null } });
    assertEquals(lifted.json.limits, {});
    await untilAll(weir, scene.key, GOOD);
  },
  "rotated: both are good, and without grace the old one is not": async (scene) => {
    const { weir, ask, secrets } = scene;
    const rotated = await ask(`/keys/${scene.id}/rotate`, {
      method: "POST",
      body: { grace_seconds: 600 },
    });
    secrets.push(rotated.json.key);
    await untilAll(weir, rotated.json.key, GOOD);
    assertEquals(await callWith(weir, scene.key), "hello world");
    assert(Date.parse(rotated.json.previous_until) > Date.now());
    const again = await ask(`/keys/${scene.id}/rotate`, {
      method: "POST",
      body: { grace_seconds: 0 },
    });
    await untilAll(weir, again.json.key, GOOD);
    await untilAll(weir, scene.key, /^401 /);
    await untilAll(weir, rotated.json.key, /^401 /);
    scene.key = again.json.key;
    secrets.push(scene.key);
  },
  "paused, resumed and withdrawn over the command line": async (scene) => {
    const { weir, ask } = scene;
    const listed = await weirKey(weir, ["list"]);
    assertMatch(
      listed.output,
      /ci +active, models fake-\*, expires 2100-.*, team web, budget 10\/month/,
    );
    assertEquals((await weirKey(weir, ["pause", "ci"])).code, 0);
    await untilAll(weir, scene.key, /^401 api_key_disabled$/);
    assertMatch((await weirKey(weir, ["show", "ci"])).output, /state +paused/);
    assertEquals((await weirKey(weir, ["resume", "ci"])).code, 0);
    await untilAll(weir, scene.key, GOOD);
    assertMatch((await weirKey(weir, ["withdraw", "ci"])).output, /ci is withdrawn/);
    await untilAll(weir, scene.key, /^401 /);
    assertEquals((await ask("/keys")).json.data, []);
    assertEquals((await ask("/keys?withdrawn=true")).json.data[0].state, "withdrawn");
    // Whoever takes the last key away does not open the gateway.
    await untilAll(weir, "anything", /^401 /);
  },
  "made, rotated and expired over the command line": async (scene) => {
    const { weir, ask, secrets } = scene;
    const made = await weirKey(weir, [
      "new",
      "ci",
      "--server",
      "--models",
      "fake-*",
      "--budget",
      "5/day",
    ]);
    assertEquals(made.code, 0, made.output);
    const rotated = await weirKey(weir, ["rotate", "ci", "--grace", "0", "--json"]);
    const { key, id, budget } = JSON.parse(rotated.output);
    secrets.push(keyIn(made.output), key);
    assertEquals([budget.usd, budget.period], [5, "day"]);
    await untilAll(weir, key, GOOD);
    await untilAll(weir, keyIn(made.output), /^401 /);
    const soon = new Date(Date.now() - 1_000).toISOString();
    const body = { expires: soon };
    assertEquals((await ask(`/keys/${id}`, { method: "PATCH", body })).json.state, "expired");
    await untilAll(weir, key, /^401 api_key_expired$/);
    assertEquals(await auditOf(ask, id), [
      "admin key.create",
      "admin key.rotate",
      "admin key.update",
    ]);
  },
  "the command line says what is missing": async (scene) => {
    const { weir } = scene;
    const ways: readonly [readonly string[], Record<string, string>, RegExp][] = [
      [["list"], {}, /401: No admin key.*ADMIN_API_KEY/],
      [["pause", "nobody"], { ADMIN_API_KEY: ADMIN_KEY }, /no key named "nobody"/],
      [["new", "ci", "--server"], { ADMIN_API_KEY: ADMIN_KEY }, /409: The name "ci" is taken/],
    ];
    await Promise.all(ways.map(async ([args, env, expected]) => {
      const { code, output } = await weirKey(weir, args, env);
      assertMatch(output, expected);
      assertEquals(code, 1, output);
    }));
  },
  "audited, and summed up by its name": async (scene) => {
    const { ask } = scene;
    assertEquals(await auditOf(ask, scene.id), [
      "admin key.create",
      "admin key.update",
      "admin key.update",
      "admin key.rotate",
      "admin key.rotate",
      "admin key.update",
      "admin key.update",
      "admin key.delete",
    ]);
    const { json: { data: [entry] } } = await ask("/audit?limit=200");
    assert(entry.before !== null && entry.after !== null);
    const { json: usage } = await ask("/usage?group=key,team");
    const sums = usage.data.find(({ key, team }: Json) => key === "ci" && team === "web");
    assert(sums.calls > 2 * CONNECTIONS);
  },
  "no key and no hash of one is in any answer or line of the log": async (scene) => {
    const { weir, ask, secrets } = scene;
    const paths = [
      "/keys?withdrawn=true",
      "/audit?limit=500",
      "/calls?limit=500",
      "/config",
      "/me",
    ];
    const seen = [weir.output()];
    for (const path of paths) seen.push((await ask(path)).text);
    const all = seen.join("\n");
    for (const secret of secrets) assertEquals(all.includes(secret), false, secret.slice(0, 8));
    assertEquals(/sha256:|[0-9a-f]{64}/.exec(all)?.[0], undefined);
  },
};

Deno.test("a key at run time: made, used, limited, rotated, paused, withdrawn, on two threads", async (test) => {
  await using directory = await workingDirectory({});
  await using weir = await startProgram({
    cwd: directory.path,
    env: { ...ADMIN_ENV, WORKERS: "2", AUTH_MAX_FAILURES_PER_MINUTE: "0" },
  });
  const secrets: string[] = Object.values(ADMIN_ENV);
  const scene: Scene = { weir, ask: adminOf(weir), secrets, id: "", key: "" };
  for (const [name, play] of Object.entries(STEPS)) await test.step(name, () => play(scene));
});
