/**
 * Counts what becomes of calls, for Prometheus.
 *
 * @module
 */

import * as z from "zod";
import { HOST_TEXT, HOST_TEXT_ERROR } from "../../core/text/host_text.ts";
import type { CacheResult, CallTrace, FinishedCall } from "../../core/call.ts";
import type { Usage } from "../../core/chat/chat.ts";
import type { GatewayError } from "../../core/gateway_error.ts";
import type { Cost } from "../../core/ledger/call_record.ts";
import type { Outcome, OutcomeKind } from "../../core/outcome.ts";
import type { Redact } from "../../core/text/redactor.ts";
import { SECRET } from "../../core/text/secret.ts";
import { VERSION } from "../../core/version.ts";
import { BoundedNames } from "./bounded_names.ts";
import { createMetricSet, type MetricSet } from "./metric_set.ts";
import { OPERATION_NAMES } from "../operation_names.ts";
import { AggregatorRegistry, Registry } from "./prom_client.js";
import { addReadings, type Readings } from "./readings.ts";

export const metricsOptions = z.strictObject({
  enabled: z.enum(["on", "off"]).default("on").describe(
    "Count calls, tokens, times and limits, for Prometheus to read at `/metrics`.",
  ).meta({ variable: "METRICS", needsRestart: true }),
  apiKey: z.string().regex(/^[\x21-\x7e]+$/, "must be printable ASCII without spaces").max(4_096)
    .meta(SECRET).optional().describe(
      "The one key that `/metrics` takes. If not set, any API key opens it, and where there is none, everybody can read it.",
    ).meta({ variable: "METRICS_API_KEY" }),
  port: z.int().min(0).max(65_535).optional().describe(
    "Port of its own for `/metrics`, where it needs no key; it is then not served on the other port. 0 picks a free one.",
  ).meta({ variable: "METRICS_PORT", needsRestart: true }),
  host: z.string().min(1).max(255).regex(HOST_TEXT, HOST_TEXT_ERROR).default("127.0.0.1").describe(
    "Address to listen on with that port.",
  ).meta({ variable: "METRICS_HOST", needsRestart: true }),
  costByKey: z.enum(["off", "on"]).default("off").describe(
    "Count what calls cost by key as well (`weir_key_cost_usd_total`): its first 100 keys by name, the others together as `other`.",
  ).meta({ variable: "METRICS_COST_BY_KEY", needsRestart: true }),
}).prefault({});

/** Media type of the text. */
export const METRICS_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

/** What a client's name of a model has to be for a label to show it. */
export interface ModelNames {
  readonly redact: Redact;
  /** Whether an alias or a list of models has it. */
  readonly isKnown: (model: string) => boolean;
}

/** The first that were answered have their names in labels; all further ones are `other`. */
const MAX_MODELS = 100;
const MAX_KEYS = 100;
/** Each reload may name others. */
const MAX_GUARDS = 200;
/** What is put off until somebody reads them. */
const MAX_PENDING = 256;

/** All metrics of one thread, as data that can be sent to another. */
export type MetricsSnapshot = Awaited<ReturnType<Registry["getMetricsAsJSON"]>>;

export class Metrics {
  readonly #registry = new Registry();
  readonly #set: MetricSet = createMetricSet(this.#registry);
  readonly #models = new BoundedNames(MAX_MODELS);
  readonly #keys: BoundedNames | undefined;
  readonly #guards = new BoundedNames(MAX_GUARDS);
  /** Not counted yet. */
  #pending: (() => void)[] = [];

