/**
 * What is expected of a feature in a pair of formats, and whether it is what became of it.
 *
 * @module
 */

import type { Outcome } from "./outcome.ts";

export type Expectation =
  /** The format it comes from has no words for it. */
  | { readonly kind: "unsaid" }
  | { readonly kind: "carried" }
  /** `warning` is a word of the warning, where there is one. */
  | { readonly kind: "approximated"; readonly how: string; readonly warning?: string }
  /** `word` stands in what is said of it. A target that has a word for it needs a reason. */
  | {
    readonly kind: "dropped" | "refused";
    readonly word: string;
    readonly reason?: string;
  }
  | { readonly kind: "left out"; readonly reason: string };

/** Most answers fare the same, whole and streamed. */
export type AnswerExpectation =
  | Expectation
  | { readonly whole: Expectation; readonly streamed: Expectation };

/** What is expected of an answer that comes in one of the two ways. */
export function inMode(expected: AnswerExpectation, mode: "whole" | "streamed"): Expectation {
  return "kind" in expected ? expected : expected[mode];
}

export const unsaid: Expectation = { kind: "unsaid" };

export const carried: Expectation = { kind: "carried" };

export function approximated(how: string, warning?: string): Expectation {
  return { kind: "approximated", how, ...(warning !== undefined && { warning }) };
}

export function dropped(word: string, reason?: string): Expectation {
  return { kind: "dropped", word, ...(reason !== undefined && { reason }) };
}

export function refused(word: string, reason?: string): Expectation {
  return { kind: "refused", word, ...(reason !== undefined && { reason }) };
}

/** Answers have no place for warnings, so that what is left out needs a reason. */
export function leftOut(reason: string): Expectation {
  return { kind: "left out", reason };
}

/** How an outcome differs from what is expected; `undefined` where it does not. */
export function difference(
  outcome: Outcome | undefined,
  expected: Expectation,
): string | undefined {
  return fits(outcome, expected) ? undefined : `expected ${expected.kind}${
    "how" in expected ? `: ${expected.how}` : ""
  }, ran ${JSON.stringify(outcome ?? { kind: "unsaid" })}`;
}

function fits(outcome: Outcome | undefined, expected: Expectation): boolean {
  switch (outcome?.kind) {
    case undefined:
      return expected.kind === "unsaid";
    case "carried":
    case "left out":
      return expected.kind === outcome.kind;
    case "approximated": {
      if (expected.kind !== "approximated" || expected.how !== outcome.how) return false;
      return expected.warning === undefined
        ? outcome.warnings.length === 0
        : outcome.warnings.some((warning) => warning.includes(expected.warning!));
    }
    case "dropped":
      return expected.kind === "dropped" &&
        outcome.warnings.every((warning) => warning.includes(expected.word));
    case "refused":
      return expected.kind === "refused" && outcome.message.includes(expected.word);
    case "leaked":
    case "carried, with a warning":
      return false;
  }
}
