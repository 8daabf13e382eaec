/**
 * What the console costs: `deno task soak:console`. Exit code 1 where a promise is broken.
 *
 *     deno task soak:console --rounds 8 --streams 200 --minutes 10
 *
 * Needs Debian's Chromium, and Linux: times are read from /proc. Two gateways serve the same at the same time and take
 * turns at having the viewer, so that whatever else the machine does meets both alike; times are those on a processor.
 * The long run, of the source alone, is left out unless `--minutes` asks for it. Where `WEIR_BINARY` names the compiled
 * program, or the bundle of `deno task test`, that is measured.
 *
 * @module
 */

// deno-lint-ignore-file no-console -- This is a command.

import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { quartilesOf } from "../../../bench/quartiles.ts";
import { type Browser, startBrowser } from "../../browser/browser.ts";
import { ADMIN_KEY, CLIENT_KEY } from "../../browser/console/signed_in.ts";
import { binaryPath, type Program, programInWords, startProgram } from "../../support/program.ts";
import { percentile } from "../cancels.ts";
import { report } from "../report.ts";
import { type ColdStart, measureColdStart } from "./cold_start.ts";
import { PACE_MS, stream } from "./paced_streams.ts";
import {
  growthOf,
  type Pair,
  type PairUs,
  percent,
  roundUs,
  sharesInWords,
  timesInWords,
  TOKENS,
  WARM_UP_ROUNDS,
} from "./pair.ts";
import { openViewer, type Viewer } from "./viewer.ts";

const MAX_GROWTH_WITH_VIEWER = 0.03;
const MAX_FRAME_MS = 16;
/** What two rounds of the same differ by is more. */
const MAX_GROWTH_WITHOUT = 0.01;
const LONG_STREAMS = 1_000;
const LONG_TOKENS = 200;
const SAMPLE_MS = 5_000;
const MAX_MEMORY_GROWTH = 0.1;
const MEBIBYTE = 1_048_576;
/** The page shows the calls of ten minutes, so that it grows by them until then, by some 400 bytes each. */
const MAX_PAGE_GROWTH_BYTES = MEBIBYTE / 2;

const NO_LIMITS = {
  RATE_LIMIT_V1_MAX_REQUESTS: "0",
  MAX_CONCURRENT_REQUESTS: "1000",
  LOG_LEVEL: "error",
  // A machine that is busy with other things makes calls late and not wrong.
  CONNECT_TIMEOUT_MS: "120000",
};

/** Full within the first tenth, so that what grows from then on is not the ledger in memory. */
const FULL_LEDGER = { LEDGER_MAX_CALLS_IN_MEMORY: String(LONG_STREAMS / 20) };

/** In each round the page is open at the first, at the second and at neither, in an order that changes. */
async function costOfViewer(
  browser: Browser,
  pair: Pair,
  streams: number,
  rounds: number,
): Promise<void> {
  const [first, second] = await Promise.all(pair.map((weir) => openViewer(browser, weir)));
  await Promise.all([first!.lookAway(), second!.lookAway()]);
  const frames: number[] = [];
  const [seen, unseen, alone]: [number[], number[], number[]] = [[], [], []];
  const [growth, crowding]: [number[], number[]] = [[], []];
  const watch = async (viewer: Viewer, isKept: boolean): Promise<PairUs> => {
    await viewer.look();
    let us: PairUs = [NaN, NaN];
    const drawn = await viewer.framesDuring(async () => {
      us = await roundUs(pair, streams);
    });
    await viewer.lookAway();
    if (isKept) frames.push(...drawn);
    return us;
  };
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    const isKept = round >= 0;
    const turns: PairUs[] = [];
    for (let step = 0; step < 3; step++) {
      const turn = (round + WARM_UP_ROUNDS + step) % 3;
      const viewer = [first, second][turn];
      turns[turn] = viewer === undefined
        ? await roundUs(pair, streams)
        : await watch(viewer, isKept);
    }
    if (!isKept) continue;
    const [atFirst, atSecond, atNeither] = turns as [PairUs, PairUs, PairUs];
    seen.push(atFirst[0], atSecond[1]);
    unseen.push(atFirst[1], atSecond[0]);
    alone.push(...atNeither);
    growth.push(growthOf(atFirst, atSecond));
    crowding.push(growthOf([atSecond[0], atNeither[1]], [atNeither[0], atFirst[1]]));
  }
  const { median } = quartilesOf(growth);
  report(
    median <= MAX_GROWTH_WITH_VIEWER,
    `serving thread: ${timesInWords(seen)} with a viewer, ${
      timesInWords(unseen)
    } at the same time ` +
      `without: ${sharesInWords(growth)} more, at most ${percent(MAX_GROWTH_WITH_VIEWER)}`,
  );
  console.log(
    `     without a viewer while no browser runs beside it: ${timesInWords(alone)}; the browser ` +
      `alone, which looks at the other, makes that ${sharesInWords(crowding)} more`,
  );
  const sorted = frames.toSorted((left, right) => left - right);
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => percentile(sorted, share));
  report(
    (p95 ?? NaN) <= MAX_FRAME_MS,
    `script of the page in ${frames.length} frames: p50 ${p50?.toFixed(1)} ms, p95 ` +
      `${p95?.toFixed(1)} ms, p99 ${p99?.toFixed(1)} ms; p95 at most ${MAX_FRAME_MS} ms`,
  );
}

