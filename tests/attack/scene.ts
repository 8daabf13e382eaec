/**
 * A gateway under attack: many hostile inputs at once, with good calls beside them, and what must hold of the
 * whole when they are through.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { thrownMessage } from "../../src/core/text/thrown_message.ts";
import { peakResidentBytes } from "../soak/process.ts";
import { type MetricsPage, readMetrics } from "../support/metrics.ts";
import { type Program, startProgram } from "../support/program.ts";
import { until } from "../support/until.ts";
import { exchange } from "./exchange.ts";
import type { HostileInput } from "./hostile_input.ts";
import { assertLogLine, assertMetrics, assertSound, SECRETS } from "./judge.ts";
import { readAnswer } from "./raw_answer.ts";

/** At a time. */
const SENDERS = 24;
const ANSWER_MS = 60_000;
/** Where there may be no answer. */
const SILENCE_MS = 1_000;
const MAX_RESIDENT_BYTES = 640 * 1024 * 1024;
/** Problems that are told; the others are counted. */
const MAX_TOLD = 12;
/** Calls are counted a moment after they have ended. */
const SETTLING_MS = 10_000;

const SETTINGS: Readonly<Record<string, string>> = {
  PROXY_API_KEY: SECRETS.client,
  OPENAI_API_KEY: SECRETS.upstream,
  ADMIN_API_KEY: SECRETS.admin,
  ADMIN_READ_API_KEY: SECRETS.reader,
  METRICS_API_KEY: SECRETS.metrics,
  AUTH_MAX_FAILURES_PER_MINUTE: "0",
  MAX_CONCURRENT_REQUESTS: "1000",
  RATE_LIMIT_MAX_REQUESTS: "0",
  RATE_LIMIT_INFERENCE_MAX_REQUESTS: "0",
  RATE_LIMIT_V1_MAX_REQUESTS: "0",
  WS_CONNECTIONS_PER_MINUTE: "0",
  COOLDOWN: "off",
  PACING: "off",
  MAX_RETRIES: "0",
};

/** What a good call is asked, and whether its answer is right. */
export interface GoodCall {
  readonly path: string;
  readonly body: string;
  readonly answer: RegExp;
}

/** Of a healthy provider. */
export const GOOD_CHAT: GoodCall = {
  path: "/v1/chat/completions",
  body: `{"model":"m","messages":[{"role":"user","content":"hi"}]}`,
  answer: /"content":"ok"/,
};

export interface SceneOptions {
  /** Of the gateway, its providers among them. */
  readonly env: Readonly<Record<string, string>>;
  readonly goodCall: GoodCall;
}

export interface Scene extends AsyncDisposable {
  readonly weir: Program;
  /** Plays each, many at a time. */
  play<T extends { readonly name: string }>(
    rows: readonly T[],
    playOne: (row: T) => Promise<void>,
  ): Promise<void>;
  /** Sends a request and judges its answer by what holds of all. */
  send(input: HostileInput): Promise<void>;
  /** Judges the whole; throws for all that does not hold. */
  close(): Promise<void>;
}

export async function startScene({ env, goodCall }: SceneOptions): Promise<Scene> {
  /** What does not hold, in words. */
  const problems: string[] = [];
  const note = (name: string, thrown: unknown): void => {
    problems.push(`${name}: ${thrownMessage(thrown)}`);
  };
  const weir = await startProgram({
    env: { ...SETTINGS, ...env },
    onLine(line) {
      try {
        assertLogLine(line);
      } catch (thrown) {
        note("the log", thrown);
      }
    },
  });
  const stopCalling = keepCalling(weir, goodCall, problems);
  const play: Scene["play"] = async (rows, playOne) => {
    assertEquals(new Set(rows.map(({ name }) => name)).size, rows.length, "Two have one name");
    const work = rows.values();
    await Promise.all(Array.from({ length: SENDERS }, async () => {
      for (const row of work) await playOne(row).catch((thrown) => note(row.name, thrown));
    }));
  };
  const close = async (): Promise<void> => {
    const goodCalls = await stopCalling();
    await assertWhole(weir).catch((thrown) => note("the whole", thrown));
    const { code } = await weir.stop();
    assert(goodCalls > 0, "No good call was made");
    const told = problems.slice(0, MAX_TOLD).join("\n\n");
    assertEquals(problems.length, 0, `${problems.length} do not hold:\n${told}`);
    assertEquals(code, 0);
  };
  return {
    weir,
    play,
    send: async (input) => judge(input, await answerOf(weir, input)),
    close,
    [Symbol.asyncDispose]: async () => {
      await stopCalling();
      await weir[Symbol.asyncDispose]();
    },
  };
}

function judge({ statuses, errors }: HostileInput, wire: string): void {
  const answer = readAnswer(wire);
  assert(
    statuses.includes(answer.status),
    `Status ${answer.status} instead of ${statuses.join()}: ${answer.body.slice(0, 400)}`,
  );
  assertSound(answer, errors);
}

/** Sends an input and reads its answer. */
export async function answerOf(
  { url }: Pick<Program, "url">,
  { wire, statuses }: Pick<HostileInput, "wire" | "statuses">,
): Promise<string> {
  const mayBeSilent = statuses.includes(0);
  const { answer, isLate } = await exchange(url, [wire()], mayBeSilent ? SILENCE_MS : ANSWER_MS);
  assert(!isLate || mayBeSilent, "There was no answer in time");
  return answer;
}

/** Good calls, one after the other, until it is told to stop; returns how many there were. */
function keepCalling(weir: Program, { path, body, answer }: GoodCall, problems: string[]) {
  let isOver = false;
  const calls = (async () => {
    let count = 0;
    for (; !isOver; count++) {
      const response = await fetch(weir.url + path, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${SECRETS.client}` },
        body,
      }).catch((thrown) => new Response(String(thrown), { status: 599 }));
      const text = await response.text().catch(String);
      if (response.status !== 200 || !answer.test(text)) {
        problems.push(`a good call: ${response.status} ${text.slice(0, 200)}`);
        if (response.status === 599) break;
      }
    }
    return count;
  })();
  return () => {
    isOver = true;
    return calls;
  };
}

/** Nothing is left, nothing is lost, and the memory is bounded. */
async function assertWhole(weir: Program): Promise<void> {
  const metrics = await settledMetrics(weir);
  assertMetrics(metrics);
  assertEquals(metrics.sum("weir_requests_in_flight"), 0, "A call has not ended");
  assertEquals(metrics.sum("weir_calls_queued"), 0);
  const calls = metrics.sum("weir_calls_total");
  const records = metrics.sum("weir_ledger_records_total", { result: "written" });
  assertEquals(records, calls, "The ledger has not what the metrics have");
  assertEquals(metrics.sum("weir_calls_total", { outcome: "internal_error" }), 0);
  if (Deno.build.os !== "linux") return;
  const peakBytes = await peakResidentBytes(weir.pid);
  assert(peakBytes < MAX_RESIDENT_BYTES, `${peakBytes} bytes were resident`);
}

/** What has not settled in time is judged as it is. */
async function settledMetrics({ url }: Program): Promise<MetricsPage> {
  const read = () => readMetrics(url, { authorization: `Bearer ${SECRETS.metrics}` });
  const isSettled = ({ sum }: MetricsPage): boolean =>
    sum("weir_requests_in_flight") === 0 && sum("weir_ledger_records_waiting") === 0 &&
    sum("weir_ledger_records_total") === sum("weir_calls_total");
  return await until(async () => {
    const page = await read();
    return isSettled(page) && page;
  }, SETTLING_MS).catch(read);
}
