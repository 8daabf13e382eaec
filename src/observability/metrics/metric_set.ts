/**
 * The metrics by name. Those that OpenTelemetry names have its names in Prometheus's spelling, with its
 * buckets; all others begin with `weir_`.
 *
 * A label's values are the operator's, a closed set, or bounded otherwise: never a key, a path, a text of
 * an upstream, or whatever name a client thinks of.
 *
 * @see {@link https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics/}
 * @module
 */

import { Counter, Histogram } from "./families.ts";
import { Gauge, type Registry } from "./prom_client.js";

/** Labels of the metrics that OpenTelemetry names. */
const GEN_AI = ["gen_ai_operation_name", "gen_ai_provider_name", "gen_ai_request_model"] as const;

const DURATION_SECONDS = Array.from({ length: 14 }, (_, power) => 0.01 * 2 ** power);
const FIRST_TOKEN_SECONDS = bounds(
  "0.001 0.005 0.01 0.02 0.04 0.06 0.08 0.1 0.25 0.5 0.75 1 2.5 5 7.5 10",
);
const OUTPUT_TOKEN_SECONDS = bounds("0.01 0.025 0.05 0.075 0.1 0.15 0.2 0.3 0.4 0.5 0.75 1 2.5");
const TOKENS = Array.from({ length: 14 }, (_, power) => 4 ** power);
const OVERHEAD_SECONDS = bounds(
  "0.00005 0.0001 0.00025 0.0005 0.001 0.0025 0.005 0.01 0.025 0.05 0.1 0.25 1",
);
const QUEUE_SECONDS = bounds("0.001 0.01 0.05 0.1 0.25 0.5 1 2.5 5 10 30");

export type MetricSet =
  & ReturnType<typeof callMetrics>
  & ReturnType<typeof costMetrics>
  & ReturnType<typeof sharingMetrics>
  & ReturnType<typeof genAiMetrics>
  & ReturnType<typeof otherMetrics>;

/** All that are counted as things happen; those that are only read are in `readings.ts`. */
export function createMetricSet(registry: Registry): MetricSet {
  return {
    ...callMetrics(registry),
    ...costMetrics(registry),
    ...sharingMetrics(registry),
    ...genAiMetrics(registry),
    ...otherMetrics(registry),
  };
}

function callMetrics(registry: Registry) {
  const registers = [registry];
  return {
    calls: new Counter({
      name: "weir_calls_total",
      help: "Calls that have ended, by how; upstream is none where none was asked.",
      labelNames: ["surface", "upstream", "outcome"],
      registers,
    }),
    assumedEnds: new Counter({
      name: "weir_assumed_ends_total",
      help:
        "Complete calls whose upstream had finished but did not end its answer, by what it did.",
      labelNames: ["surface", "upstream", "reason"],
      registers,
    }),
    attempts: new Counter({
      name: "weir_upstream_attempts_total",
      help: "Requests sent upstream for calls, retries and fallbacks included, by how they began.",
      labelNames: ["upstream", "result", "status"],
      registers,
    }),
    keyAttempts: new Counter({
      name: "weir_upstream_key_attempts_total",
      help: "The same of upstreams that have several keys, by the key's name.",
      labelNames: ["upstream", "key", "result", "status"],
      registers,
    }),
    overhead: new Histogram({
      name: "weir_call_overhead_seconds",
      help: "Time from a whole request to its first request upstream, but for the queue.",
      buckets: OVERHEAD_SECONDS,
      registers,
    }),
    queue: new Histogram({
      name: "weir_call_queue_seconds",
      help: "Time in the queue, of calls that had to wait for others.",
      buckets: QUEUE_SECONDS,
      registers,
    }),
    tokenDetails: new Counter({
      name: "weir_token_details_total",
      help: "Tokens of a kind within those of gen_ai_client_token_usage.",
      labelNames: ["upstream", "model", "kind"],
      registers,
    }),
  };
}

function costMetrics(registry: Registry) {
  const registers = [registry];
  return {
    cost: new Counter({
      name: "weir_cost_total",
      help: "Price of calls where the upstream states one, in its currency.",
      labelNames: ["upstream", "model"],
      registers,
    }),
    costUsd: new Counter({
      name: "weir_cost_usd_total",
      help:
        "US dollars that calls cost, as far as prices are known; upstream is the last one asked.",
      labelNames: ["upstream", "model"],
      registers,
    }),
    keyCostUsd: new Counter({
      name: "weir_key_cost_usd_total",
      help: "The same by the key of the caller, where METRICS_COST_BY_KEY is on.",
      labelNames: ["key"],
      registers,
    }),
    pricedCalls: new Counter({
      name: "weir_priced_calls_total",
      help: "Calls by whether their price is known, estimated or unknown.",
      labelNames: ["upstream", "price"],
      registers,
    }),
  };
}

function sharingMetrics(registry: Registry) {
  const registers = [registry];
  return {
    cacheAnswers: new Counter({
      name: "weir_cache_answers_total",
      help:
        "Calls whose answer was looked for among those that are kept, and answers that were kept or gave way to others.",
      labelNames: ["result"],
      registers,
    }),
    cacheSavedUsd: new Counter({
      name: "weir_cache_saved_usd_total",
      help: "US dollars that answers given again would have cost, as far as prices are known.",
      registers,
    }),
    guardFindings: new Counter({
      name: "weir_guard_findings_total",
      help: "What guards have found in requests and answers, by what they did.",
      labelNames: ["guard", "action", "side"],
      registers,
    }),
  };
}

function genAiMetrics(registry: Registry) {
  const registers = [registry];
  return {
    duration: new Histogram({
      name: "gen_ai_server_request_duration_seconds",
      help: "Time from a call's arrival to the end of its answer, where an upstream was asked.",
      labelNames: [...GEN_AI, "error_type"],
      buckets: DURATION_SECONDS,
      registers,
    }),
    firstToken: new Histogram({
      name: "gen_ai_server_time_to_first_token_seconds",
      help: "Time from a call's arrival to the first content of its stream.",
      labelNames: [...GEN_AI],
      buckets: FIRST_TOKEN_SECONDS,
      registers,
    }),
    outputToken: new Histogram({
      name: "gen_ai_server_time_per_output_token_seconds",
      help: "Time of a stream for each token after the first.",
      labelNames: [...GEN_AI],
      buckets: OUTPUT_TOKEN_SECONDS,
      registers,
    }),
    tokens: new Histogram({
      name: "gen_ai_client_token_usage",
      help: "Tokens of a call as its upstream counts them.",
      labelNames: [...GEN_AI, "gen_ai_token_type"],
      buckets: TOKENS,
      registers,
    }),
  };
}

function otherMetrics(registry: Registry) {
  const registers = [registry];
  return {
    requests: new Counter({
      name: "weir_other_requests_total",
      help: "Requests that no call was made of: answered by Weir itself, or refused.",
      labelNames: ["status", "outcome"],
      registers,
    }),
    limitDecisions: new Counter({
      name: "weir_limit_decisions_total",
      help: "What limits said, by limit.",
      labelNames: ["limit", "decision"],
      registers,
    }),
    build: new Gauge({
      name: "weir_build_info",
      help: "Always 1; the label says which version this is.",
      labelNames: ["version"],
      aggregator: "first",
      registers,
    }),
  };
}

/** Upper bounds of a histogram's buckets. */
function bounds(text: string): number[] {
  return text.split(" ").map(Number);
}