/** One is silent and the other tells, and then the other way round. */
async function costWithoutViewer(pair: Pair, streams: number, rounds: number): Promise<void> {
  let [switchesOfFirst, switchesOfSecond] = [0, 0];
  const switchFirst = () => switchTelling(pair[0], ++switchesOfFirst);
  const switchSecond = () => switchTelling(pair[1], ++switchesOfSecond);
  const growth: number[] = [];
  let isFirstTelling = true;
  await switchSecond();
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    const before = await roundUs(pair, streams);
    await Promise.all([switchFirst(), switchSecond()]);
    const after = await roundUs(pair, streams);
    if (round >= 0) growth.push(isFirstTelling ? growthOf(before, after) : growthOf(after, before));
    isFirstTelling = !isFirstTelling;
  }
  const { lower, median } = quartilesOf(growth);
  report(
    median <= MAX_GROWTH_WITHOUT || lower <= 0,
    `without a viewer, beside a Weir whose calls tell nothing: ${sharesInWords(growth)} more`,
  );
}

async function switchTelling(weir: Program, times: number): Promise<void> {
  weir.signal("SIGUSR2");
  await weir.printed(new RegExp(`^switched ${times}$`, "m"));
}

async function coldStarts(browser: Browser, times: number): Promise<void> {
  const starts: ColdStart[] = [];
  for (let start = 0; start < times; start++) starts.push(await measureColdStart(browser));
  const medianOf = (name: keyof ColdStart): string =>
    quartilesOf(starts.map((each) => each[name])).median.toFixed(0);
  console.log(
    `     cold start of ${programInWords}: listening ` +
      `after ${medianOf("startMs")} ms, the page live ${medianOf("pageMs")} ms later, with ` +
      `${medianOf("requests")} requests and ${medianOf("bytes")} bytes`,
  );
}

