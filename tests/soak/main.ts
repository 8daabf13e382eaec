/**
 * `deno task soak`: what must hold for days, in a minute. Exit code 1 when something does not.
 *
 *     deno task soak --calls 200000 --minutes 30 --seed 7
 *
 * With `--calls 0` no mixed traffic is run.
 *
 * Linux only: memory and descriptors are read from /proc.
 *
 * @module
 */

// deno-lint-ignore-file no-console -- This is a command.

import { parseArgs } from "node:util";
import { measureCancels, percentile } from "./cancels.ts";
import { sum } from "./ledger.ts";
import { type MixedResult, runMixed } from "./mixed.ts";
import { report } from "./report.ts";
import { CLIENTS, type RequestCounts, restart } from "./restarts.ts";
import { growthOf, median, samplesText } from "./samples.ts";
import { growthInStall } from "./stalls.ts";

const CALLS = 8_000;
/** The share of clients that leave before anybody has heard of them, at the most. */
const MAX_NEVER_ARRIVED = 0.01;
const CANCELS = 1_000;
const CANCEL_LANES = 4;
const MAX_CANCEL_P99_MS = 250;
const LIVE_STREAMS = 200;
const NEW_REQUESTS = 1_000;
/** From the third tenth of the samples to the last one. */
const MAX_GROWTH = 0.1;
const STALLS = 3;
const STALL_MS = 2_000;
const MAX_STALL_GROWTH_BYTES = 5_000_000;
const MEBIBYTE = 1_048_576;

async function mixed(calls: number, minutes: number, seed: number): Promise<void> {
  const result = await runMixed({ calls, maxMs: minutes * 60_000, seed });
  const { ledger, seconds, reloads } = result;
  console.log(`mixed traffic, seed ${seed}: ${seconds.toFixed(0)} s`);
  for (const [kind, outcomes] of ledger.outcomes) {
    const [made, never] = [ledger.madeOf(kind), ledger.neverArrivedOf(kind)];
    const counts = [...outcomes].sort().map(([outcome, count]) => `${count} ${outcome}`);
    report(
      made === sum(outcomes) + never,
      `${kind}: ${made} made = ${[...counts, `${never} never arrived`].join(" + ")}`,
    );
  }
  report(
    ledger.problems.length === 0 && ledger.made === ledger.lineCount + ledger.neverArrived &&
      ledger.neverArrived <= ledger.made * MAX_NEVER_ARRIVED,
    `${ledger.made} requests = ${ledger.lineCount} outcomes in the log + ${ledger.neverArrived} ` +
      "that their clients gave up before they had arrived; each as its client saw it",
    ledger.problems,
  );
  report(
    result.metricsProblems.length === 0,
    "/metrics has the same sums, for every surface and outcome",
    result.metricsProblems,
  );
  const refused = [...ledger.outcomes.values()].map((outcomes) => outcomes.get("refused") ?? 0)
    .reduce((total, count) => total + count, 0);
  report(
    refused > 0 && reloads.taken > 0 && reloads.refused > 0,
    `${refused} calls refused by limits; ${reloads.taken} configurations taken over meanwhile, ` +
      `${reloads.refused} refused`,
  );
  const left = Object.entries(result.left);
  report(
    left.every(([, count]) => count === 0),
    `at the end: ${left.map(([name, count]) => `${count} ${name}`).join(", ")}`,
  );
  const { before, after } = result.descriptors;
  report(after <= before, `descriptors: ${before} before, ${after} after`);
  reportMemory(result);
  report(
    result.bugs.length === 0 && result.exitCode === 0,
    `exit code ${result.exitCode}, no bug in the log`,
    result.bugs,
  );
}

function reportMemory({ memory }: MixedResult): void {
  const growth = growthOf(memory, { sinceTenth: 3 });
  report(
    growth < MAX_GROWTH,
    `memory from the third tenth to the last: ${(growth * 100).toFixed(1)} %, at most ` +
      `${MAX_GROWTH * 100} %; MiB: ${samplesText(memory, MEBIBYTE)}`,
  );
}

async function cancels(seed: number): Promise<void> {
  const { latenciesMs, directMs, counts } = await measureCancels(CANCELS, CANCEL_LANES, seed);
  const [p50, p99, max] = [0.5, 0.99, 1].map((share) => percentile(latenciesMs, share).toFixed(0));
  const directP99 = percentile(directMs, 0.99);
  report(
    percentile(latenciesMs, 0.99) < MAX_CANCEL_P99_MS + directP99,
    `${CANCELS} clients left at random places (${
      Object.keys(counts).join(", ")
    }): their upstreams ` +
      `were closed within p50 ${p50} ms, p99 ${p99} ms, at most ${max} ms; without a gateway ` +
      `within p99 ${directP99.toFixed(0)} ms`,
  );
}

async function restarts(): Promise<void> {
  const { streams, cutStreams, onNew, onKept, exitCode } = await restart(
    LIVE_STREAMS,
    NEW_REQUESTS,
  );
  // Lost is one of each client, in the moment in which the old process closes its listener.
  report(
    cutStreams === 0 && exitCode === 0 && onNew.refused + onKept.refused === 0 &&
      onNew.lost + onKept.lost <= CLIENTS && onNew.unanswered + onKept.unanswered === 0,
    `SIGTERM with ${streams} live streams, and a new process on the port at the same time: ` +
      `${cutStreams} cut; of ${countsText(onNew)} on new connections; of ${
        countsText(onKept)
      } on ` +
      "kept ones",
  );
}

function countsText({ requests, refused, lost, unanswered }: RequestCounts): string {
  return `${requests} requests ${refused} refused, ${lost} lost and ${unanswered} of them again`;
}

/** The median of several: what one shows also depends on how long ago garbage was collected. */
async function stalls(): Promise<void> {
  const grown: number[] = [];
  for (let stall = 0; stall < STALLS; stall++) grown.push(await growthInStall(STALL_MS));
  const megabytes = grown.map((bytes) => (bytes / 1_000_000).toFixed(1)).join(", ");
  report(
    median(grown) < MAX_STALL_GROWTH_BYTES,
    `a client that stops reading for ${STALL_MS / 1000} s: memory grows by ${megabytes} MB`,
  );
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      calls: { type: "string", default: String(CALLS) },
      minutes: { type: "string", default: "60" },
      seed: { type: "string", default: "1" },
    },
  });
  const [calls, minutes, seed] = [
    Number(values.calls),
    Number(values.minutes),
    Number(values.seed),
  ];
  if (calls > 0) await mixed(calls, minutes, seed);
  await cancels(seed);
  await restarts();
  await stalls();
  Deno.exit();
}
