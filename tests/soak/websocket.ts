/**
 * Hundreds of WebSocket connections through one gateway: `deno task soak:ws`. Exit code 1 when a request
 * does not end exactly once, one is left running upstream, or memory grows.
 *
 * Linux only: memory and connections are read from /proc.
 *
 * @module
 */

import { type Program, startProgram } from "../support/program.ts";
import { connectionsTo, residentBytes } from "./process.ts";
import { report } from "./report.ts";
import { median } from "./samples.ts";
import { clientOf, STALL_TIMEOUT_MS } from "./websocket_clients.ts";

const CLIENTS = 500;
/** Until the heap has the size that such work gives it. */
const WARM_UP_ROUNDS = 3;
const ROUNDS = 9;
const MAX_GROWTH = 0.1;
const MEBIBYTE = 1_048_576;
/** Idle connections to the upstream close by themselves after that long. */
const IDLE_CONNECTION_MS = 500;

/** What the log says of the connections of one round. */
interface Ends {
  /** Outcomes of their requests, with how many there were of each. */
  readonly outcomes: ReadonlyMap<string, number>;
  /**
   * Connections without a line for themselves and one for each request that was seen; of a client that
   * vanishes, the kernel throws away what had not been read.
   */
  readonly wrong: readonly string[];
}

function nameOf(round: number, client: number): string {
  return `round-${round}-client-${client}`;
}

function endsIn(output: string, round: number): Ends {
  const outcomes = new Map<string, number>();
  const calls = new Map<string, string[]>();
  const requests = new Map<string, number>();
  for (const line of output.split("\n")) {
    const [, name, call] = /"request_id":"(round-\d+-client-\d+)-?(\d+)?"/.exec(line) ?? [];
    if (name === undefined || !name.startsWith(`round-${round}-`)) continue;
    const [, message] = /"message":"(\w+)"/.exec(line) ?? [];
    if (message === "websocket") {
      requests.set(name, Number(/"requests":(\d+)/.exec(line)?.[1]));
    } else if (message === "call" && call !== undefined) {
      calls.set(name, [...calls.get(name) ?? [], call]);
      const [, outcome = ""] = /"outcome":"(\w+)"/.exec(line) ?? [];
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
  }
  const names = Array.from({ length: CLIENTS }, (_, client) => nameOf(round, client));
  const wrong = names.filter((name) => {
    const expected = Array.from({ length: requests.get(name) ?? NaN }, (_, call) => call + 1);
    return !requests.has(name) || (calls.get(name) ?? []).sort().join() !== expected.join();
  });
  return { outcomes, wrong };
}

async function runRound(weir: Program, fakePort: number, round: number): Promise<number> {
  const startedMs = performance.now();
  const results = await Promise.allSettled(
    Array.from(
      { length: CLIENTS },
      (_, client) => clientOf(client)(weir.url, nameOf(round, client)),
    ),
  );
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  const failed = results.flatMap((result) =>
    result.status === "rejected" ? [String(result.reason).slice(0, 200)] : []
  );
  const isQuiet = await untilQuiet(weir, fakePort, round);
  const { outcomes, wrong } = endsIn(weir.output(), round);
  const bytes = await residentBytes(weir.pid);
  const counts = [...outcomes].sort().map(([outcome, count]) => `${count} ${outcome}`).join(", ");
  report(
    failed.length === 0 && wrong.length === 0 && isQuiet,
    `round ${round}: ${CLIENTS} clients in ${seconds} s; requests ended: ${counts}; ` +
      `${isQuiet ? "none" : "some"} left upstream; ${(bytes / MEBIBYTE).toFixed(1)} MiB` +
      [...failed, ...wrong].slice(0, 5).map((problem) => `\n     ${problem}`).join(""),
  );
  return bytes;
}

/** Whether every connection has its line in the log, and none to the upstream is open any more. */
async function untilQuiet(weir: Program, fakePort: number, round: number): Promise<boolean> {
  for (let look = 0; look < 100; look++) {
    const isLogged = endsIn(weir.output(), round).wrong.length === 0;
    if (isLogged && await connectionsTo(fakePort) === 0) return true;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return false;
}

async function soak(): Promise<void> {
  await using fake = await startProgram({ args: ["fake"] });
  await using weir = await startProgram({
    env: {
      OPENAI_API_KEY: "sk-upstream",
      OPENAI_BASE_URL: fake.url,
      IDLE_CONNECTION_MS: String(IDLE_CONNECTION_MS),
      RATE_LIMIT_MAX_REQUESTS: "0",
      RATE_LIMIT_INFERENCE_MAX_REQUESTS: "0",
      WS_CONNECTIONS_PER_MINUTE: "0",
      MAX_CONCURRENT_REQUESTS: "10000",
      WS_STALL_TIMEOUT_MS: String(STALL_TIMEOUT_MS),
      // The machine may have other things to do.
      REQUEST_TIMEOUT: "300000",
      CONNECT_TIMEOUT_MS: "300000",
    },
  });
  const fakePort = Number(new URL(fake.url).port);
  const memory: number[] = [];
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    memory.push(await runRound(weir, fakePort, round));
  }
  const measured = memory.slice(WARM_UP_ROUNDS);
  const start = median(measured.slice(0, 3));
  const growth = (median(measured.slice(-3)) - start) / start;
  report(
    growth < MAX_GROWTH,
    `memory after ${WARM_UP_ROUNDS} rounds and each of ${ROUNDS} more: ` +
      `${measured.map((bytes) => (bytes / MEBIBYTE).toFixed(1)).join(" ")} MiB, ` +
      `${(growth * 100).toFixed(1)} % from the first three to the last`,
  );
}

if (import.meta.main) {
  await soak();
  Deno.exit();
}
