/** Calls as a company of two hundred keys makes them: millions of them, fast, and the same each time. */

import { type CallRecord, callUid } from "../../../src/core/ledger/call_record.ts";
import { seededRandom } from "../../framing/cuts.ts";

export const KEYS = 200;
const TEAMS = 20;
const MODELS = 40;
const PROVIDERS = ["openai", "anthropic", "google", "bedrock", "azure", "mistral", "groq", "local"];
const SURFACES = ["openai", "anthropic", "responses", "gemini", "ollama", "inference", "ws", "raw"];
const PROJECTS = 50;

export const keyName = (at: number): string => `key-${at}`;
export const teamName = (at: number): string => `team-${at}`;
export const modelName = (at: number): string => `model-${at}`;
export const projectName = (at: number): string => `project-${at}`;

/** Of a hundred calls. */
const ENDINGS = [
  ...Array.from({ length: 94 }, () => ["complete", 200, undefined, undefined] as const),
  ["client_gone", 200, "client_closed", "The client left"],
  ["client_gone", 499, "client_closed", "The client left"],
  ["upstream_error", 502, "upstream_error", "The provider failed: connection reset by peer"],
  ["upstream_error", 503, "upstream_unreachable", "No answer from the provider"],
  ["timeout", 504, "upstream_timeout", "No answer from the provider within 60000 ms"],
  ["truncated", 200, "upstream_truncated", "The answer ended without a finish reason"],
] as const;

/** Most calls are made by few. */
function skewed(random: () => number, count: number): number {
  return Math.floor(random() ** 2 * count);
}

export interface CallsWindow {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Calls in the order of their ends, evenly over a window. */
export function* madeCalls(
  count: number,
  { fromMs, untilMs }: CallsWindow,
): Generator<CallRecord> {
  const random = seededRandom(20);
  const hex = () => Math.floor(random() * 0x1_0000_0000).toString(16).padStart(8, "0");
  for (let at = 0; at < count; at++) {
    const endedMs = Math.floor(fromMs + (at * (untilMs - fromMs)) / count);
    const key = skewed(random, KEYS);
    // Each key has three models, and calls them in one or two ways.
    const model = (key * 7 + Math.floor(random() * 3)) % MODELS;
    const provider = PROVIDERS[model % PROVIDERS.length] as string;
    const surface = SURFACES[(key + (random() < 0.1 ? 1 : 0)) % SURFACES.length] as string;
    const [outcome, status, code, reason] =
      ENDINGS[Math.floor(random() * 100)] as typeof ENDINGS[0];
    const inputTokens = 100 + Math.floor(random() * 4_000);
    const outputTokens = 10 + Math.floor(random() * 800);
    const usd = (inputTokens * 3 + outputTokens * 15) / 1_000_000;
    const cost = { usd, isEstimated: outcome !== "complete" };
    yield {
      uid: callUid(endedMs, "s0ak", at),
      endedMs,
      line: {
        request_id: `${hex()}-${hex().slice(4)}-4${hex().slice(5)}-${hex().slice(4)}-${hex()}${
          hex().slice(4)
        }`,
        trace_id: `${hex()}${hex()}${hex()}${hex()}`,
        principal: keyName(key),
        surface,
        method: "POST",
        path: "/v1/chat/completions",
        upstream: provider,
        upstream_request_id: `req_${hex()}${hex()}${hex()}`,
        model: modelName(model),
        served_model: `${modelName(model)}-2026-08-01`,
        stream: true,
        status,
        outcome,
        ...(code === undefined ? {} : { code, reason }),
        attempts: 1,
        finish_reason: "stop",
        queue_ms: 0,
        overhead_us: 212,
        first_token_ms: 321.5,
        duration_ms: 2_345.6,
        input_tokens: inputTokens,
        output_tokens: outputTokens,
        cached_tokens: Math.floor(inputTokens / 2),
        cost: usd,
        bytes: 12_345,
        ...(code === undefined ? {} : { cause: reason }),
      },
      team: teamName(key % TEAMS),
      tags: { project: projectName(key % PROJECTS) },
      attempts: [{
        provider,
        model: `${modelName(model)}-2026-08-01`,
        sentMs: 1.2,
        endedMs: 2_345,
        status,
        outcome,
        cost,
      }],
      costUsd: usd,
      isEstimated: cost.isEstimated,
    };
  }
}
