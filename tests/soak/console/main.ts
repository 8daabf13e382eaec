/**
 * What the console costs: `deno task soak:console`. Exit code 1 where a promise is broken.
 *
 *     deno task soak:console --rounds 8 --streams 200 --minutes 10
 *
 * Needs Debian's Chromium, and Linux: times and memory are read from /proc. Rounds with and without a viewer take
 * turns, so that whatever else the machine does meets both alike; times are those on a processor. The long run is left
 * out unless `--minutes` asks for it; where `WEIR_BINARY` names the compiled program, that is measured.
 *
 * @module
 */

// deno-lint-ignore-file no-console -- This is a command.

import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { quartilesOf } from "../../../bench/quartiles.ts";
import { type Browser, startBrowser } from "../../browser/browser.ts";
import { ADMIN_KEY, CLIENT_KEY } from "../../browser/console/signed_in.ts";
import { binaryPath, type Program, startProgram } from "../../support/program.ts";
import { percentile } from "../cancels.ts";
import { mainThreadMicroseconds, residentBytes } from "../process.ts";
import { type ColdStart, measureColdStart } from "./cold_start.ts";
import { PACE_MS, stream, streamAtOnce } from "./paced_streams.ts";
import { openViewer } from "./viewer.ts";

/** Of a stream in a round: ten seconds. */
const TOKENS = 100;
const WARM_UP_ROUNDS = 1;
const MAX_GROWTH_WITH_VIEWER = 0.03;
const MAX_FRAME_MS = 16;
/** What two rounds of the same differ by is more. */
const MAX_GROWTH_WITHOUT = 0.01;
const LONG_STREAMS = 1_000;
const LONG_TOKENS = 200;
const SAMPLE_MS = 5_000;
const MAX_MEMORY_GROWTH = 0.1;
const MEBIBYTE = 1_048_576;

const NO_LIMITS = {
  RATE_LIMIT_V1_MAX_REQUESTS: "0",
  MAX_CONCURRENT_REQUESTS: "1000",
  LOG_LEVEL: "error",
  // A machine that is busy with other things makes calls late and not wrong.
  CONNECT_TIMEOUT_MS: "120000",
};

let failures = 0;

function report(isGood: boolean, text: string): void {
  if (!isGood) failures++;
  console.log(`${isGood ? "ok  " : "FAIL"} ${text}`);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** Microseconds of the serving thread for each stream of a round. */
async function roundUs(weir: Program, streams: number): Promise<number> {
  const beforeUs = await mainThreadMicroseconds(weir.pid);
  await streamAtOnce(weir, streams, TOKENS);
  return (await mainThreadMicroseconds(weir.pid) - beforeUs) / streams;
}

function inWords(name: string, samples: readonly number[]): string {
  const { lower, median, upper } = quartilesOf(samples);
  const [low, middle, high] = [lower, median, upper].map((us) => us.toFixed(0));
  return `${name} ${middle} us a stream (${low} to ${high})`;
}

async function costOfViewer(
  browser: Browser,
  weir: Program,
  streams: number,
  rounds: number,
): Promise<void> {
  const viewer = await openViewer(browser, weir);
  const [withUs, withoutUs, growth]: [number[], number[], number[]] = [[], [], []];
  const frames: number[] = [];
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    await viewer.look();
    let seenUs = 0;
    const seen = await viewer.framesDuring(async () => {
      seenUs = await roundUs(weir, streams);
    });
    await viewer.lookAway();
    const unseenUs = await roundUs(weir, streams);
    if (round < 0) continue;
    withUs.push(seenUs);
    withoutUs.push(unseenUs);
    growth.push(seenUs / unseenUs - 1);
    frames.push(...seen);
  }
  const { median } = quartilesOf(growth);
  report(
    median <= MAX_GROWTH_WITH_VIEWER,
    `serving thread: ${inWords("with a viewer", withUs)}, ${inWords("without", withoutUs)}: ` +
      `${percent(median)} more, at most ${percent(MAX_GROWTH_WITH_VIEWER)}`,
  );
  const sorted = frames.toSorted((left, right) => left - right);
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => percentile(sorted, share));
  report(
    (p95 ?? NaN) <= MAX_FRAME_MS,
    `script of the page in ${frames.length} frames: p50 ${p50?.toFixed(1)} ms, p95 ` +
      `${p95?.toFixed(1)} ms, p99 ${p99?.toFixed(1)} ms; p95 at most ${MAX_FRAME_MS} ms`,
  );
}

