/** What becomes of calls, counts and limits when a thread dies under load. */

import { assert, assertEquals } from "@std/assert";
import { readMetrics } from "../support/metrics.ts";
import { type Program, startProgram } from "../support/program.ts";

/** So many that each of two threads has some: that one has none comes once in 2^38 runs. */
const STREAMS = 40;

function startMortal(env: Readonly<Record<string, string>> = {}): Promise<Program> {
  return startProgram({ entry: "tests/workers/mortal_main.ts", env: { WORKERS: "2", ...env } });
}

function openStream(weir: Program, prompt: string): Promise<Response> {
  return fetch(`${weir.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      model: "m",
      stream: true,
      messages: [{ role: "user", content: prompt }],
    }),
  });
}

function openStreams(weir: Program, prompt: string): Promise<Response[]> {
  return Promise.all(Array.from({ length: STREAMS }, () => openStream(weir, prompt)));
}

/** Kills the thread that the next connection leads to. */
async function kill(weir: Program): Promise<void> {
  await fetch(`${weir.url}/die`).then((response) => response.body?.cancel(), () => {});
}

/** The line of the log about the `count`th lost thread. */
async function lossIn(weir: Program, count: number): Promise<Record<string, unknown>> {
  const { input } = await weir.printed(new RegExp(`(?:"message":"worker lost"[^]*?\\n){${count}}`));
  const lines = input.split("\n").filter((line) => line.includes('"message":"worker lost"'));
  return JSON.parse(lines[count - 1] ?? "null");
}

async function ended(response: Response): Promise<"whole" | "broken"> {
  try {
    return (await response.text()).endsWith("data: [DONE]\n\n") ? "whole" : "broken";
  } catch {
    return "broken";
  }
}

Deno.test("when a thread dies, its streams break and are counted, and all others go on", async () => {
  await using weir = await startMortal({ MAX_CONCURRENT_REQUESTS: `${STREAMS}` });
  const streams = await openStreams(weir, "[tokens=80] [pace=25]");
  const ends = streams.map(ended);
  await kill(weir);
  const { calls, outcome, cause } = await lossIn(weir, 1);
  assertEquals(outcome, "worker_lost");
  assert(`${cause}`.includes("planted"), `${cause}`);
  const endsOf = new Map<string, Set<string>>();
  let broken = 0;
  for (const [index, response] of streams.entries()) {
    const thread = response.headers.get("x-thread") ?? "";
    const end = await ends[index] ?? "";
    if (end === "broken") broken++;
    endsOf.set(thread, (endsOf.get(thread) ?? new Set()).add(end));
  }
  assertEquals([...endsOf.values()].map((set) => [...set]).sort(), [["broken"], ["whole"]]);
  assertEquals(broken, calls);

  await weir.printed(/"message":"worker replaced"/);
  // All slots are free again, and both threads serve.
  const after = await openStreams(weir, "hi");
  assertEquals(after.map(({ status }) => status), after.map(() => 200));
  assertEquals((await Promise.all(after.map(ended))).filter((end) => end === "broken"), []);
  assertEquals(new Set(after.map(({ headers }) => headers.get("x-thread"))).size, 2);
  const page = await readMetrics(weir.url);
  assertEquals(page.sum("weir_workers_lost_total"), 1);
  assertEquals(page.sum("weir_worker_lost_calls_total"), broken);
  assertEquals(page.sum("weir_calls_total", { outcome: "complete" }), 2 * STREAMS - broken);
  assertEquals(page.sum("weir_requests_in_flight"), 0);
});

Deno.test("what a dead thread has counted stays counted, and limits stay spent", async () => {
  await using weir = await startMortal({
    RATE_LIMIT_V1_MAX_REQUESTS: `${STREAMS + 1}`,
    RATE_LIMIT_V1_WINDOW_MS: "86400000",
  });
  await Promise.all((await openStreams(weir, "hi")).map(ended));
  const before = await readMetrics(weir.url);
  assertEquals(before.sum("weir_calls_total"), STREAMS);
  for (let loss = 1; loss <= 2; loss++) {
    await kill(weir);
    await weir.printed(new RegExp(`(?:"message":"worker replaced"[^]*?\\n){${loss}}`));
    const after = await readMetrics(weir.url);
    assertEquals(after.sum("weir_calls_total"), STREAMS);
    assertEquals(after.sum("weir_workers"), 2);
    assertEquals((await lossIn(weir, loss)).calls, 0);
  }
  // The metrics' own requests are no calls, and /die was not answered.
  const left = await openStreams(weir, "hi");
  const admitted = left.filter(({ status }) => status === 200).length;
  await Promise.all(left.map(ended));
  assert(admitted <= 1, `${admitted} were admitted beyond the limit`);
});
