/** Bounds and clocks of relaying; every one has a default and none is unlimited. */

import * as z from "zod";

const durationMs = z.int().positive().max(86_400_000);

export const relayOptions = z.strictObject({
  openingHoldMs: durationMs.default(15_000).describe(
    "Longest time the opening of a stream is held back, waiting for its first content. Until then a failure gets a real HTTP status.",
  ).meta({ variable: "OPENING_HOLD_MS" }),
  firstContentTimeoutMs: durationMs.default(300_000).describe(
    "Time allowed from sending a request to the first content of its stream; reasoning counts.",
  ).meta({ variable: "FIRST_CONTENT_TIMEOUT_MS" }),
  idleTimeoutMs: durationMs.default(120_000).describe(
    "Longest silence of an upstream within an answer it has begun.",
  ).meta({ variable: "IDLE_TIMEOUT_MS" }),
  finishTimeoutMs: durationMs.default(30_000).describe(
    "Longest silence once every choice has finished; then the stream counts as complete without its end mark. Bounded by `IDLE_TIMEOUT_MS`.",
  ).meta({ variable: "FINISH_TIMEOUT_MS" }),
  clientStallTimeoutMs: durationMs.default(120_000).describe(
    "Longest time for which a client may take nothing of an answer that waits for it; then the answer is ended. Looked at once in `IDLE_TIMEOUT_MS` at the least.",
  ).meta({ variable: "CLIENT_STALL_TIMEOUT_MS" }),
  totalTimeoutMs: durationMs.default(3_600_000)
    .describe("Time allowed for a whole call.")
    .meta({ variable: "TOTAL_TIMEOUT_MS" }),
  repair: z.enum(["off", "on"]).default("off").describe(
    "Decode and encode every answer again, even where client and upstream speak the same: tool calls get their missing indexes, doubled finish reasons become one, fields that are not of the API are lost.",
  ).meta({ variable: "REPAIR" }),
  keepAlive: z.enum(["off", "comment", "chunk"]).default("chunk").describe(
    "What a client is sent while its stream's upstream is silent: nothing, an SSE comment, or a chunk without choices.",
  ).meta({ variable: "KEEP_ALIVE" }),
  keepAliveIntervalMs: durationMs.default(15_000)
    .describe("Silence after which it is sent.")
    .meta({ variable: "KEEP_ALIVE_INTERVAL_MS" }),
  onDisconnect: z.enum(["cancel", "drain"]).default("cancel").describe(
    "What happens upstream when a client leaves a stream: it is cancelled, or read to its end so that its usage is known.",
  ).meta({ variable: "ON_DISCONNECT" }),
  drainMaxMs: durationMs.default(30_000)
    .describe("Time allowed for draining one stream.")
    .meta({ variable: "DRAIN_MAX_MS" }),
  drainMaxBytes: z.int().min(1).max(1_073_741_824).default(1_048_576).describe(
    "Bytes read at the most when draining one stream.",
  ).meta({ variable: "DRAIN_MAX_BYTES" }),
  streamUsage: z.enum(["always", "asked"]).default("always").describe(
    "Whether upstreams are asked for the usage of every stream, or only of those whose client asks. What the client did not ask for is taken out again.",
  ).meta({ variable: "STREAM_USAGE" }),
  maxEventBytes: z.int().min(1_024).max(1_073_741_824).default(16_777_216).describe(
    "Longest event of a stream that is interpreted.",
  ).meta({ variable: "MAX_EVENT_BYTES" }),
  maxResponseBytes: z.int().min(1_024).max(1_073_741_824).default(67_108_864).describe(
    "Largest JSON answer of an upstream.",
  ).meta({ variable: "MAX_RESPONSE_BYTES" }),
  maxErrorBytes: z.int().min(1_024).max(16_777_216).default(1_048_576).describe(
    "Largest error answer of an upstream; the rest is cut off.",
  ).meta({ variable: "MAX_ERROR_BYTES" }),
}).prefault({});

export type RelayOptions = z.infer<typeof relayOptions>;

/** How long an upstream may be silent within an answer. Once that has finished, little is waited for. */
export function silenceAllowedMs(
  { finishTimeoutMs, idleTimeoutMs }: Pick<RelayOptions, "finishTimeoutMs" | "idleTimeoutMs">,
  isFinished: boolean,
): number {
  return isFinished ? Math.min(finishTimeoutMs, idleTimeoutMs) : idleTimeoutMs;
}
