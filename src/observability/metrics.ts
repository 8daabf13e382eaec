/**
 * Counts what becomes of calls, for Prometheus.
 *
 * @module
 */

import * as z from "zod";
import type { FinishedCall } from "../core/call.ts";
import type { GatewayError } from "../core/gateway_error.ts";
import type { Outcome } from "../core/outcome.ts";
import type { Redact } from "../core/redactor.ts";
import { SECRET } from "../core/secret.ts";
import { VERSION } from "../core/version.ts";
import { BoundedNames } from "./bounded_names.ts";
import { createMetricSet, type MetricSet } from "./metric_set.ts";
import { OPERATION_NAMES } from "./operation_names.ts";
import { AggregatorRegistry, Registry } from "./prom_client.js";
import { addReadings, type Readings } from "./readings.ts";

export const metricsOptions = z.strictObject({
  enabled: z.enum(["on", "off"]).default("on").describe(
    "Count calls, tokens, times and limits, for Prometheus to read at `/metrics`.",
  ),
  apiKey: z.string().regex(/^[\x21-\x7e]+$/, "must be printable ASCII without spaces").max(4_096)
    .meta(SECRET).optional().describe(
      "The one key that `/metrics` takes. If not set, any API key opens it, and where there is none, everybody can read it.",
    ),
  port: z.int().min(0).max(65_535).optional().describe(
    "Port of its own for `/metrics`, where it needs no key; it is then not served on the other port. 0 picks a free one.",
  ),
  host: z.string().min(1).max(255).default("127.0.0.1").describe(
    "Address to listen on with that port.",
  ),
}).prefault({});

export type MetricsOptions = z.output<typeof metricsOptions>;

/** Media type of the text. */
export const METRICS_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

/** The first that were answered have their names in labels; all further ones are `other`. */
const MAX_MODELS = 100;

/** All metrics of one thread, as data that can be sent to another. */
export type MetricsSnapshot = Awaited<ReturnType<Registry["getMetricsAsJSON"]>>;

export class Metrics {
  readonly #registry = new Registry();
  readonly #set: MetricSet = createMetricSet(this.#registry);
  readonly #models = new BoundedNames(MAX_MODELS);

  constructor(readings: Readings) {
    addReadings(this.#registry, readings);
    this.#set.build.set({ version: VERSION }, 1);
  }

  /** @param redact For the model's name, which a client chose. */
  recordCall(call: FinishedCall, outcome: Outcome, durationMs: number, redact: Redact): void {
    const { calls, overhead, queue, duration } = this.#set;
    const { surface, trace } = call;
    calls.inc({ surface, upstream: trace.upstream ?? "none", outcome: outcome.kind });
    if (trace.queuedMs !== undefined) queue.observe(trace.queuedMs / 1000);
    if (trace.overheadMs !== undefined) overhead.observe(trace.overheadMs / 1000);
    if (trace.upstream === undefined) return;
    const isComplete = outcome.kind === "complete";
    const model = isComplete
      ? this.#models.learn(call.model, redact)
      : this.#models.show(call.model);
    const labels = {
      gen_ai_operation_name: OPERATION_NAMES[call.operation],
      gen_ai_provider_name: trace.upstream,
      gen_ai_request_model: model,
    };
    duration.observe(
      isComplete ? labels : { ...labels, error_type: outcome.kind },
      durationMs / 1000,
    );
    if (isComplete && call.wantsStream) this.#recordPace(labels, outcome, durationMs);
    this.#recordUsage(labels, outcome);
  }

  recordRequest({ status, kind }: Outcome): void {
    this.#set.requests.inc({ status: `${Math.floor(status / 100)}xx`, outcome: kind });
  }

  /** @param error Why it failed before any output; `undefined` where it was answered. */
  recordAttempt(upstream: string, error: GatewayError | undefined): void {
    const result = error?.kind ?? "answered";
    const isAnswer = error?.kind === "upstream_error";
    this.#set.attempts.inc({ upstream, result, ...(isAnswer && { status: error.status }) });
  }

  recordLimit(limit: string, isAllowed: boolean): void {
    this.#set.limitDecisions.inc({ limit, decision: isAllowed ? "allowed" : "refused" });
  }

  /** In the form that Prometheus reads, of `METRICS_TYPE`. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  snapshot(): Promise<MetricsSnapshot> {
    return this.#registry.getMetricsAsJSON();
  }

  #recordPace(labels: GenAiLabels, { firstTokenMs, usage }: Outcome, durationMs: number): void {
    if (firstTokenMs === undefined) return;
    this.#set.firstToken.observe(labels, firstTokenMs / 1000);
    const tokens = usage?.outputTokens ?? 0;
    if (tokens < 2) return;
    this.#set.outputToken.observe(labels, (durationMs - firstTokenMs) / 1000 / (tokens - 1));
  }

  #recordUsage(labels: GenAiLabels, { usage }: Outcome): void {
    if (usage === undefined) return;
    const { tokens, cost, tokenDetails } = this.#set;
    tokens.observe({ ...labels, gen_ai_token_type: "input" }, usage.inputTokens);
    tokens.observe({ ...labels, gen_ai_token_type: "output" }, usage.outputTokens);
    const { gen_ai_provider_name: upstream, gen_ai_request_model: model } = labels;
    if (usage.cost !== undefined && usage.cost > 0) cost.inc({ upstream, model }, usage.cost);
    const addDetail = (kind: string, count = 0): void => {
      if (count > 0) tokenDetails.inc({ upstream, model, kind }, count);
    };
    addDetail("cached_input", usage.cachedInputTokens);
    addDetail("cache_write_input", usage.cacheWriteInputTokens);
    addDetail("reasoning_output", usage.reasoningOutputTokens);
  }
}

interface GenAiLabels extends Record<string, string> {
  readonly gen_ai_provider_name: string;
  readonly gen_ai_request_model: string;
}

/** The metrics of several threads as those of one process. */
export function mergedText(snapshots: readonly MetricsSnapshot[]): Promise<string> {
  return AggregatorRegistry.aggregate([...snapshots]).metrics();
}

export function mergedSnapshot(snapshots: readonly MetricsSnapshot[]): Promise<MetricsSnapshot> {
  return AggregatorRegistry.aggregate([...snapshots]).getMetricsAsJSON();
}
