/**
 * What is expected of a feature in a pair of formats, and whether it is what became of it.
 *
 * @module
 */

import type { Outcome } from "./outcome.ts";

export type Expectation =
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
export function inMode(
  expected: AnswerExpectation | undefined,
  mode: "whole" | "streamed",
): Expectation | undefined {
  return expected === undefined || "kind" in expected ? expected : expected[mode];
}

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
  expected: Expectation | undefined,
): string | undefined {
  if (outcome === undefined && expected === undefined) return undefined;
  if (outcome !== undefined && expected !== undefined && fits(outcome, expected)) return undefined;
  const [ran, said] = [outcome, expected].map((value) => JSON.stringify(value) ?? "nothing");
  return `expected ${said}, ran ${ran}`;
}

function fits(outcome: Outcome, expected: Expectation): boolean {
  switch (outcome.kind) {
    case "carried":
    case "left out":
      return expected.kind === outcome.kind;
    case "approximated": {
      if (expected.kind !== "approximated" || expected.how !== outcome.how) return false;
      const { warning } = expected;
      return warning === undefined
        ? outcome.warnings.length === 0
        : outcome.warnings.some((text) => text.includes(warning));
    }
    case "dropped":
      return expected.kind === "dropped" &&
        outcome.warnings.some((text) => text.includes(expected.word));
    case "refused":
      return expected.kind === "refused" && outcome.message.includes(expected.word);
    case "leaked":
    case "carried, with a warning":
      return false;
  }
}
