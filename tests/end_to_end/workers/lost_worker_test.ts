/** What becomes of calls, counts and limits when a thread dies under load. */

import { assert, assertEquals } from "@std/assert";
import { pollDescriptors } from "../../soak/process.ts";
import { type MetricsPage, readMetrics } from "../../support/metrics.ts";
import { openStream } from "../../support/open_stream.ts";
import { type Program, startProgram } from "../../support/program.ts";
import { until } from "../../support/until.ts";
import { workingDirectory } from "../../support/working_directory.ts";

/** So many that each of two threads has some: that one has none comes once in 2^38 runs. */
const STREAMS = 40;

function startMortal(
  env: Readonly<Record<string, string>> = {},
  cwd?: string,
): Promise<Program> {
  return startProgram({
    ...(cwd !== undefined && { cwd }),
    entry: "tests/end_to_end/workers/mortal_main.ts",
    env: { WORKERS: "2", ...env },
  });
}

function openStreams(weir: Program, prompt: string): Promise<Response[]> {
  return Promise.all(Array.from({ length: STREAMS }, () => openStream(weir, prompt)));
}

/** Kills the thread that the next connection leads to. */
async function kill(weir: Program): Promise<void> {
  await fetch(`${weir.url}/die`).then((response) => response.body?.cancel(), () => {});
}

/** Matches where a text has come so often; without trying one occurrence for another. */
function times(text: string, count: number): RegExp {
  return new RegExp(`(?:${text}(?:(?!${text})[^])*){${count}}`);
}

/** The line of the log about the `count`th lost thread. */
async function lossIn(weir: Program, count: number): Promise<Record<string, unknown>> {
  const { input } = await weir.printed(times('"message":"worker lost"', count));
  const lines = input.split("\n").filter((line) => line.includes('"message":"worker lost"'));
  return JSON.parse(lines[count - 1] ?? "null");
}

/** Reads a stream for as long as it goes on. */
class RunningStream {
  readonly thread: string;
  readonly broken: Promise<void>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #onBytes = (): void => {};

  constructor({ headers, body }: Response) {
    this.thread = headers.get("x-thread") ?? "";
    if (body === null) throw new Error("There is no stream");
    this.#reader = body.getReader();
    this.broken = this.#read();
  }

