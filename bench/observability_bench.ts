/**
 * What one complete call costs the log, the ledger and the metrics, in this process: `deno bench bench/observability_bench.ts`.
 *
 * What both add to a call of the whole gateway is measured by `deno task cost`.
 *
 * @module
 */

import { systemClock } from "../src/host/runtime.ts";
import type { FinishedCall } from "../src/core/call.ts";
import type { Outcome } from "../src/core/outcome.ts";
import { ANONYMOUS } from "../src/core/principal.ts";
import { logOptions, openLog } from "../src/observability/log/log.ts";
import { createLogCall } from "../src/observability/log/log_call.ts";
import { Metrics } from "../src/observability/metrics/metrics.ts";
import { createRedactor } from "../src/observability/redact.ts";
import { createCallRecordOf } from "../src/ledger/call_record_of.ts";
import { BatchWriter } from "../src/ledger/writing/batch_writer.ts";
import { createShowFields, redactedLog } from "../src/observability/log/redacted_log.ts";

const CALL: FinishedCall = {
  id: "b3d1f2a4-9f55-4b1f-8a29-0242ac120002",
  operation: "chat",
  principal: ANONYMOUS,
  surface: "openai",
  model: "gpt-4o-mini",
  wantsStream: true,
  arrivedMs: 0,
  trace: { upstream: "openai", attempts: 1, warnings: [], overheadMs: 0.2 },
};

const OUTCOME: Outcome = {
  kind: "complete",
  status: 200,
  bytes: 12_345,
  servedModel: "gpt-4o-mini-2024-07-18",
  finishReason: "stop",
  firstTokenMs: 123.4,
  usage: { inputTokens: 1_234, outputTokens: 321, totalTokens: 1_555, cachedInputTokens: 1_024 },
};

const { forLog } = createRedactor({
  secrets: ["sk-aaaaaaaaaaaaaaaaaaaaaaaa", "weir_bbbbbbbbbbbbbbbbbbbbbbbb"],
  addresses: ["https://api.openai.com/v1"],
});
const output = {
  stream: new WritableStream<Uint8Array>(),
  isTerminal: false,
  hasColor: false,
  isJournal: false,
};
const { log } = openLog(logOptions.parse({}), output, systemClock);
const NAMES = { redact: forLog, isKnown: (model: string) => model !== "" };
const logCall = createLogCall({ log: redactedLog(log, forLog), sample: 1, random: Math.random });

/** As a thread has it whose records cross to another one. */
const batches = new BatchWriter((batch) => {
  structuredClone(batch);
  return Promise.resolve();
}, systemClock);
const recordOf = createCallRecordOf("thread", forLog);
const keepCall = createLogCall({
  log,
  show: createShowFields(forLog),
  sample: 1,
  random: Math.random,
  keeper: {
    epochMs: systemClock.epochMs,
    keep: (ended, fields) => batches.add(recordOf(ended, fields)),
  },
});

function createMetrics(): Metrics {
  return new Metrics({
    running: () => 0,
    queued: () => 0,
    webSockets: () => 0,
    cooling: () => [],
    coolingKeys: () => [],
    paced: () => [],
    budgets: () => [],
    bugs: () => 0,
    processUsage: () => ({ residentBytes: 0, cpuSeconds: 0 }),
    startedSeconds: 0,
  }, false);
}

Deno.bench({
  name: "log line of a call",
  group: "call",
  fn: () => logCall(CALL, OUTCOME, 1_234.5, undefined),
});

Deno.bench({
  name: "log line and record of a call",
  group: "call",
  fn: () => keepCall(CALL, OUTCOME, 1_234.5, undefined),
});

const metrics = createMetrics();
Deno.bench({
  name: "metrics of a call",
  group: "call",
  fn: () => {
    metrics.recordAttempt("openai", undefined);
    metrics.recordLimit("v1", true);
    metrics.recordCall(CALL, OUTCOME, 1_234.5, NAMES);
  },
});

const full = createMetrics();
for (let model = 0; model < 100; model++) {
  full.recordCall({ ...CALL, model: `model-${model}` }, OUTCOME, 1_234.5, NAMES);
}
// An async function, for only such is waited for.
Deno.bench({
  name: "a page of metrics with a hundred models",
  group: "page",
  fn: async () => {
    await full.text();
  },
});
