/** Lets identical calls that run at the same time share one upstream call. */

import * as z from "zod";
import type { Call, Exchange } from "../../core/call.ts";
import type { Clock } from "../../core/clock.ts";
import { SharedCall } from "./shared_call.ts";

export const coalesceOptions = z.strictObject({
  enabled: z.enum(["off", "on"]).default("off").describe(
    "Send identical calls of one key that run at the same time upstream only once: embeddings, and whatever has `temperature` 0 or a `seed`.",
  ).meta({ variable: "COALESCE" }),
  maxBufferBytes: z.int().min(1_024).max(1_073_741_824).default(1_048_576).describe(
    "Bytes of a shared stream that are kept for the slower of its clients; one that falls further behind is ended with an error.",
  ).meta({ variable: "COALESCE_MAX_BUFFER_BYTES" }),
}).prefault({});

export type CoalesceOptions = z.infer<typeof coalesceOptions>;

export function coalesce(
  { maxBufferBytes }: CoalesceOptions,
  clock: Clock,
): (next: Exchange) => Exchange {
  /** At most as many as there are calls in flight. */
  const shared = new Map<string, SharedCall>();
  return (next) => async (call) => {
    if (!isRepeatable(call)) return await next(call);
    const key = await keyOf(call);
    const running = shared.get(key);
    if (running?.isJoinable) return await running.join(call);
    const onClose = (): void => {
      if (shared.get(key) === started) shared.delete(key);
    };
    const started = new SharedCall({ next, maxBufferBytes, clock, onClose }, call);
    shared.set(key, started);
    return await started.join(call);
  };
}

/** Whether the client expects the same answer each time, and not one that has a name of its own. */
function isRepeatable({ formats, body, kept }: Call): boolean {
  return kept === undefined && formats.request.facts(body).isDeterministic;
}

/** Equal for calls that are the same in all that reaches the upstream, of one principal. */
async function keyOf(call: Call): Promise<string> {
  const { principal, operation, formats, headers, native, bytes, timeoutMs } = call;
  // Some name the model in their address, and whether they want a stream.
  const { model, wantsStream } = call;
  const digest = [...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))];
  const parts = [
    principal.name,
    principal.hasKey,
    operation,
    model,
    wantsStream,
    formats.request.name,
    formats.answer.name,
    formats.answer.streamContentType,
    formats.error.name,
    timeoutMs ?? 0,
    headers,
    native ?? null,
  ];
  return JSON.stringify([...parts, digest]);
}