  /** Resolves when something arrives from now on. */
  goesOn(): Promise<void> {
    return new Promise((resolve) => this.#onBytes = resolve);
  }

  async cancel(): Promise<void> {
    await this.#reader.cancel();
  }

  async #read(): Promise<void> {
    try {
      while (!(await this.#reader.read()).done) this.#onBytes();
    } catch {
      // The connection was closed.
    }
  }
}

/** Calls of streams are counted once the prices are there, which the first ones wait for. */
async function metricsOf(weir: Program, labels: Record<string, string> = {}): Promise<MetricsPage> {
  return await until(async () => {
    const page = await readMetrics(weir.url);
    return page.sum("weir_calls_total", labels) === STREAMS && page;
  });
}

Deno.test("when a thread dies, its streams break and are counted, and all others go on", async () => {
  await using weir = await startMortal({ MAX_CONCURRENT_REQUESTS: `${STREAMS}` });
  const streams = (await openStreams(weir, "[tokens=100000] [pace=25]"))
    .map((response) => new RunningStream(response));
  await kill(weir);
  const { calls, outcome, cause } = await lossIn(weir, 1);
  assertEquals(outcome, "worker_lost");
  assert(`${cause}`.includes("planted"), `${cause}`);
  const dead = await Promise.race(streams.map(({ broken, thread }) => broken.then(() => thread)));
  const [lost, others] = [true, false].map((isLost) =>
    streams.filter(({ thread }) => (thread === dead) === isLost)
  ) as [RunningStream[], RunningStream[]];
  assertEquals(calls, lost.length);
  assert(others.length > 0);
  await Promise.all(lost.map(({ broken }) => broken));
  await Promise.all(others.map((stream) => stream.goesOn()));
  await Promise.all(others.map((stream) => stream.cancel()));

  await weir.printed(/"message":"worker replaced"/);
  await weir.printed(times('"outcome":"client_gone"', others.length));
  // All slots are free again, and both threads serve.
  const after = await openStreams(weir, "hi");
  for (const text of await Promise.all(after.map((response) => response.text()))) {
    assert(text.endsWith("data: [DONE]\n\n"), text);
  }
  assertEquals(new Set(after.map(({ headers }) => headers.get("x-thread"))).size, 2);
  const page = await metricsOf(weir, { outcome: "complete" });
  assertEquals(page.sum("weir_workers_lost_total"), 1);
  assertEquals(page.sum("weir_worker_lost_calls_total"), lost.length);
  assertEquals(page.sum("weir_calls_total", { outcome: "client_gone" }), others.length);
  assertEquals(page.sum("weir_requests_in_flight"), 0);
});

Deno.test("what a dead thread has counted stays counted, and limits stay spent", async () => {
  await using weir = await startMortal({
    RATE_LIMIT_V1_MAX_REQUESTS: `${STREAMS + 1}`,
    RATE_LIMIT_V1_WINDOW_MS: "86400000",
  });
  for (const response of await openStreams(weir, "hi")) await response.text();
  await metricsOf(weir);
  for (let loss = 1; loss <= 2; loss++) {
    await kill(weir);
    await weir.printed(times('"message":"worker replaced"', loss));
    const after = await readMetrics(weir.url);
    assertEquals(after.sum("weir_calls_total"), STREAMS);
    assertEquals(after.sum("weir_workers"), 2);
    assertEquals((await lossIn(weir, loss)).calls, 0);
  }
  // The metrics' own requests are no calls, and /die was not answered.
  const left = await openStreams(weir, "hi");
  for (const response of left) await response.text();
  const admitted = left.filter(({ status }) => status === 200).length;
  assert(admitted <= 1, `${admitted} were admitted beyond the limit`);
});

Deno.test("a reload while a lost thread is replaced ends no other", async () => {
  // What traces are sent with is loaded when a thread begins, and takes its time.
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9" };
  await using directory = await workingDirectory({});
  await using weir = await startMortal(env, directory.path);
  let reloads = 0;
  const reload = async (settings: object = {}) => {
    const routing = { aliases: { fast: `fake/${++reloads}` } };
    await Deno.writeTextFile(
      `${directory.path}/weir.jsonc`,
      JSON.stringify({ routing, ...settings }),
    );
    weir.signal("SIGHUP");
  };
  for (let loss = 1; loss <= 3; loss++) {
    await kill(weir);
    let isReplaced = false;
    const replaced = weir.printed(times('"message":"worker replaced"', loss))
      .finally(() => isReplaced = true);
    await until(async () => {
      await reload();
      return isReplaced;
    });
    await replaced;
  }
  await reload({ auth: { apiKey: "a-new-key" } });
  await weir.printed(/"message":"reloaded".*auth\.apiKey/);
  const answers = await openStreams(weir, "hi");
  for (const { body } of answers) await body?.cancel();
  assertEquals(new Set(answers.map(({ status }) => status)), new Set([401]));
  assertEquals(new Set(answers.map(({ headers }) => headers.get("x-thread"))).size, 2);
  assertEquals(weir.output().match(/"message":"worker lost"/g)?.length, 3);
});

Deno.test({
  name: "of a thread that dies nothing stays open",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    await using weir = await startMortal();
    const before = await pollDescriptors(weir.pid);
    assert(before > 0);
    for (let loss = 1; loss <= 2; loss++) {
      await kill(weir);
      await weir.printed(times('"message":"worker replaced"', loss));
    }
    await until(async () => await pollDescriptors(weir.pid) <= before);
  },
});
