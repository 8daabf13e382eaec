/**
 * `deno task soak:whole`: two minutes, or an hour, of every surface and provider while everything fails that may.
 * Exit code 1 when the accounts are not exact, or memory or descriptors grow.
 *
 *     deno task soak:whole --minutes 60 --seed 7
 *
 * Redis, Postgres and the agents take part where they are installed; `--complete` fails where they are not. Linux
 * only: memory and descriptors are read from /proc.
 *
 * @module
 */

// deno-lint-ignore-file no-console -- This is a command.

import { parseArgs } from "node:util";
import { LAUNCHED } from "../../agents/launched.ts";
import { sum } from "../ledger.ts";
import { report } from "../report.ts";
import { growthOf, samplesText } from "../samples.ts";
import { installedAgents } from "./agents.ts";
import { type MachineResult, runWhole, type WholeResult } from "./run_whole.ts";

/** The share of clients that leave before anybody has heard of them, at the most. */
const MAX_NEVER_ARRIVED = 0.02;
/** From the second tenth of the time to the last one. */
const MAX_GROWTH = 0.1;
/** The same of memory in short runs: a heap takes some minutes to have the size that such work gives it. */
const MAX_WARMING_GROWTH = 0.3;
const SHORT_MINUTES = 10;
const MEBIBYTE = 1_048_576;
const SHOWN_PROBLEMS = 20;
/** While there is traffic: one of each client, and one for its call. */
const OPEN_CONNECTIONS = 16;
/** To Postgres, beyond the one that is always in use. */
const POOL_CONNECTIONS = 3;

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "2" },
    seed: { type: "string", default: "1" },
    complete: { type: "boolean", default: false },
  },
});

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

const agents = await installedAgents();
const parts = {
  redis: await exists("/usr/bin/redis-server"),
  postgres: await exists("/usr/lib/postgresql"),
};
for (const [name, isThere] of Object.entries(parts)) {
  if (!isThere) leftOut(`outages of ${name}, which is not installed`);
}
for (const { name } of LAUNCHED.filter((launched) => !agents.includes(launched))) {
  leftOut(`the agent ${name}, which deno task agents installs`);
}

function leftOut(what: string): void {
  report(!values.complete, `LEFT OUT: ${what}`);
}

const { minutes, seed } = { minutes: Number(values.minutes), seed: Number(values.seed) };
console.log(`${minutes} minutes, seed ${seed}`);
const tell = (text: string): void => console.log(`     ${text}`);
const result = await runWhole({ minutes, seed, agents, tell, ...parts });
for (const machine of result.machines) {
  reportBooks(machine);
  reportUsage(machine);
}
reportEvents(result);
Deno.exit();

function reportBooks(result: MachineResult): void {
  const { machine, ledger, metricsProblems, left, exitCode } = result;
  const { name, books, lives, losesThreads } = machine;
  const withoutLine = books.neverArrived + books.cut.size + books.lostLines.size;
  report(
    books.problems.length === 0 && books.made === books.lineCount + withoutLine &&
      books.neverArrived <= books.made * MAX_NEVER_ARRIVED,
    `${name}: ${books.made} requests = ${books.lineCount} outcomes in the log + ` +
      `${books.neverArrived} that their clients gave up before they had arrived + ` +
      `${books.cut.size} whose connection broke + ${books.lostLines.size} whose line went with its thread`,
    books.problems,
  );
  const outcomes = new Map<string, number>();
  for (const counts of books.outcomes.values()) {
    for (const [outcome, count] of counts) {
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + count);
    }
  }
  console.log(`     ${[...outcomes].map(([outcome, count]) => `${count} ${outcome}`).join(", ")}`);
  const metricsOf = lives.length === 1 ? "" : ` of the last of ${lives.length} processes`;
  report(
    metricsProblems.length === 0,
    `${name}: the metrics${metricsOf} have the same sums` +
      (losesThreads ? `, but for what went with threads: ${books.disturbed} at the most` : ""),
    metricsProblems,
  );
  report(
    ledger.problems.length === 0 && ledger.rows > 0,
    `${name}: ${machine.calls.size} calls in the log, ${ledger.rows} in the ledger, the same in each ` +
      `member and in its sums; ${ledger.missing} missing, of which Weir says it has lost ` +
      `${ledger.saidLost}, and ${ledger.died} ended while a thread died`,
    ledger.problems.slice(0, SHOWN_PROBLEMS),
  );
  const bugs = lives.flatMap((life) => life.bugs);
  report(
    exitCode === 0 && bugs.length === 0 && Object.values(left).every((count) => count === 0),
    `${name}: exit code ${exitCode}, no bug in the log; at the end ` +
      Object.entries(left).map(([what, count]) => `${count} ${what}`).join(", "),
    bugs.slice(0, SHOWN_PROBLEMS),
  );
}

function reportUsage({ machine, usage, descriptors: { before, after } }: MachineResult) {
  const { name } = machine;
  if (usage === undefined) return;
  report(
    after <= before + (machine.losesThreads ? POOL_CONNECTIONS : 0),
    `${name}: descriptors with nothing to do: ${before} after the first tenth, ${after} at the end`,
  );
  for (
    const [what, samples, unit, ofTheMoment] of [
      ["MiB of memory", usage.residentBytes, MEBIBYTE, 0],
      ["descriptors", usage.descriptors, 1, OPEN_CONNECTIONS],
    ] as const
  ) {
    const growth = growthOf(samples, { ofTheMoment });
    const isShort = minutes < SHORT_MINUTES;
    const most = isShort && what !== "descriptors" ? MAX_WARMING_GROWTH : MAX_GROWTH;
    // Each thread that takes a dead one's place grows its heap anew: what they have together is known later.
    const isJudged = !(isShort && machine.losesThreads);
    report(
      growth < most || !isJudged,
      `${name}: ${what} from the second tenth to the last: ${percent(growth)}, ` +
        `${isJudged ? `at most ${percent(most)}` : "which longer runs judge"}: ${
          samplesText(samples, unit)
        }`,
    );
  }
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function reportEvents({ machines, events, coverage, problems, requestsOpenUpstream }: WholeResult) {
  const reloads = machines.map(({ machine: { lives } }) =>
    sum(
      new Map(lives.map(({ otherLines }, index) => [`${index}`, otherLines.get("reloaded") ?? 0])),
    )
  );
  const expected = ["restarts", "deaths of a thread", "locks of the ledger"];
  report(
    problems.length === 0 && reloads.every((count) => count > 0) &&
      expected.every((name) => (events.get(name) ?? 0) > 0),
    [...events].map(([name, count]) => `${count} ${name}`).join(", "),
    problems,
  );
  report(requestsOpenUpstream === 0, `${requestsOpenUpstream} requests open at providers`);
  console.log(`     ${coverage.text}`);
}
