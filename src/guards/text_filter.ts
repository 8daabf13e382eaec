/** Looks through one text as it comes, for all that a guard looks for. */

import type { GuardFinding } from "../core/guard.ts";
import type { Automaton } from "./automaton.ts";
import type { Rule } from "./known_patterns.ts";
import { StreamMatcher } from "./stream_matcher.ts";

export interface CompiledRule {
  readonly automaton: Automaton;
  readonly rule: Pick<Rule, "isWhole" | "check">;
}

/** What a guard does with what it finds. */
export interface FilterParts {
  readonly rules: readonly CompiledRule[];
  /** What stands in place of a match; `undefined` leaves it. */
  readonly mask: string | undefined;
  /** Told of each match. May throw, where the call must not go on. */
  readonly onMatch: () => void;
}

export interface TextFilter {
  /** What may be shown by now. */
  push(text: string): string;
  end(): string;
}

/** Each rule sees what those before it have left. */
export function createTextFilter({ rules, mask, onMatch }: FilterParts): TextFilter {
  const matchers = rules.map(({ automaton, rule }) => new StreamMatcher(automaton, rule));
  /** @param from The first of the matchers that it is new to. */
  const filter = (text: string, from: number): string => {
    let shown = text;
    for (const matcher of matchers.slice(from)) shown = shownOf(matcher.push(shown));
    return shown;
  };
  const shownOf = (found: ReturnType<StreamMatcher["push"]>): string =>
    found.map(({ text, isMatch }) => {
      if (!isMatch) return text;
      onMatch();
      return mask ?? text;
    }).join("");
  return {
    push: (text) => filter(text, 0),
    end: () => matchers.map((matcher, index) => filter(shownOf(matcher.end()), index + 1)).join(""),
  };
}

/** Counts what was found. */
export function countIn(findings: GuardFinding[], found: Omit<GuardFinding, "count">): void {
  const known = findings.find(({ guard, side }) => guard === found.guard && side === found.side);
  if (known === undefined) findings.push({ ...found, count: 1 });
  else known.count += 1;
}
