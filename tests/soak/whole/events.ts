/** What is done to the machines while they serve. Each takes its time, and leaves all as it was. */

import { DatabaseSync } from "node:sqlite";
import { until } from "../../support/until.ts";
import type { MetricsPage } from "../../support/metrics.ts";
import { KEY } from "../gateway.ts";
import { compareWithMetrics, type Ledger } from "../ledger.ts";
import type { Machine } from "./machine.ts";

/** Longer than a thread keeps lines and records to itself, on a busy machine as well. */
const BATCHES_MS = 750;
/** A busy machine takes its time to start a process, and to end the calls of one. */
const TURN_MS = 120_000;
const LOCK_TRIES = 200;
const HOLD_TRIES = 5;

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Kills the thread that the next connection leads to; see `tests/end_to_end/workers/mortal_main.ts`. */
export async function killThread({ books, life }: Machine, id: string): Promise<void> {
  const said = (message: string): number => life.otherLines.get(message) ?? 0;
  const deaths = said("worker lost") + 1;
  const endDisturbance = books.disturb();
  // What ended before the disturbance is written by then, and counted.
  await pause(BATCHES_MS);
  await life.metrics();
  books.begin(id, "death");
  const headers = { "x-request-id": id, connection: "close" };
  const signal = AbortSignal.timeout(TURN_MS);
  await fetch(`${life.program.url}/die`, { headers, signal })
    .then((response) => response.body?.cancel(), () => {});
  books.end(id, { kind: "broken" });
  await until(() => said("worker lost") >= deaths, TURN_MS);
  await pause(BATCHES_MS);
  endDisturbance();
  await until(() => said("worker replaced") >= deaths, TURN_MS);
}

/**
 * Starts a new process on the same port and state, and then stops the old one, which ends what it has begun.
 *
 * @param locksLedger The old one finds its ledger locked at its end: what waits then is lost, and counted.
 * @returns What is wrong with the end of the old one.
 */
export async function restart(
  machine: Machine,
  id: string,
  locksLedger: boolean,
): Promise<readonly string[]> {
  const endDisturbance = machine.books.disturb();
  const old = machine.life;
  const leave = await holdStream(machine, id);
  await machine.begin();
  old.stop();
  // Until it has closed its listener it may take calls after a look that found it quiet.
  const metrics = await until(async () => {
    const isQuiet = isQuietButForOne(await old.metrics());
    await pause(BATCHES_MS);
    const metrics = await old.metrics();
    return isQuiet && isQuietButForOne(metrics) && metrics;
  }, TURN_MS);
  const unlock = locksLedger ? await lockLedger(machine) : () => {};
  leave();
  const { code } = await old.program.exited;
  unlock();
  await pause(BATCHES_MS);
  endDisturbance();
  // The metrics were read while one stream was held.
  const held = "openai client_gone";
  const lines = new Map(old.lines).set(held, (old.lines.get(held) ?? 0) - 1);
  return [
    ...(code === 0 ? [] : [`a process that was replaced ended with ${code}`]),
    ...compareWithMetrics(lines, metrics),
  ];
}

function isQuietButForOne(metrics: MetricsPage): boolean {
  return metrics.sum("weir_requests_in_flight") === 1 &&
    metrics.sum("weir_websocket_connections") === 0;
}

/** Keeps a process alive until what is returned is called. */
async function holdStream({ books, url }: Machine, id: string): Promise<() => void> {
  for (let tries = 1;; tries++) {
    const leave = await tryToHold(books, url, `${id}-${tries}`);
    if (leave !== undefined) return leave;
    if (tries === HOLD_TRIES) throw new Error(`${id} could not be held`);
  }
}

/** `undefined` where it was refused, as a busy machine may be late for the gateway's clocks. */
async function tryToHold(
  books: Ledger,
  url: string,
  id: string,
): Promise<(() => void) | undefined> {
  const controller = new AbortController();
  books.begin(id, "held");
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${KEY}`,
      "content-type": "application/json",
      "x-request-id": id,
    },
    body: JSON.stringify({
      model: "steady",
      stream: true,
      messages: [{ role: "user", content: "[tokens=100000] [pace=100]" }],
    }),
    signal: controller.signal,
  });
  if (!response.ok) {
    await response.body?.cancel();
    books.end(id, { kind: "error", status: response.status });
    return undefined;
  }
  void response.text().catch(() => {});
  return () => {
    controller.abort();
    books.end(id, { kind: "left" });
  };
}

/** Nobody else writes to it until what is returned is called. */
export async function lockLedger({ folder }: Machine): Promise<() => void> {
  const database = new DatabaseSync(`${folder}/ledger.sqlite`);
  for (let tries = 1;; tries++) {
    try {
      database.exec("BEGIN EXCLUSIVE");
      break;
    } catch (thrown) {
      if (tries === LOCK_TRIES) throw thrown;
      await pause(20); // It is being written to.
    }
  }
  return () => {
    database.exec("ROLLBACK");
    database.close();
  };
}
