/** Headers that say how one answer came about. */

import { z } from "zod";
import type { Call } from "../core/call.ts";

export const explainOption = z.enum(["off", "on"]).default("off").describe(
  "Tell in each answer's headers where its time went (`Server-Timing`) and which targets failed before it.",
);

export type ExplainOption = z.output<typeof explainOption>;

/** Adds them to the headers of an answer. */
export type Explain = (headers: Headers, call: Call, nowMs: number) => void;

export function createExplain(option: ExplainOption): Explain {
  return (headers, call, nowMs) => {
    const { attempts, upstream, warnings } = call.trace;
    headers.set("x-weir-attempts", String(attempts));
    if (upstream !== undefined) headers.set("x-weir-upstream", upstream);
    for (const warning of warnings) headers.append("x-weir-warning", warning);
    if (option === "on") explainMore(headers, call, nowMs);
  };
}

function explainMore(
  headers: Headers,
  { arrivedMs, readMs = arrivedMs, trace: { queuedMs = 0, overheadMs, upstream, failedTargets } }:
    Call,
  nowMs: number,
): void {
  const timings = [`queue;dur=${inTenths(queuedMs)}`];
  if (overheadMs !== undefined) {
    const upstreamMs = nowMs - readMs - queuedMs - overheadMs;
    timings.push(
      `overhead;dur=${overheadMs.toFixed(3)}`,
      `upstream;desc="${upstream}";dur=${inTenths(upstreamMs)}`,
    );
  }
  headers.set("server-timing", timings.join(", "));
  if (failedTargets === undefined) return;
  // An upstream's code may be any text, and a header's may not.
  headers.set("x-weir-failed-targets", failedTargets.join(", ").replace(/[^\x20-\x7e]/g, "?"));
}

function inTenths(durationMs: number): string {
  return Math.max(0, durationMs).toFixed(1);
}
