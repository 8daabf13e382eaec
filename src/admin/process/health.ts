/** `GET /me` and `GET /health`: who asks, and how the process is. */

import * as z from "zod";
import type { AdminCaller } from "../../access/admin_role.ts";
import type { Clock } from "../../core/clock.ts";
import type { Ledger } from "../../core/ledger/ledger.ts";
import { VERSION } from "../../core/version.ts";
import { type OperationsParts, statusOf } from "../../surfaces/operations/operations.ts";
import { moment, momentOf } from "../api/filters.ts";
import { askRecent, recentCalls, summarize } from "../calls/recent.ts";
import { type AdminRoute, json, route } from "../api/route.ts";
import { shownSums, totalOf, usageSums } from "../calls/usage.ts";

const HOUR_MS = 3_600_000;

export interface HealthRouteParts {
  readonly operations: OperationsParts;
  readonly ledger: Pick<Ledger, "store">;
  /** Calls that run, on all threads. */
  readonly running: () => number;
  /** Calls that wait for a slot, in this thread. */
  readonly queued: () => number;
  readonly startedMs: number;
  /** Whether callers need a key. */
  readonly needsKey: () => boolean;
  readonly clock: Clock;
}

/** Who asks. */
export const me = z.object({
  role: z.enum(["read", "write"]),
  who: z.string(),
  via: z.enum(["key", "session", "proxy", "loopback"]),
  can_write: z.boolean(),
  needs_key: z.boolean().describe("Whether callers of models need a key."),
  version: z.string(),
});

export type ShownCaller = z.output<typeof me>;

const health = z.object({
  status: z.enum(["healthy", "degraded", "stopping"]),
  version: z.string(),
  environment: z.string(),
  started_at: moment,
  uptime_seconds: z.number(),
  calls_in_flight: z.int(),
  calls_queued: z.int().describe("In the thread that answers."),
  bugs: z.int().describe("Failures that nothing expected, since the start."),
  last_hour: usageSums.nullable()
    .describe(
      "This hour of the clock and the one before; null while the ledger cannot be reached.",
    ),
  recent: recentCalls.nullable().describe("Null while the ledger cannot be reached."),
});

export type ShownHealth = z.output<typeof health>;

export function healthRoutes(parts: HealthRouteParts): readonly AdminRoute[] {
  return [
    route({
      method: "GET",
      path: "/me",
      role: "read",
      summary: "Who asks, and what that one may do",
      answer: { status: 200, meaning: "Who asks", schema: me },
      handle: ({ caller }) => json(showCaller(caller, parts.needsKey())),
    }),
    route({
      method: "GET",
      path: "/health",
      role: "read",
      summary: "How the process is, and what it did in the last hour",
      answer: { status: 200, meaning: "How it is", schema: health },
      handle: async () => json(await describeHealth(parts)),
    }),
  ];
}

export function showCaller({ role, who, via }: AdminCaller, needsKey: boolean): ShownCaller {
  return { role, who, via, can_write: role === "write", needs_key: needsKey, version: VERSION };
}

async function describeHealth(parts: HealthRouteParts): Promise<ShownHealth> {
  const { operations, ledger, clock, startedMs } = parts;
  const nowMs = clock.epochMs();
  const fromMs = Math.floor(nowMs / HOUR_MS - 1) * HOUR_MS;
  // How the process is can be told whether the ledger is there or not.
  const [rows, recent] = await Promise.all([
    ledger.store.usage({ groups: ["hour"], fromMs, timeZone: "UTC" }).catch(() => undefined),
    askRecent(ledger, nowMs),
  ]);
  return {
    status: statusOf(operations),
    version: VERSION,
    environment: operations.environment,
    started_at: momentOf(startedMs),
    uptime_seconds: Math.round((nowMs - startedMs) / 100) / 10,
    calls_in_flight: parts.running(),
    calls_queued: parts.queued(),
    bugs: operations.bugs(),
    last_hour: rows === undefined ? null : shownSums(totalOf(rows)),
    recent: recent === undefined ? null : summarize(recent),
  };
}