/** Both at work at the same time. */
async function costWithoutViewer(
  weir: Program,
  silent: Program,
  streams: number,
  rounds: number,
): Promise<void> {
  const growth: number[] = [];
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    const [us, silentUs] = await Promise.all([
      roundUs(weir, streams / 2),
      roundUs(silent, streams / 2),
    ]);
    if (round >= 0) growth.push(us / silentUs - 1);
  }
  const { lower, median, upper } = quartilesOf(growth);
  report(
    median <= MAX_GROWTH_WITHOUT || lower <= 0,
    `without a viewer, beside a Weir whose calls tell nothing: ${percent(median)} more ` +
      `(${percent(lower)} to ${percent(upper)})`,
  );
}

async function coldStarts(browser: Browser, times: number): Promise<void> {
  const starts: ColdStart[] = [];
  for (let start = 0; start < times; start++) starts.push(await measureColdStart(browser));
  const medianOf = (name: keyof ColdStart): string =>
    quartilesOf(starts.map((each) => each[name])).median.toFixed(0);
  console.log(
    `     cold start of ${binaryPath === undefined ? "the source" : "the program"}: listening ` +
      `after ${medianOf("startMs")} ms, the page live ${medianOf("pageMs")} ms later, with ` +
      `${medianOf("requests")} requests and ${medianOf("bytes")} bytes`,
  );
}

async function longRun(browser: Browser, weir: Program, minutes: number): Promise<void> {
  const viewer = await openViewer(browser, weir);
  const everyMs = minutes * 60_000 / LONG_STREAMS;
  const running: Promise<void>[] = [];
  const [weirBytes, pageBytes]: [number[], number[]] = [[], []];
  const beginMs = performance.now();
  for (let sampleMs = 0; running.length < LONG_STREAMS;) {
    await new Promise((resolve) => setTimeout(resolve, everyMs));
    const elapsedMs = performance.now() - beginMs;
    while (running.length < Math.min(LONG_STREAMS, elapsedMs / everyMs)) {
      running.push(stream(weir, LONG_TOKENS));
    }
    if (elapsedMs < sampleMs) continue;
    sampleMs = elapsedMs + SAMPLE_MS;
    weirBytes.push(await residentBytes(weir.pid));
    pageBytes.push(await viewer.heapBytes());
  }
  await Promise.all(running);
  reportMemory(`Weir in ${minutes} minutes of ${LONG_STREAMS} streams`, weirBytes);
  reportMemory("the page meanwhile", pageBytes);
}

/** Flat after the first tenth: the second beside the last. */
function reportMemory(name: string, samples: readonly number[]): void {
  const tenth = samples.length / 10;
  const medianOf = (from: number, until: number): number =>
    quartilesOf(samples.slice(Math.floor(tenth * from), Math.ceil(tenth * until))).median;
  const growth = medianOf(9, 10) / medianOf(1, 2) - 1;
  const shown = Array.from(
    { length: 10 },
    (_, part) => (medianOf(part, part + 1) / MEBIBYTE).toFixed(1),
  );
  report(
    growth <= MAX_MEMORY_GROWTH,
    `memory of ${name}: ${percent(growth)} from the second tenth to the last, at most ` +
      `${percent(MAX_MEMORY_GROWTH)}; MiB: ${shown.join(" ")}`,
  );
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
  `${streams} streams at once of ${TOKENS} events, one every ${PACE_MS} ms; ${rounds} rounds; ` +
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
  await using weir = await startProgram({ env });
  await costOfViewer(browser, weir, streams, rounds);
}
if (rounds > 0 && binaryPath === undefined) {
  await using weir = await startProgram({ env, entry: "main.ts" });
  await using silent = await startProgram({ env, entry: "tests/soak/console/without_events.ts" });
  await costWithoutViewer(weir, silent, streams, rounds);
}
if (minutes > 0) {
  await using weir = await startProgram({ env });
  await longRun(browser, weir, minutes);
}
if (starts > 0) await coldStarts(browser, starts);
console.log(`     load of the machine at the end ${loadavg()[0]?.toFixed(1)}`);
Deno.exitCode = failures === 0 ? 0 : 1;