/** The same streams at two, of which one has a viewer: what grows in both is not the console's. */
async function longRun(browser: Browser, pair: Pair, minutes: number): Promise<void> {
  const viewer = await openViewer(browser, pair[0]);
  const everyMs = minutes * 60_000 / LONG_STREAMS;
  const running: Promise<void>[] = [];
  const [seen, unseen, page]: [number[], number[], number[]] = [[], [], []];
  const beginMs = performance.now();
  let begun = 0;
  for (let sampleMs = 0; begun < LONG_STREAMS;) {
    await new Promise((resolve) => setTimeout(resolve, everyMs));
    const elapsedMs = performance.now() - beginMs;
    for (; begun < Math.min(LONG_STREAMS, elapsedMs / everyMs); begun++) {
      running.push(...pair.map((weir) => stream(weir, LONG_TOKENS)));
    }
    if (elapsedMs < sampleMs) continue;
    sampleMs = elapsedMs + SAMPLE_MS;
    seen.push(await bytesLeft(pair[0], seen.length + 1));
    unseen.push(await bytesLeft(pair[1], unseen.length + 1));
    page.push(await viewer.heapBytes());
  }
  await Promise.all(running);
  const meanwhile = `in ${minutes} minutes of ${LONG_STREAMS} streams`;
  reportMemory(`Weir with a viewer ${meanwhile}`, seen);
  reportMemory("Weir without one meanwhile", unseen);
  const growth = medianIn(page, 9) - medianIn(page, 1);
  report(
    growth <= MAX_PAGE_GROWTH_BYTES,
    `memory of the page meanwhile: ${(growth / MEBIBYTE).toFixed(1)} MiB more from the second ` +
      `tenth to the last, at most ${MAX_PAGE_GROWTH_BYTES / MEBIBYTE}; MiB: ${tenths(page)}`,
  );
}

async function bytesLeft(weir: Program, times: number): Promise<number> {
  weir.signal("SIGUSR2");
  const [, bytes] = await weir.printed(new RegExp(`^left ${times} (\\d+)$`, "m"));
  return Number(bytes);
}

/** Flat after the first tenth: the second beside the last. */
function reportMemory(name: string, samples: readonly number[]): void {
  const growth = medianIn(samples, 9) / medianIn(samples, 1) - 1;
  report(
    growth <= MAX_MEMORY_GROWTH,
    `memory of ${name}: ${percent(growth)} from the second tenth to the last, at most ` +
      `${percent(MAX_MEMORY_GROWTH)}; MiB: ${tenths(samples)}`,
  );
}

function medianIn(samples: readonly number[], tenth: number): number {
  const width = samples.length / 10;
  const part = samples.slice(Math.floor(width * tenth), Math.ceil(width * (tenth + 1)));
  return quartilesOf(part).median;
}

function tenths(samples: readonly number[]): string {
  return Array.from({ length: 10 }, (_, tenth) => (medianIn(samples, tenth) / MEBIBYTE).toFixed(1))
    .join(" ");
}

const { values } = parseArgs({
  args: Deno.args,
  options: {
    rounds: { type: "string", default: "8" },
    streams: { type: "string", default: "200" },
    minutes: { type: "string", default: "0" },
    starts: { type: "string", default: "5" },
  },
});
const rounds = Number(values.rounds);
const streams = Number(values.streams);
const minutes = Number(values.minutes);
const starts = Number(values.starts);
console.log(
  `twice ${streams} streams at once of ${TOKENS} events, one every ${PACE_MS} ms; ${rounds} rounds; ` +
    `load of the machine ${loadavg()[0]?.toFixed(1)}`,
);
await using fake = await startProgram({ args: ["fake"] });
const env = {
  ...NO_LIMITS,
  ADMIN_API_KEY: ADMIN_KEY,
  PROXY_API_KEY: CLIENT_KEY,
  OPENAI_API_KEY: "sk-upstream",
  OPENAI_BASE_URL: fake.url,
};
await using browser = await startBrowser();
if (rounds > 0) {
  await using first = await startProgram({ env });
  await using second = await startProgram({ env });
  await costOfViewer(browser, [first, second], streams, rounds);
}
if (rounds > 0 && binaryPath === undefined) {
  const entry = "tests/soak/console/silenced.ts";
  await using first = await startProgram({ env, entry });
  await using second = await startProgram({ env, entry });
  await costWithoutViewer([first, second], streams, rounds);
}
if (minutes > 0 && binaryPath === undefined) {
  const collected = {
    env: { ...env, ...FULL_LEDGER },
    entry: "tests/soak/console/collected.ts",
    flags: ["--v8-flags=--expose-gc"],
  };
  await using first = await startProgram(collected);
  await using second = await startProgram(collected);
  await longRun(browser, [first, second], minutes);
}
if (starts > 0) await coldStarts(browser, starts);
console.log(`     load of the machine at the end ${loadavg()[0]?.toFixed(1)}`);
