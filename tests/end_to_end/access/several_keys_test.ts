/** One provider, several keys: no call fails for a key while another one is good, and no key is shown. */

import { assert, assertEquals } from "@std/assert";
import { readMetrics } from "../../support/metrics.ts";
import { type Program, startProgram } from "../../support/program.ts";
import { workingDirectory } from "../../support/working_directory.ts";

const CALLS = 1_000;
const AT_ONCE = 4;
const GOOD = "planted-good-key-zebra";
const LIMITED = "planted-limited-key-giraffe";
const REVOKED = "planted-revoked-key-panther";
/** Requests that the limited key is good for. */
const ALLOWANCE = 50;

interface KeyedProvider extends AsyncDisposable {
  readonly baseUrl: string;
  /** Chats by key. */
  readonly asked: Map<string, number>;
  revoked: Set<string>;
}

function startKeyed(): KeyedProvider {
  const asked = new Map<string, number>();
  const revoked = new Set([REVOKED]);
  const refuse = (status: number, key: string, headers = {}): Response => {
    const error = { message: `Incorrect API key provided: ${key}`, type: "x", code: "y" };
    return Response.json({ error }, { status, headers });
  };
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const key = request.headers.get("authorization")?.replace("Bearer ", "") ?? "";
    if (revoked.has(key) && request.method === "GET") return refuse(401, key);
    if (request.method === "GET") return Response.json({ object: "list", data: [{ id: "m" }] });
    const count = (asked.get(key) ?? 0) + 1;
    asked.set(key, count);
    if (revoked.has(key)) return refuse(401, key);
    if (key === LIMITED && count > ALLOWANCE) return refuse(429, key, { "retry-after": "60" });
    const message = { role: "assistant", content: "hi" };
    return Response.json({
      id: "x",
      object: "chat.completion",
      model: "m",
      choices: [{ index: 0, message, finish_reason: "stop" }],
    });
  });
  return {
    baseUrl: `http://127.0.0.1:${server.addr.port}/v1`,
    asked,
    revoked,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** Each in a conversation of its own, where it is not told which. */
async function call(weir: Program, session: string = crypto.randomUUID()): Promise<number> {
  const response = await fetch(`${weir.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", "session-id": session },
    body: JSON.stringify({ model: "m", messages: [{ role: "user", content: "hi" }] }),
  });
  await response.body?.cancel();
  return response.status;
}

async function callMany(weir: Program, count: number): Promise<Record<number, number>> {
  const statuses: Record<number, number> = {};
  let left = count;
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (left-- > 0) {
      const status = await call(weir);
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  }));
  return statuses;
}

Deno.test("of three keys one is limited and one revoked: 1,000 calls, none fails, and none is shown", async () => {
  await using provider = startKeyed();
  const env = {
    OPENAI_API_KEYS: `${GOOD}, ${LIMITED}, ${REVOKED}`,
    OPENAI_BASE_URL: provider.baseUrl,
    RATE_LIMIT_V1_MAX_REQUESTS: "0",
  };
  await using weir = await startProgram({ env });
  assertEquals(await callMany(weir, CALLS), { 200: CALLS });
  const { asked } = provider;
  assertEquals((asked.get(GOOD) ?? 0) + ALLOWANCE, CALLS);
  // What was on its way when it was refused for the first time, and no request after that.
  assert((asked.get(LIMITED) ?? 0) <= ALLOWANCE + AT_ONCE, `${asked.get(LIMITED)} limited`);
  assert((asked.get(REVOKED) ?? 0) <= AT_ONCE, `${asked.get(REVOKED)} revoked`);
  const { sum, text } = await readMetrics(weir.url);
  const attempts = (key: string) => sum("weir_upstream_key_attempts_total", { key });
  assertEquals(
    ["key1", "key2", "key3"].map(attempts),
    [GOOD, LIMITED, REVOKED].map((key) => asked.get(key)),
  );
  const health = await (await fetch(`${weir.url}/health`)).json();
  assertEquals(
    health.cooling_keys.map(({ key, reason }: Record<string, string>) => `${key} ${reason}`).sort(),
    ["key2 rate_limited", "key3 refused"],
  );
  await weir.printed(/"attempt failed".*"key":"key3"/);
  await weir.printed(/"call".*"key":"key1"/);
  for (const shown of [weir.output(), text, JSON.stringify(health)]) {
    for (const secret of [GOOD, LIMITED, REVOKED, "zebra", "giraffe", "panther"]) {
      assert(!shown.includes(secret), secret);
    }
  }
});

Deno.test("keys are asked by weight and replaced by a reload", async () => {
  await using provider = startKeyed();
  const write = (apiKeys: unknown) =>
    JSON.stringify({
      server: { port: 0 },
      routing: { sessionAffinity: "off" },
      upstreams: { openai: { baseUrl: provider.baseUrl, apiKeys } },
    });
  const named = (key: string) => [{ key, name: "ours", weight: 3 }, "planted-other"];
  await using directory = await workingDirectory({ "weir.jsonc": write(named("planted-one")) });
  await using weir = await startProgram({ cwd: directory.path });
  assertEquals(await callMany(weir, 40), { 200: 40 });
  assertEquals([...provider.asked].sort(), [["planted-one", 30], ["planted-other", 10]]);
  provider.revoked = provider.revoked.add("planted-one");
  assertEquals(await callMany(weir, 8), { 200: 8 });
  await Deno.writeTextFile(`${directory.path}/weir.jsonc`, write(named("planted-two")));
  weir.signal("SIGHUP");
  await weir.printed(/"message":"reloaded"/);
  provider.asked.clear();
  assertEquals(await callMany(weir, 40), { 200: 40 });
  assertEquals([...provider.asked].sort(), [["planted-other", 10], ["planted-two", 30]]);
});

Deno.test("a conversation stays on its key in every thread until that is refused, and then on the next", async () => {
  await using provider = startKeyed();
  const env = {
    OPENAI_API_KEYS: "planted-one, planted-two, planted-three",
    OPENAI_BASE_URL: provider.baseUrl,
    RATE_LIMIT_V1_MAX_REQUESTS: "0",
    WORKERS: "2",
  };
  await using weir = await startProgram({ env });
  const keysOf = async (session: string): Promise<string[]> => {
    provider.asked.clear();
    for (let turn = 0; turn < 8; turn++) assertEquals(await call(weir, session), 200);
    return [...provider.asked.keys()].filter((key) => !provider.revoked.has(key));
  };
  const homes = new Map<string, string>();
  for (let id = 0; id < 20; id++) {
    const keys = await keysOf(`conversation ${id}`);
    assertEquals(keys.length, 1);
    homes.set(`conversation ${id}`, keys[0] ?? "");
  }
  assertEquals(new Set(homes.values()).size, 3);
  provider.revoked.add("planted-two");
  for (const [session, home] of homes) {
    const keys = await keysOf(session);
    assertEquals(keys.length, 1, "it has moved to one other key");
    if (home !== "planted-two") assertEquals(keys, [home], "it had no reason to move");
  }
});
