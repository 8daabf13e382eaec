/** Records of calls for tests of where they are kept. */

import {
  type AttemptRecord,
  type CallRecord,
  callUid,
} from "../../../src/core/ledger/call_record.ts";
import type { JsonObject } from "../../../src/core/text/json.ts";
import { type LedgerOptions, ledgerOptions } from "../../../src/state/ledger/options.ts";
import { seededRandom } from "../../framing/cuts.ts";

/** A Sunday, 07:30 in UTC. */
export const NOW_MS = Date.UTC(2026, 10, 29, 7, 30);
export const HOUR_MS = 3_600_000;

export function optionsWith(given: Partial<LedgerOptions> = {}): LedgerOptions {
  return { ...ledgerOptions.parse(undefined), ...given };
}

export interface GivenCall {
  readonly count?: number;
  readonly endedMs?: number;
  readonly line?: JsonObject;
  readonly team?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly costUsd?: number | null;
  readonly attempts?: readonly AttemptRecord[];
  readonly process?: string;
}

/** A complete call of the key `alice`, but for what is given. */
export function callRecord(
  {
    count = 1,
    endedMs = NOW_MS,
    line = {},
    costUsd = 0.25,
    attempts,
    process = "p",
    ...given
  }: GivenCall = {},
): CallRecord {
  const provider = String(line["upstream"] ?? "openai");
  return {
    uid: callUid(endedMs, process, count),
    endedMs,
    line: {
      request_id: `request-${count}`,
      principal: "alice",
      surface: "openai",
      upstream: provider,
      model: "fast",
      status: 200,
      outcome: "complete",
      input_tokens: 100,
      output_tokens: 20,
      ...line,
    },
    attempts: attempts ?? [attemptAt(provider, costUsd)],
    costUsd,
    isEstimated: false,
    ...given,
  };
}

export function attemptAt(provider: string, usd: number | null, cause?: string): AttemptRecord {
  return {
    provider,
    model: "gpt-fast",
    sentMs: 1,
    endedMs: 250,
    status: cause === undefined ? 200 : 500,
    outcome: cause === undefined ? "complete" : "upstream_error",
    cost: { usd, isEstimated: false },
    ...(cause === undefined ? {} : { cause }),
  };
}

/** Calls of several keys, models and providers over some days, in the order of their ends. */
export function variedCalls(count: number, seed = 1): CallRecord[] {
  const random = seededRandom(seed);
  const oneOf = <Item>(items: readonly Item[]) =>
    items[Math.floor(random() * items.length)] as Item;
  const startMs = NOW_MS - 60 * HOUR_MS;
  return Array.from({ length: count }, (_, at) => {
    const key = oneOf(["alice", "bob", "carol"]);
    const upstream = oneOf(["openai", "anthropic"]);
    const [outcome, status] = oneOf([
      ["complete", 200],
      ["complete", 200],
      ["complete", 200],
      ["upstream_error", 502],
      ["client_gone", 499],
      ["refused", 429],
    ]);
    // In quarters, so that sums are the same in whatever order.
    const costUsd = oneOf([0.25, 0.5, 0, null]);
    const failed = random() < 0.2 ? [attemptAt(oneOf(["openai", "mistral"]), 0.25, "gone")] : [];
    const own = attemptAt(upstream, costUsd);
    const total = failed.reduce((sum, { cost }) => sum + (cost.usd ?? 0), costUsd ?? 0);
    return callRecord({
      count: at,
      endedMs: startMs + Math.floor((at * 60 * HOUR_MS) / count),
      line: {
        principal: key,
        model: oneOf(["fast", "smart"]),
        surface: oneOf(["openai", "anthropic"]),
        upstream,
        outcome,
        status,
        input_tokens: Math.floor(random() * 1_000),
        cached_tokens: oneOf([0, 50]),
        ...(outcome === "complete" ? {} : { code: `code_${status}`, reason: "Something failed" }),
      },
      ...(key === "carol" ? {} : { team: "search" }),
      ...(random() < 0.5 ? { tags: { project: oneOf(["web", "app"]) } } : {}),
      costUsd: costUsd === null ? null : total,
      attempts: [...failed, own],
    });
  });
}
