/**
 * Tells a model's calls from its text, while it writes: a push machine without I/O.
 *
 * A text is held back only from where a call may begin, and let go as it came once it is known to be none. What
 * comes out is the same wherever what comes in is cut.
 *
 * @module
 */

import { type CallForm, type DecidedState, formOf, type ReadForm } from "./call_forms.ts";
import type { DeclaredTools } from "./declared_tools.ts";
import type { ToolCall } from "./read_calls.ts";

export type Piece =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "call"; readonly call: ToolCall };

/** Longer ones are text. */
const MAX_CALL_CHARACTERS = 1_048_576;
/** From here on a call that grows is looked at less often, or its cost would be the square of its length. */
const OFTEN_LOOKED_AT_CHARACTERS = 4_096;
const GROWTH = 1.125;
/**
 * Of what was taken for calls and is none, all together; from then on all is text. A call that never ends is looked at
 * up to the end, and so is each that begins within it: their cost would be the square of the answer's length.
 */
const MAX_WASTED_CHARACTERS = 8_388_608;
/** What stands between calls, and behind them. */
const BETWEEN = /^(?:[\s;,]|<\|eom_id\|>|<\|eot_id\|>|<\|im_end\|>)+/;
const BEGUN_BETWEEN = /^<(?:\|[a-z_]*\|?)?$/;
/** Of a text, what neither begins a call nor ends a line. */
const RUN = /^[^<{[`\n]+/;

export class CallScanner {
  /** Why what was written is no call, though it should be one: nothing leaves any more until the end. */
  problems: readonly string[] | undefined;
  readonly #declared: DeclaredTools;
  readonly #mayAskAgain: () => boolean;
  #held = "";
  /** Up to here it is decided that nothing begins, though it is not let go. */
  #at = 0;
  #form: CallForm | undefined;
  #lookAtLength = 0;
  #wasted = 0;
  /** Calls that count only where nothing but calls follows; their text is held. */
  #unsure: readonly ToolCall[] = [];
  #pieces: Piece[] = [];
  #hasWords = false;
  #hasCalls = false;
  /** Nothing but white since the beginning, or since a call. */
  #isBlank = true;
  #isLineStart = true;
  #isInFence = false;
  #hasGivenUp = false;
  #lastCharacter = "";

  /** @param mayAskAgain Whether the model could still be asked again. */
  constructor(declared: DeclaredTools, mayAskAgain: () => boolean) {
    this.#declared = declared;
    this.#mayAskAgain = mayAskAgain;
  }

  push(text: string): readonly Piece[] {
    this.#held += text;
    if (this.problems !== undefined && this.#held.length > MAX_CALL_CHARACTERS) this.#giveUp();
    if (this.problems === undefined && this.#held.length >= this.#lookAtLength) this.#scan(false);
    return this.#take();
  }

  /** What was written so far and has not left. */
  get held(): string {
    return this.#held;
  }

  /**
   * Nothing more comes.
   *
   * @param isWhole The model has ended by itself, so that it has forgotten what is missing of a call.
   */
  end(isWhole: boolean): readonly Piece[] {
    if (this.problems !== undefined && isWhole && this.#mayAskAgain()) return [];
    if (this.problems !== undefined) this.#giveUp();
    this.#scan(false);
    while (this.problems === undefined && this.#form !== undefined) {
      this.#settle(isWhole ? this.#form.lookAtEnd(this.#held.slice(this.#at)) : "other");
      this.#scan(false);
    }
    this.#scan(true);
    if (this.problems !== undefined) return this.#take();
    this.#makeSure([]);
    if (!this.#hasCalls || !this.#isBlank) this.#letGo(this.#held.length);
    return this.#take();
  }

  /** The model is not asked again. */
  #giveUp(): void {
    this.problems = undefined;
    this.#hasGivenUp = true;
  }

  #take(): readonly Piece[] {
    const pieces = this.#pieces;
    if (pieces.length > 0) this.#pieces = [];
    return pieces;
  }

  #scan(isEnd: boolean): void {
    while (this.problems === undefined) {
      if (this.#form !== undefined) {
        const candidate = this.#held.slice(this.#at);
        const isLong = candidate.length > MAX_CALL_CHARACTERS;
        const state = isLong ? "other" : this.#form.look(candidate);
        if (state === "undecided" && !isEnd) return this.#lookLater();
        this.#settle(state === "undecided" ? "other" : state);
      } else if (!this.#findForm(isEnd)) {
        return;
      }
    }
  }

  #lookLater(): void {
    const { length } = this.#held;
    const isLong = length > OFTEN_LOOKED_AT_CHARACTERS;
    this.#lookAtLength = isLong ? Math.ceil(length * GROWTH) : 0;
  }

  /** Goes on to where a call may begin; `false` where there is nothing more to look at. */
  #findForm(isEnd: boolean): boolean {
    this.#lookAtLength = 0;
    while (this.#at < this.#held.length) {
      const rest = this.#held.slice(this.#at);
      if (this.#hasCalls && this.#isBlank) {
        const between = BETWEEN.exec(rest)?.[0];
        if (between !== undefined) {
          this.#at += between.length;
          this.#isLineStart = true;
          continue;
        }
        if (!isEnd && BEGUN_BETWEEN.test(rest)) break;
      }
      const form = this.#mayBegin(rest) ? formOf(rest, !this.#hasWords, this.#declared) : "other";
      if (form === "undecided" && !isEnd) break;
      if (typeof form === "object") {
        this.#form = form;
        this.#letGoPlain();
        return true;
      }
      if (!this.#passOver(rest, isEnd)) break;
    }
    this.#letGoPlain();
    return false;
  }

  #mayBegin(rest: string): boolean {
    const first = rest[0];
    if (this.#isInFence || this.#wasted > MAX_WASTED_CHARACTERS) return false;
    if (first === "<") return this.#lastCharacter !== "`";
    if (first === "`") return this.#isLineStart && !this.#hasWords;
    return (first === "{" || first === "[") && this.#isLineStart;
  }

  /** Takes what stands next for text; `false` where more must be seen of it. */
  #passOver(rest: string, isEnd: boolean): boolean {
    const isFence = this.#isLineStart && rest.startsWith("`");
    if (isFence && !isEnd && /^`{1,2}$/.test(rest)) return false;
    const isWholeFence = isFence && rest.startsWith("```");
    if (isWholeFence) this.#isInFence = !this.#isInFence;
    this.#notePlain(isWholeFence ? "```" : RUN.exec(rest)?.[0] ?? rest.slice(0, 1));
    return true;
  }

  #notePlain(text: string): void {
    const isWhite = text.trim() === "";
    const isBetween = this.#unsure.length > 0 && /^[\s;,]*$/.test(text);
    if (!isWhite && !isBetween) {
      // What stands before the first word behind a call belongs to neither.
      if (this.#hasCalls && this.#isBlank && this.#unsure.length === 0) this.#drop(this.#at);
      this.#unsure = [];
      this.#isBlank = false;
      this.#hasWords = true;
    }
    this.#isLineStart = isBetween || text === "\n" || (this.#isLineStart && isWhite);
    this.#lastCharacter = text.at(-1) ?? "";
    this.#at += text.length;
  }

  /** What a form turned out to be. */
  #settle(state: DecidedState): void {
    const form = this.#form;
    const mayFail = !this.#hasWords && !this.#hasCalls && this.#unsure.length === 0 &&
      !this.#hasGivenUp && this.#mayAskAgain();
    if (state === "unknown" && mayFail) {
      this.problems = ["There is no tool of that name"];
      return;
    }
    if (typeof state === "object") {
      if (state.problems.length > 0 && mayFail) {
        this.problems = state.problems;
        return;
      }
      const isTaken = state.calls.length > 0 &&
        (state.problems.length === 0 || form?.isSure === true);
      if (isTaken) return this.#takeCalls(state, form?.isSure === true);
    }
    this.#form = undefined;
    const rest = this.#held.slice(this.#at);
    this.#wasted += rest.length;
    this.#passOver(rest, true);
  }

  #takeCalls({ calls, end }: ReadForm, isSure: boolean): void {
    this.#form = undefined;
    this.#at += end;
    this.#isLineStart = true;
    this.#lastCharacter = "";
    if (!isSure) {
      this.#unsure = [...this.#unsure, ...calls];
      return;
    }
    this.#makeSure(calls);
  }

  /** What is held up to here is calls. */
  #makeSure(calls: readonly ToolCall[]): void {
    const sure = [...this.#unsure, ...calls];
    if (sure.length === 0) return;
    this.#unsure = [];
    this.#drop(this.#at);
    this.#pieces.push(...sure.map((call) => ({ type: "call", call }) as const));
    this.#hasCalls = true;
    this.#isBlank = true;
  }

  /** Text leaves, but for white that may stand before a call, and for calls that are not sure. */
  #letGoPlain(): void {
    if (this.#held.length > MAX_CALL_CHARACTERS && this.#form === undefined) {
      this.#unsure = [];
      this.#isBlank = false;
    }
    if (!this.#isBlank && this.#unsure.length === 0) this.#letGo(this.#at);
  }

  #letGo(end: number): void {
    const text = this.#held.slice(0, end);
    this.#drop(end);
    if (text === "") return;
    const last = this.#pieces.at(-1);
    if (last?.type === "text") this.#pieces[this.#pieces.length - 1] = joined(last.text, text);
    else this.#pieces.push({ type: "text", text });
  }

  #drop(end: number): void {
    this.#held = this.#held.slice(end);
    this.#at = Math.max(0, this.#at - end);
  }
}

function joined(text: string, more: string): Piece {
  return { type: "text", text: text + more };
}
