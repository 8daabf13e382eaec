/** What is recorded of providers, and what is answered from a recording. */

import * as z from "zod";

const file = z.string().min(1).max(4_096);

export const cassetteOptions = z.strictObject({
  record: file.optional().describe(
    "File to which every exchange with a provider is added as it happened, without secrets; prompts and answers are in it.",
  ).meta({ variable: "RECORD", needsRestart: true }),
  replay: file.optional().describe(
    "Recording from which all providers are answered; nothing is sent. `weir replay FILE` sets it.",
  ).meta({ variable: "REPLAY", needsRestart: true }),
  match: z.enum(["exact", "order"]).default("exact").describe(
    "Which exchange of a recording answers a request: one with the same body, or the next to that address whatever the body.",
  ).meta({ variable: "REPLAY_MATCH" }),
  pace: z.union([z.literal("instant"), z.literal("recorded"), z.number().min(0.01).max(10_000)])
    .default("instant").describe(
      "How fast recordings are played: at once, as they were, or so many times as fast.",
    ).meta({ variable: "REPLAY_PACE" }),
  maxExchangeBytes: z.int().min(1_024).max(1_073_741_824).default(16_777_216).describe(
    "Longest request or answer that is recorded; of a longer one the recording says that it was.",
  ).meta({ variable: "RECORD_MAX_EXCHANGE_BYTES" }),
  maxFileBytes: z.int().min(1_024).max(1_099_511_627_776).default(1_073_741_824).describe(
    "Size at which a recording ends, which the log tells.",
  ).meta({ variable: "RECORD_MAX_FILE_BYTES" }),
}).prefault({});

export type CassetteOptions = z.output<typeof cassetteOptions>;
