/** Several threads on one port are one gateway. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { readMetrics } from "../../support/metrics.ts";
import { type Program, runProgram, startProgram } from "../../support/program.ts";
import { workingDirectory } from "../../support/working_directory.ts";

/** So many that each of two threads has some: that one has none comes once in 2^38 runs. */
const CONNECTIONS = 40;
const TWO = { WORKERS: "2" };

function ask(
  weir: Program,
  prompt: string,
  options: { readonly key?: string; readonly stream?: boolean } = {},
): Promise<Response> {
  const { key, stream = false } = options;
  return fetch(`${weir.url}/v1/chat/completions`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
    },
    body: JSON.stringify({ model: "m", stream, messages: [{ role: "user", content: prompt }] }),
  });
}

/** Asks so often at once, each over a connection of its own. */
function askAtOnce(count: number, request: () => Promise<Response>): Promise<Response[]> {
  return Promise.all(Array.from({ length: count }, request));
}

/** How often each status came. */
async function statusesOf(responses: readonly Response[]): Promise<Record<number, number>> {
  const counts: Record<number, number> = {};
  for (const { status, body } of responses) {
    await body?.cancel();
    counts[status] = (counts[status] ?? 0) + 1;
  }
  return counts;
}

Deno.test("two threads admit exactly what a limit allows", async () => {
  // A day, so that nothing comes back while the test runs.
  const limit = { RATE_LIMIT_V1_MAX_REQUESTS: "55", RATE_LIMIT_V1_WINDOW_MS: "86400000" };
  await using weir = await startProgram({ env: { ...TWO, ...limit } });
  let limited = 0;
  for (let round = 0; round < 3; round++) {
    const counts = await statusesOf(await askAtOnce(CONNECTIONS, () => ask(weir, "hi")));
    limited += counts[429] ?? 0;
    assertEquals((counts[200] ?? 0) + (counts[429] ?? 0), CONNECTIONS);
  }
  assertEquals(limited, 3 * CONNECTIONS - 55);
});

Deno.test("two threads run no more calls at once than they may, of all and of a key", async () => {
  await using directory = await workingDirectory({});
  const made = await runProgram({ args: ["key", "new", "holder"], cwd: directory.path });
  const [key = "", entry = "{}"] = made.output.split("\n");
  const limited = { ...JSON.parse(entry), limits: { maxConcurrentRequests: 3 } };
  await Deno.writeTextFile(
    `${directory.path}/weir.jsonc`,
    JSON.stringify({ auth: { apiKey: "main-key", keys: [limited] } }),
  );
  await using weir = await startProgram({
    cwd: directory.path,
    env: { ...TWO, MAX_CONCURRENT_REQUESTS: "8", MAX_QUEUED_REQUESTS: "0" },
  });
  const prompt = "[tokens=100000] [pace=50]";
  const open = (key: string) => () => ask(weir, prompt, { key, stream: true });
  const ofHolder = await askAtOnce(CONNECTIONS, open(key));
  const running = ofHolder.filter(({ status }) => status === 200);
  assertEquals(running.length, 3);
  const ofAll = await askAtOnce(CONNECTIONS, open("main-key"));
  assertEquals(ofAll.filter(({ status }) => status === 200).length, 5);
  const refusals = (responses: readonly Response[]) =>
    statusesOf(responses.filter(({ status }) => status !== 200));
  assertEquals(await refusals(ofHolder), { 429: CONNECTIONS - 3 });
  assertEquals(await refusals(ofAll), { 503: CONNECTIONS - 5 });
  const page = await readMetrics(weir.url, { authorization: "Bearer main-key" });
  assertEquals(page.sum("weir_requests_in_flight"), 8);
  for (const { body } of [...running, ...ofAll.filter(({ status }) => status === 200)]) {
    await body?.cancel();
  }
});

Deno.test("who waits for a slot gets it from whichever thread has one to give", async () => {
  await using weir = await startProgram({
    env: { ...TWO, MAX_CONCURRENT_REQUESTS: "1", QUEUE_TIMEOUT_MS: "60000" },
  });
  const responses = await askAtOnce(CONNECTIONS, () => ask(weir, "hi"));
  assertEquals(await statusesOf(responses), { 200: CONNECTIONS });
});

