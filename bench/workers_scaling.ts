/**
 * Two threads on two processors beside one on one: `deno task bench:workers`, of which `--rounds` and
 * `--seconds` say how long (Linux, Debian's packages gcc and wrk).
 *
 * There may be no more than two processors, so load and upstream run on the same ones: one processor has one
 * thread and its load, two have two threads and twice that load. One thread on both shows what it takes of
 * the second by itself, for collecting garbage; two processes that share nothing but the port, what the
 * machine itself loses. Others on the machine take part of the processors; what all costs together tells the
 * calls that these would be enough for if nobody did.
 *
 * @module
 */

// deno-lint-ignore-file no-console -- This is a command.

import { parseArgs } from "node:util";
import { buildNative } from "./peers/install.ts";
import { summarize } from "./peers/statistics.ts";
import { lockWorkFolder } from "./peers/work_folder.ts";
import { load, type Server, type Setup, startProvider, startWeir } from "./workers_processes.ts";
import { WORK, type Work } from "./workers_work.ts";

const WARM_UP_SECONDS = 4;

/** The first is what the others are compared with. */
const SETUPS: readonly Setup[] = [
  { name: "1 worker on 1 processor", processes: 1, workers: 1, processors: 1 },
  { name: "1 worker on 2", processes: 1, workers: 1, processors: 2 },
  { name: "2 workers on 2", processes: 1, workers: 2, processors: 2 },
  { name: "2 processes on 2", processes: 2, workers: 1, processors: 2 },
];

interface Running {
  readonly setup: Setup;
  readonly upstream: Server;
  readonly weir: Server;
}

/** One setup in one round. */
interface Figures {
  readonly processors: number;
  readonly callsPerSecond: number;
  /** Microseconds on a processor for each call. */
  readonly callUs: number;
  /** Of load and upstream as well. */
  readonly allUs: number;
  /** Of load and upstream, as a share of the setup's processors. */
  readonly othersShare: number;
  /** Of all three. */
  readonly busyShare: number;
}

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "9" },
    seconds: { type: "string", default: "3" },
  },
});

using _lock = await lockWorkFolder();
await buildNative("upstream");
for (const work of WORK) await compare(work, Number(values.rounds), Number(values.seconds));

async function compare(work: Work, rounds: number, seconds: number): Promise<void> {
  const started: Server[] = [];
  try {
    const running: Running[] = [];
    for (const setup of SETUPS) {
      const provider = await startProvider(work, setup);
      started.push(provider);
      const weir = await startWeir(work, setup, provider.port);
      started.push(weir);
      await checkAnswer(work, weir.port);
      await load(work, setup, weir.port, WARM_UP_SECONDS);
      running.push({ setup, upstream: provider, weir });
    }
    const results: Figures[][] = running.map(() => []);
    for (let round = 0; round < rounds; round++) {
      for (let turn = 0; turn < running.length; turn++) {
        // Each time another one begins.
        const at = (round + turn) % running.length;
        results[at]!.push(await measure(work, running[at]!, seconds));
      }
    }
    report(work, results);
  } finally {
    await Promise.all(started.map((each) => each.stop()));
  }
}

async function checkAnswer({ path, body, expected }: Work, port: number): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  const text = await response.text();
  if (!text.includes(expected)) throw new Error(`Weir answered ${response.status}:\n${text}`);
}

async function measure(
  work: Work,
  { setup, upstream: provider, weir }: Running,
  seconds: number,
): Promise<Figures> {
  const before = await Promise.all([weir.cpuUs(), provider.cpuUs()]);
  const made = await load(work, setup, weir.port, seconds);
  const after = await Promise.all([weir.cpuUs(), provider.cpuUs()]);
  const [weirUs, providerUs] = [after[0] - before[0], after[1] - before[1]];
  const availableUs = made.seconds * setup.processors * 1e6;
  const othersUs = providerUs + made.cpuUs;
  return {
    processors: setup.processors,
    callsPerSecond: made.calls / made.seconds,
    callUs: weirUs / made.calls,
    allUs: (weirUs + othersUs) / made.calls,
    othersShare: othersUs / availableUs,
    busyShare: (weirUs + othersUs) / availableUs,
  };
}

function report({ name }: Work, results: readonly (readonly Figures[])[]): void {
  const columns = [
    ...["calls/s", "of the first", "CPU µs a call", "of the first"],
    ...["load and upstream", "processors busy", "calls/s undisturbed, of the first"],
  ];
  console.log(`\n${name}\n`);
  console.log(row(["", ...columns]));
  console.log(row(["---", ...columns.map(() => "---:")]));
  for (const [index, figures] of results.entries()) {
    console.log(row(cellsOf(SETUPS[index]!, figures, results[0]!)));
  }
}

function cellsOf(setup: Setup, figures: readonly Figures[], first: readonly Figures[]): string[] {
  const median = (of: (figures: Figures) => number): number => summarize(figures.map(of)).median;
  const ratio = (of: (figures: Figures) => number): string => {
    const { median, spread } = summarize(
      figures.map((each, round) => of(each) / of(first[round]!)),
    );
    return `${median.toFixed(2)} ±${(spread * 50).toFixed(0)}%`;
  };
  const { processes, workers, processors } = setup;
  return [
    setup.name,
    median((each) => each.callsPerSecond).toFixed(0),
    ratio((each) => each.callsPerSecond),
    median((each) => each.callUs).toFixed(1),
    ratio((each) => each.callUs),
    percent(median((each) => each.othersShare)),
    percent(median((each) => each.busyShare)),
    // One thread cannot fill two processors.
    processes * workers < processors ? "" : ratio((each) => each.processors / each.allUs),
  ];
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}