  /** @param countsKeys Whether costs are counted by key as well. */
  constructor(readings: Readings, countsKeys: boolean) {
    this.#keys = countsKeys ? new BoundedNames(MAX_KEYS) : undefined;
    addReadings(this.#registry, readings);
    this.#set.build.set({ version: VERSION }, 1);
  }

  recordCall(call: FinishedCall, outcome: Outcome, durationMs: number, names: ModelNames): void {
    const { kind, usage, firstTokenMs, assumedEnd, cost } = outcome;
    const { surface, operation, wantsStream, trace: { upstream: provider, queuedMs, overheadMs } } =
      call;
    const model = call.model === "" ? undefined : this.#shownModel(call.model, outcome, names);
    const tokens = usage && countsOf(usage);
    // None of the texts that clients and upstreams choose: any of them may be large.
    const ended = {
      kind,
      surface,
      operation,
      model,
      wantsStream,
      upstream: provider,
      queuedMs,
      overheadMs,
      cost,
      key: this.#keys?.learn(call.principal.name, names.redact),
    };
    this.#later(() => this.#countCall({ ...ended, firstTokenMs, durationMs, tokens }));
    this.#recordSharing(call.trace, names.redact);
    if (assumedEnd === undefined) return;
    this.#later(() =>
      this.#set.assumedEnds.inc({ surface, upstream: provider ?? "none", reason: assumedEnd })
    );
  }

  #recordSharing({ cache, saved, guards = [] }: CallTrace, redact: Redact): void {
    if (cache !== undefined) this.recordAnswer(cache);
    const savedUsd = saved?.usd ?? 0;
    if (savedUsd > 0) this.#later(() => this.#set.cacheSavedUsd.inc({}, savedUsd));
    for (const { guard, action, side, count } of guards) {
      const labels = { guard: this.#guards.learn(guard, redact), action, side };
      this.#later(() => this.#set.guardFindings.inc(labels, count));
    }
  }

  /** What became of one that is kept, or was looked for among them. */
  recordAnswer(result: CacheResult): void {
    this.#later(() => this.#set.cacheAnswers.inc({ result }));
  }

  /**
   * The name that was asked for, if somebody besides the client knows it, else the one in the answer: clients
   * may think of any number of names, and some providers answer to all of them.
   */
  #shownModel(
    asked: string,
    { kind, servedModel }: Outcome,
    { redact, isKnown }: ModelNames,
  ): string {
    const isShown = this.#models.has(asked) || isKnown(asked) || isNameOf(asked, servedModel);
    const name = isShown ? asked : servedModel;
    return kind === "complete" && name !== undefined
      ? this.#models.learn(name, redact)
      : this.#models.show(name);
  }

  recordRequest({ status, kind }: Outcome): void {
    const labels = { status: `${Math.floor(status / 100)}xx`, outcome: kind };
    this.#later(() => this.#set.requests.inc(labels));
  }

  /**
   * @param error Why it failed before any output; `undefined` where it was answered.
   * @param key Name of the key it carried, where the upstream has several.
   */
  recordAttempt(provider: string, error: GatewayError | undefined, key?: string): void {
    const result = error?.kind ?? "answered";
    const status = error?.upstreamStatus ??
      (error?.kind === "upstream_error" ? error.status : undefined);
    const labels = { upstream: provider, result, ...(status !== undefined && { status }) };
    this.#later(() => this.#set.attempts.inc(labels));
    if (key !== undefined) this.#later(() => this.#set.keyAttempts.inc({ ...labels, key }));
  }

  recordLimit(limit: string, isAllowed: boolean): void {
    const labels = { limit, decision: isAllowed ? "allowed" : "refused" };
    this.#later(() => this.#set.limitDecisions.inc(labels));
  }

  /** In the form that Prometheus reads, of `METRICS_TYPE`. */
  text(): Promise<string> {
    this.#countPending();
    return this.#registry.metrics();
  }

  snapshot(): Promise<MetricsSnapshot> {
    this.#countPending();
    return this.#registry.getMetricsAsJSON();
  }

  /**
   * Counting many in a row takes a third of what it takes to count each by itself between calls, where
   * other code and data have taken the processor's caches.
   */
  #later(count: () => void): void {
    if (this.#pending.push(count) >= MAX_PENDING) this.#countPending();
  }

  #countPending(): void {
    const pending = this.#pending;
    this.#pending = [];
    for (const count of pending) count();
  }

  #countCall(call: CountedCall): void {
    const { calls, overhead, queue, duration } = this.#set;
    const { kind, surface, upstream: provider, queuedMs, overheadMs, durationMs } = call;
    calls.inc({ surface, upstream: provider ?? "none", outcome: kind });
    if (queuedMs !== undefined) queue.observe({}, queuedMs / 1000);
    if (overheadMs !== undefined) overhead.observe({}, overheadMs / 1000);
    if (provider !== undefined && call.cost !== undefined) {
      this.#countCost(provider, call.cost, call);
    }
    // What names no model is no use of one.
    if (provider === undefined || call.model === undefined) return;
    const labels = {
      gen_ai_operation_name: OPERATION_NAMES[call.operation],
      gen_ai_provider_name: provider,
      gen_ai_request_model: call.model,
    };
    const isComplete = kind === "complete";
    duration.observe(isComplete ? labels : { ...labels, error_type: kind }, durationMs / 1000);
    if (isComplete && call.wantsStream) this.#countPace(labels, call);
    if (call.tokens !== undefined) this.#countTokens(labels, call.tokens);
  }

  #countCost(provider: string, cost: Cost, { model = "none", key }: CountedCall): void {
    const { costUsd, keyCostUsd, pricedCalls } = this.#set;
    const price = cost.usd === null ? "unknown" : cost.isEstimated ? "estimated" : "known";
    pricedCalls.inc({ upstream: provider, price });
    if (cost.usd === null || cost.usd === 0) return;
    costUsd.inc({ upstream: provider, model }, cost.usd);
    if (key !== undefined) keyCostUsd.inc({ key }, cost.usd);
  }

  #countPace(labels: GenAiLabels, { firstTokenMs, durationMs, tokens }: CountedCall): void {
    if (firstTokenMs === undefined) return;
    this.#set.firstToken.observe(labels, firstTokenMs / 1000);
    const count = tokens?.outputTokens ?? 0;
    if (count < 2) return;
    this.#set.outputToken.observe(labels, (durationMs - firstTokenMs) / 1000 / (count - 1));
  }

  #countTokens(labels: GenAiLabels, counts: TokenCounts): void {
    const { tokens, cost, tokenDetails } = this.#set;
    tokens.observe({ ...labels, gen_ai_token_type: "input" }, counts.inputTokens);
    tokens.observe({ ...labels, gen_ai_token_type: "output" }, counts.outputTokens);
    const { gen_ai_provider_name: provider, gen_ai_request_model: model } = labels;
    if (counts.cost > 0) cost.inc({ upstream: provider, model }, counts.cost);
    const addDetail = (kind: string, count: number): void => {
      if (count > 0) tokenDetails.inc({ upstream: provider, model, kind }, count);
    };
    addDetail("cached_input", counts.cachedInputTokens);
    addDetail("cache_write_input", counts.cacheWriteInputTokens);
    addDetail("reasoning_output", counts.reasoningOutputTokens);
  }
}

