/** How calls end, in words. */

/** Label, and what it means in a sentence. */
const OUTCOMES: Readonly<Record<string, readonly [label: string, sentence: string]>> = {
  complete: ["Complete", "The answer arrived whole."],
  truncated: [
    "Truncated",
    "The answer ended without a finish reason, so part of it may be missing.",
  ],
  upstream_error: ["Provider error", "The provider refused, failed or could not be reached."],
  client_gone: ["Client left", "The client hung up before the answer was over."],
  timeout: ["Timeout", "No answer came within the time allowed."],
  refused: [
    "Refused",
    "Weir itself said no: the request, its key or a limit did not allow the call.",
  ],
  internal_error: ["Internal error", "Weir was being stopped, or failed by a fault of its own."],
  abandoned: ["Abandoned", "Another request of the same call was faster."],
};

/** Outcomes of calls, for a choice of one. */
export const OUTCOME_NAMES = Object.keys(OUTCOMES).filter((name) => name !== "abandoned");

export function outcomeLabel(outcome: string): string {
  return OUTCOMES[outcome]?.[0] ?? outcome;
}

export function outcomeSentence(outcome: string): string {
  return OUTCOMES[outcome]?.[1] ?? "";
}
