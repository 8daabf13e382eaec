/**
 * Finds what fits a rule in a text that comes in pieces: the leftmost match, and of those the longest.
 *
 * All matches that may have begun are followed at once, and none is longer than a bound; so the time is in
 * proportion to the text, whatever is in it.
 *
 * @module
 */

import type { Automaton } from "./automaton.ts";
import type { Rule } from "./known_patterns.ts";
import { MAX_MATCH_CHARACTERS } from "./options.ts";

export interface Found {
  readonly text: string;
  readonly isMatch: boolean;
}

/** Places in the text that is not decided yet. */
interface Match {
  readonly start: number;
  readonly end: number;
}

const NONE = -1;
const WORD = /[\p{L}\p{N}_]/u;

export class StreamMatcher {
  readonly #automaton: Automaton;
  readonly #rule: Pick<Rule, "isWhole" | "check">;
  /** Read and not decided yet. */
  #text = "";
  /** The character before that: a word may go on. */
  #before: string | undefined;
  /** Of the text, what the states that are alive have read. */
  #read = 0;
  /** For each state that is alive, the first place at which its match would begin. */
  #alive = new Map<number, number>();
  /** Where those that a rule with a check follows have begun: one place at a time. */
  #origin = NONE;
  /** It counts unless a word goes on behind it. */
  #tentative: Match | undefined;
  /** It counts unless a longer one of the same beginning follows. */
  #sure: Match | undefined;

  constructor(automaton: Automaton, rule: Pick<Rule, "isWhole" | "check">) {
    this.#automaton = automaton;
    this.#rule = rule;
  }

  /** What is decided by now. */
  push(text: string): readonly Found[] {
    this.#text += text;
    return this.#run(false);
  }

  /** The rest, since nothing follows. */
  end(): readonly Found[] {
    const found = this.#run(true);
    this.#before = undefined;
    return found;
  }

  #run(isEnd: boolean): readonly Found[] {
    const found: Found[] = [];
    const give = (length: number, isMatch: boolean): void => {
      const text = this.#cut(length);
      if (text !== "") found.push({ text, isMatch });
    };
    while (true) {
      while (this.#read < this.#text.length && !this.#isDecided() && !this.#isInVain()) {
        this.#step();
      }
      const hasRead = this.#read === this.#text.length;
      // Nothing follows in which a word could go on.
      if (isEnd && hasRead && this.#tentative !== undefined) this.#settle(false);
      if (this.#sure !== undefined && (this.#isDecided() || isEnd && hasRead)) {
        const { start, end } = this.#sure;
        give(start, false);
        give(end - start, true);
        this.#restart();
      } else if (this.#isInVain() || (isEnd && hasRead && this.#origin !== NONE)) {
        give(this.#origin + 1, false);
        this.#restart();
      } else if (hasRead) {
        give(isEnd ? this.#text.length : this.#undecidedFrom(), false);
        if (isEnd) this.#restart();
        return found;
      }
    }
  }

  /** A match stands once nothing that began with it, or before it, can become a longer one. */
  #isDecided(): boolean {
    const sure = this.#sure;
    if (sure === undefined) return false;
    if (this.#tentative !== undefined && this.#tentative.start <= sure.start) return false;
    for (const start of this.#alive.values()) if (start <= sure.start) return false;
    return true;
  }

  /** What began at the origin came to nothing, and others that began behind it were not followed. */
  #isInVain(): boolean {
    return this.#origin !== NONE && this.#alive.size === 0 && this.#sure === undefined &&
      this.#tentative === undefined;
  }

  /** Takes one character, or all up to the next with which a match may begin. */
  #step(): void {
    const { canBegin, isFinal } = this.#automaton;
    if (this.#tentative !== undefined) this.#settle(true);
    if (this.#alive.size === 0 && this.#sure === undefined) {
      while (canBegin[this.#text.charCodeAt(this.#read)] === 0) {
        if (++this.#read === this.#text.length) return;
      }
    }
    const at = this.#read++;
    const code = this.#text.charCodeAt(at);
    const next = new Map<number, number>();
    for (const [state, start] of this.#alive) {
      if (at - start < MAX_MATCH_CHARACTERS) this.#follow(state, start, code, next);
    }
    if (canBegin[code] === 1 && this.#mayBegin(at)) {
      if (this.#rule.check !== undefined) this.#origin = at;
      this.#follow(0, at, code, next);
    }
    this.#alive = next;
    for (const [state, start] of next) if (isFinal[state]) this.#propose({ start, end: at + 1 });
  }

  #follow(state: number, start: number, code: number, next: Map<number, number>): void {
    for (const { from, to, state: target } of this.#automaton.edges[state] ?? []) {
      if (code < from || code > to) continue;
      const known = next.get(target);
      if (known === undefined || start < known) next.set(target, start);
    }
  }

  /** What begins behind a match is looked for when that has been taken. */
  #mayBegin(at: number): boolean {
    if (this.#sure !== undefined) return false;
    if (this.#rule.check !== undefined && this.#origin !== NONE) return false;
    return !this.#rule.isWhole ||
      !isInWord(at === 0 ? this.#before : this.#text[at - 1], this.#text[at]);
  }

  #propose(match: Match): void {
    const { isWhole, check } = this.#rule;
    if (check?.(this.#text.slice(match.start, match.end)) === false) return;
    if (isWhole) this.#tentative = better(this.#tentative, match);
    else this.#sure = better(this.#sure, match);
  }

  /** @param isFollowed There is a character behind it. */
  #settle(isFollowed: boolean): void {
    const match = this.#tentative;
    if (match === undefined) return;
    this.#tentative = undefined;
    const isCut = isFollowed && isInWord(this.#text[match.end - 1], this.#text[match.end]);
    if (!isCut) this.#sure = better(this.#sure, match);
  }

  #undecidedFrom(): number {
    const starts = [...this.#alive.values(), this.#tentative?.start, this.#sure?.start];
    return starts.reduce<number>(
      (first, start) => Math.min(first, start ?? first),
      this.#text.length,
    );
  }

  /** Takes so many characters off the beginning. */
  #cut(length: number): string {
    if (length === 0) return "";
    const taken = this.#text.slice(0, length);
    this.#text = this.#text.slice(length);
    this.#before = taken.at(-1);
    this.#read = Math.max(0, this.#read - length);
    this.#alive = new Map([...this.#alive].map(([state, start]) => [state, start - length]));
    this.#origin = this.#origin === NONE ? NONE : this.#origin - length;
    this.#tentative = moved(this.#tentative, length);
    this.#sure = moved(this.#sure, length);
    return taken;
  }

  /** What was read behind a match is read again. */
  #restart(): void {
    this.#read = 0;
    this.#alive.clear();
    this.#origin = NONE;
    this.#tentative = undefined;
    this.#sure = undefined;
  }
}

function better(known: Match | undefined, match: Match): Match {
  if (known === undefined || match.start < known.start) return match;
  return match.start === known.start && match.end > known.end ? match : known;
}

function moved(match: Match | undefined, length: number): Match | undefined {
  return match && { start: match.start - length, end: match.end - length };
}

function isInWord(left: string | undefined, right: string | undefined): boolean {
  return left !== undefined && right !== undefined && WORD.test(left) && WORD.test(right);
}
