/** How calls are paced. */

import * as z from "zod";

export const pacingOptions = z.strictObject({
  enabled: z.enum(["on", "off"]).default("on").describe(
    "Hold calls back that an upstream would refuse by what it says of its limits: they wait for their turn, or go to another target.",
  ).meta({ variable: "PACING" }),
  maxWaitMs: z.int().min(0).max(3_600_000).default(30_000).describe(
    "Longest wait for a turn, within the budget of a call's retries; a call that would wait longer is refused with 429.",
  ).meta({ variable: "PACING_MAX_WAIT_MS" }),
  maxWaiting: z.int().min(1).max(100_000).default(50).describe(
    "Calls that wait for their turn at one target; each holds one of the slots for running calls.",
  ).meta({ variable: "PACING_MAX_WAITING" }),
}).prefault({});

export type PacingOptions = z.infer<typeof pacingOptions>;
