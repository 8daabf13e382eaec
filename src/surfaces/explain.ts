/** Headers that say more of how one answer came about than every answer does. */

import type { AnswerHeaders } from "../core/http/answer_headers.ts";
import * as z from "zod";
import type { Call } from "../core/call.ts";

export const explainOption = z.enum(["off", "on"]).default("off").describe(
  "Tell in each answer's headers where its time went (`server-timing`) and which targets failed before (`x-weir-failed-targets`).",
).meta({ variable: "EXPLAIN" });

/** Adds them to the headers of the answer of a call. */
export type ExplainMore = (headers: AnswerHeaders, call: Call, nowMs: number) => void;

export function explainMore(headers: AnswerHeaders, call: Call, nowMs: number): void {
  const { arrivedMs, readMs = arrivedMs, trace } = call;
  const { queuedMs = 0, overheadMs, upstream: provider, failedTargets } = trace;
  const timings = [`queue;dur=${queuedMs.toFixed(1)}`];
  if (overheadMs !== undefined) {
    const providerMs = nowMs - readMs - queuedMs - overheadMs;
    timings.push(
      `overhead;dur=${overheadMs.toFixed(3)}`,
      `upstream;dur=${providerMs.toFixed(1)};desc="${provider}"`,
    );
  }
  headers.set("server-timing", timings.join(", "));
  if (failedTargets === undefined) return;
  // An upstream's code may be any text, and a header's may not.
  headers.set("x-weir-failed-targets", failedTargets.join(", ").replace(/[^\x20-\x7e]/g, "?"));
}