/** What is counted of a call. */
interface CountedCall extends Pick<FinishedCall, "surface" | "operation" | "wantsStream"> {
  readonly kind: OutcomeKind;
  readonly upstream: string | undefined;
  /** As it is shown; `undefined` where none was named. */
  readonly model: string | undefined;
  readonly queuedMs: number | undefined;
  readonly overheadMs: number | undefined;
  readonly firstTokenMs: number | undefined;
  readonly durationMs: number;
  readonly tokens: TokenCounts | undefined;
  readonly cost: Cost | undefined;
  /** Its name, where costs are counted by it. */
  readonly key: string | undefined;
}

type TokenCounts = Required<
  Pick<
    Usage,
    | "inputTokens"
    | "outputTokens"
    | "cachedInputTokens"
    | "cacheWriteInputTokens"
    | "reasoningOutputTokens"
    | "cost"
  >
>;

function countsOf(usage: Usage): TokenCounts {
  return {
    inputTokens: usage.inputTokens,
    outputTokens: usage.outputTokens,
    cachedInputTokens: usage.cachedInputTokens ?? 0,
    cacheWriteInputTokens: usage.cacheWriteInputTokens ?? 0,
    reasoningOutputTokens: usage.reasoningOutputTokens ?? 0,
    cost: usage.cost ?? 0,
  };
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

/** Answers name models more exactly: `gpt-4o-2024-08-06` for `gpt-4o`. */
function isNameOf(asked: string, served = ""): boolean {
  return served === asked ||
    (served.startsWith(asked) && /^[-:@]/.test(served.slice(asked.length)));
}
