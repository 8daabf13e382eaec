/** Which calls are answered from what was kept, and whose answers are kept. */

import type { CacheResult, Call, Exchange, Reply } from "../../core/call.ts";
import type { Clock } from "../../core/clock.ts";
import { GatewayError } from "../../core/gateway_error.ts";
import { isStreamed } from "../../core/http/http.ts";
import type { GuardFinding } from "../../core/guard.ts";
import type { Outcome } from "../../core/outcome.ts";
import { matchesPattern } from "../../core/principal.ts";
import type { AnswerStore } from "./answer_store.ts";
import type { CacheOptions } from "./cache_options.ts";
import { giveAgain, keptHeaders, takeDown } from "./kept_answer.ts";

/** What may be done with a call: nothing, both, or to keep its answer without looking for one. */
export type CacheMode = "off" | "use" | "refresh";

const OPERATIONS: ReadonlySet<Call["operation"]> = new Set(["chat", "completions", "embeddings"]);

export interface AnswerCacheParts {
  readonly options: CacheOptions;
  readonly store: AnswerStore;
  readonly clock: Clock;
  /** Told of what is kept; hits and misses are in the traces of their calls. */
  readonly count: (result: CacheResult) => void;
}

export class AnswerCache {
  readonly #options: CacheOptions;
  readonly #store: AnswerStore;
  readonly #clock: Clock;
  readonly #count: AnswerCacheParts["count"];

  constructor({ options, store, clock, count }: AnswerCacheParts) {
    this.#options = options;
    this.#store = store;
    this.#clock = clock;
    this.#count = count;
  }

  /** Throws `invalid_request` for a wish that nobody understands. */
  modeOf(call: Call): CacheMode {
    const { kept, principal, operation, model, cacheWish } = call;
    // An answer that is kept under its name is another one each time, and what others pay for is theirs.
    const isOwn = kept?.isKept === true || principal.credentials !== undefined;
    const mode = modeOfWish(cacheWish);
    if (isOwn || !OPERATIONS.has(operation)) return "off";
    if (mode !== undefined) return mode;
    const { models, keys } = this.#options;
    const isNamed = models.some((pattern) => matchesPattern(model, pattern)) ||
      (principal.hasKey && keys.some((pattern) => matchesPattern(principal.name, pattern)));
    return isNamed ? "use" : "off";
  }

  /** The answer that was kept, where there is one. */
  async find(key: string, call: Call): Promise<Reply | undefined> {
    const found = this.#store.get(key);
    const kept = found instanceof Promise ? await found : found;
    const { trace } = call;
    if (kept === undefined) {
      tell(call, "miss");
      return undefined;
    }
    trace.upstream = kept.provider;
    trace.warnings = kept.warnings;
    if (kept.guards.length > 0) trace.guards = [...trace.guards ?? [], ...kept.guards];
    trace.saved = {
      usd: kept.usd,
      inputTokens: kept.inputTokens,
      outputTokens: kept.outputTokens,
    };
    const ageMs = Math.max(0, this.#clock.epochMs() - kept.keptMs);
    tell(call, "hit", [["age", String(Math.floor(ageMs / 1_000))]]);
    const { pace } = this.#options;
    return giveAgain(kept, { clock: this.#clock, arrivedMs: call.arrivedMs, pace });
  }

  /** Asks, and keeps the answer where it is whole and without a fault. */
  keeping(next: Exchange, key: string): Exchange {
    return async (call) => {
      const asked = await next(call);
      const { headers, status, body } = asked.answer;
      if (status !== 200) return asked;
      const shown = keptHeaders(headers);
      const { reply, chunks } = takeDown(asked, this.#options.maxAnswerBytes, this.#clock);
      const { trace } = call;
      reply.outcome.then(async (outcome) => {
        const taken = chunks();
        if (taken === undefined || !isFlawless(outcome)) return;
        await trace.pricing;
        const { usage, finishReason, servedModel } = outcome;
        const isKept = await this.#store.put(key, {
          headers: shown,
          chunks: taken,
          isStream: isStreamed(body),
          keptMs: this.#clock.epochMs(),
          provider: trace.upstream,
          warnings: trace.warnings,
          guards: ofAnswer(trace.guards),
          ...(finishReason !== undefined && { finishReason }),
          ...(servedModel !== undefined && { servedModel }),
          usd: trace.cost?.usd ?? null,
          inputTokens: usage?.inputTokens ?? 0,
          outputTokens: usage?.outputTokens ?? 0,
        });
        if (isKept) this.#count("kept");
      });
      return reply;
    };
  }
}

/** `undefined` where the request does not say. */
function modeOfWish(wish: string | undefined): CacheMode | undefined {
  switch (wish?.trim().toLowerCase()) {
    case undefined:
    case "":
      return undefined;
    case "on":
      return "use";
    case "off":
      return "off";
    case "refresh":
      return "refresh";
    default:
      throw new GatewayError(
        "invalid_request",
        "The header x-weir-cache must be on, off or refresh",
        { param: "x-weir-cache" },
      );
  }
}

function isFlawless({ kind, code, assumedEnd }: Outcome): boolean {
  return kind === "complete" && code === undefined && assumedEnd === undefined;
}

/** What guards find in requests they find in each. */
function ofAnswer(findings: readonly GuardFinding[] = []): readonly GuardFinding[] {
  return findings.filter(({ side }) => side === "answer").map((finding) => ({ ...finding }));
}

function tell({ trace }: Call, said: "hit" | "miss", more: [string, string][] = []): void {
  trace.cache = said;
  trace.headers = [...trace.headers ?? [], ["x-weir-cache", said], ...more];
}