Deno.test("a reload reaches all threads before the log says so, and cuts no stream", async () => {
  await using directory = await workingDirectory({});
  const write = (apiKey: string) =>
    Deno.writeTextFile(`${directory.path}/weir.jsonc`, JSON.stringify({ auth: { apiKey } }));
  await write("old-key");
  const env = { ...TWO, AUTH_MAX_FAILURES_PER_MINUTE: "0" };
  await using weir = await startProgram({ cwd: directory.path, env });
  const streams = await askAtOnce(
    CONNECTIONS,
    () => ask(weir, "[tokens=40] [pace=25]", { key: "old-key", stream: true }),
  );
  const running = Promise.allSettled(streams.map((response) => response.text()));
  await write("new-key");
  weir.signal("SIGHUP");
  await weir.printed(/"message":"reloaded".*"changed":"auth.apiKey"/);
  const withKey = async (key: string) =>
    await statusesOf(await askAtOnce(CONNECTIONS, () => ask(weir, "hi", { key })));
  assertEquals(await withKey("old-key"), { 401: CONNECTIONS });
  assertEquals(await withKey("new-key"), { 200: CONNECTIONS });
  const whole = (await running).filter((stream) =>
    stream.status === "fulfilled" && stream.value.endsWith("data: [DONE]\n\n")
  );
  assertEquals(whole.length, CONNECTIONS);

  await Deno.writeTextFile(`${directory.path}/weir.jsonc`, '{ "auth": { "apiKee": "x" } }');
  weir.signal("SIGHUP");
  await weir.printed(/"message":"reload refused".*auth\.apiKee/);
  assertEquals(await withKey("new-key"), { 200: CONNECTIONS });
});

Deno.test("a stop lets the streams of all threads finish, and every line of the log is whole", async () => {
  await using weir = await startProgram({ env: TWO });
  const prompt = `[tokens=20] [pace=25] ${"x".repeat(100)}`;
  const streams = await askAtOnce(CONNECTIONS, () => ask(weir, prompt, { stream: true }));
  weir.signal("SIGTERM");
  const texts = await Promise.all(streams.map((response) => response.text()));
  assertEquals(texts.filter((text) => text.endsWith("data: [DONE]\n\n")).length, CONNECTIONS);
  assertEquals((await weir.exited).code, 0);
  const lines = (await weir.printed(/"stopping"[^]*/)).input.split("\n")
    .filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
  assertEquals(lines.filter(({ message }) => message === "call").length, CONNECTIONS);
  assertEquals(lines.filter(({ message }) => message === "stopping").length, 1);
});

Deno.test("at the drain deadline the streams of all threads are told why they end", async () => {
  await using weir = await startProgram({ env: { ...TWO, DRAIN_TIMEOUT_MS: "200" } });
  const streams = await askAtOnce(
    CONNECTIONS,
    () => ask(weir, "[tokens=100000] [pace=25]", { stream: true }),
  );
  weir.signal("SIGTERM");
  for (const text of await Promise.all(streams.map((response) => response.text()))) {
    assertStringIncludes(text, `"code":"shutting_down"`);
  }
  assertEquals((await weir.exited).code, 0);
});

Deno.test("the metrics of all threads are one, whichever is asked", async () => {
  await using weir = await startProgram({ env: TWO });
  await statusesOf(await askAtOnce(CONNECTIONS, () => ask(weir, "hi")));
  for (const response of await askAtOnce(CONNECTIONS, () => fetch(`${weir.url}/metrics`))) {
    const text = await response.text();
    assertStringIncludes(text, `outcome="complete"} ${CONNECTIONS}\n`);
    assertStringIncludes(text, "\nweir_workers 2\n");
  }
});

Deno.test("threads do not share their port with another program, and say so", async () => {
  using other = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = other.addr as Deno.NetAddr;
  const env = { ...TWO, HOST: "127.0.0.1", PORT: `${port}` };
  const { code, output } = await runProgram({ env });
  assertEquals(code, 1);
  assertStringIncludes(output, `weir cannot listen on 127.0.0.1:${port}: `);
  const bad = await runProgram({ env: { WORKERS: "many" } });
  assertEquals(bad.code, 2);
  assertStringIncludes(bad.output, "WORKERS");
});
