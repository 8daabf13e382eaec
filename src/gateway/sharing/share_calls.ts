/**
 * Lets the same calls share one answer: those that run at the same time what is being answered, later ones
 * what was kept.
 *
 * @module
 */

import * as z from "zod";
import type { Call, Exchange } from "../../core/call.ts";
import type { Clock } from "../../core/clock.ts";
import type { AnswerCache } from "./answer_cache.ts";
import { callKey, shortened } from "./call_key.ts";
import { SharedCall } from "./shared_call.ts";

export const coalesceOptions = z.strictObject({
  enabled: z.enum(["off", "on"]).default("off").describe(
    "Send identical calls of one key that run at the same time upstream only once: embeddings, and whatever has `temperature` 0 or a `seed`. Calls whose answers are kept (`cache`) are sent once in any case.",
  ).meta({ variable: "COALESCE" }),
  maxBufferBytes: z.int().min(1_024).max(1_073_741_824).default(1_048_576).describe(
    "Bytes of a shared stream that are kept for the slower of its clients; one that falls further behind is ended with an error.",
  ).meta({ variable: "COALESCE_MAX_BUFFER_BYTES" }),
}).prefault({});

export type CoalesceOptions = z.infer<typeof coalesceOptions>;

export interface SharingParts {
  readonly coalesce: CoalesceOptions;
  /** `undefined` where nothing is kept. */
  readonly cache: AnswerCache | undefined;
  /** What the same request may be answered by; another one is another answer. */
  readonly place: string;
  readonly clock: Clock;
}

/** What answers calls, as it is where nothing is shared. */
export function shareCalls(parts: SharingParts): (next: Exchange) => Exchange {
  const { coalesce: { enabled, maxBufferBytes }, cache, clock } = parts;
  if (enabled === "off" && cache === undefined) return (next) => next;
  const place = shortened(parts.place);
  /** At most as many as there are calls in flight. */
  const shared = new Map<string, SharedCall>();
  return (next) => async (call) => {
    const mode = cache?.modeOf(call) ?? "off";
    if (mode === "off" && !(enabled === "on" && isRepeatable(call))) return await next(call);
    const key = callKey(call, mode === "off" ? call.headers : answerHeaders(call), place);
    if (mode === "use") {
      const kept = await cache?.find(key, call);
      if (kept !== undefined) return kept;
    }
    const running = shared.get(key);
    if (running?.isJoinable && mode !== "refresh") return await running.join(call);
    const onClose = (): void => {
      if (shared.get(key) === started) shared.delete(key);
    };
    const asked = mode === "off" ? next : cache?.keeping(next, key) ?? next;
    const started = new SharedCall({ next: asked, maxBufferBytes, clock, onClose }, call);
    shared.set(key, started);
    return await started.join(call);
  };
}

/** What names a request, or asks for its answer once, does not mean another answer than others do. */
const REQUEST_HEADERS: ReadonlySet<string> = new Set([
  "idempotency-key",
  "via",
  "x-client-request-id",
]);

/** Those that make another answer, such as a beta's. */
function answerHeaders({ headers }: Call): Call["headers"] {
  return headers.filter(([name]) => !REQUEST_HEADERS.has(name));
}

/** Whether the client expects the same answer each time, and not one that has a name of its own. */
function isRepeatable({ formats, body, kept }: Call): boolean {
  return kept === undefined && formats.request.facts(body.json).isDeterministic;
}
