/**
 * Writes a text that a regular expression matches, the shortest as a rule.
 *
 * The expression is never run: one of a stranger's could take for ever.
 *
 * @module
 */

/** From one code to another, both included. */
type CodeRange = readonly [from: number, to: number];

const DIGITS: CodeRange = [0x30, 0x39];
const LOWER_CASE: CodeRange = [0x61, 0x7a];
const UPPER_CASE: CodeRange = [0x41, 0x5a];
const PRINTABLE: CodeRange = [0x20, 0x7e];
const WORD: readonly CodeRange[] = [LOWER_CASE, UPPER_CASE, DIGITS, [0x5f, 0x5f]];
const SPACE: readonly CodeRange[] = [[0x20, 0x20], [0x09, 0x0d]];
const CLASSES: Readonly<Record<string, readonly CodeRange[]>> = {
  d: [DIGITS],
  D: complementOf([DIGITS]),
  w: WORD,
  W: complementOf(WORD),
  s: SPACE,
  S: complementOf(SPACE),
};
const CONTROLS: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13, 0: 0 };
/** Of properties of characters, those that letters of ASCII have. */
const LETTERS = new Set(["L", "Letter", "Ll", "Lowercase_Letter", "Alphabetic", "ASCII", "Any"]);

const MAX_NESTING = 50;

/** The expression is none, or has something that is not written here, such as a look-ahead. */
export class UnsupportedPattern extends Error {
  override readonly name = "UnsupportedPattern";
}

/**
 * Throws `UnsupportedPattern`.
 *
 * @param extra Repetitions beyond the fewest, where there may be more.
 * @param maxCharacters What is longer is cut.
 */
export function patternText(pattern: string, extra: number, maxCharacters: number): string {
  const reader = new PatternReader(pattern, extra, maxCharacters);
  return reader.readAll();
}

class PatternReader {
  readonly #pattern: string;
  readonly #extra: number;
  readonly #maxCharacters: number;
  #at = 0;
  #nesting = 0;

  constructor(pattern: string, extra: number, maxCharacters: number) {
    this.#pattern = pattern;
    this.#extra = extra;
    this.#maxCharacters = maxCharacters;
  }

  readAll(): string {
    const text = this.#readAlternatives();
    if (this.#at < this.#pattern.length) throw this.#unsupported();
    return text;
  }

  /** Up to the end or a closing parenthesis; the first alternative counts. */
  #readAlternatives(): string {
    if (++this.#nesting > MAX_NESTING) throw this.#unsupported();
    const first = this.#readSequence();
    while (this.#takes("|")) this.#readSequence();
    this.#nesting--;
    return first;
  }

  #readSequence(): string {
    let text = "";
    while (this.#at < this.#pattern.length && !"|)".includes(this.#pattern[this.#at]!)) {
      const atom = this.#readAtom();
      const [min, max] = this.#readQuantifier();
      const times = Math.min(max, min + this.#extra);
      const room = Math.max(0, this.#maxCharacters - text.length);
      text += atom.repeat(Math.min(times, atom === "" ? 0 : Math.ceil(room / atom.length)));
    }
    return text.slice(0, this.#maxCharacters);
  }

  #readAtom(): string {
    const character = String.fromCodePoint(this.#pattern.codePointAt(this.#at)!);
    this.#at += character.length;
    switch (character) {
      case "^":
      case "$":
        return "";
      case ".":
        return "a";
      case "(":
        return this.#readGroup();
      case "[":
        return this.#readClass();
      case "\\":
        return this.#readEscape();
      case "*":
      case "+":
      case "?":
        throw this.#unsupported();
      default:
        return character;
    }
  }

  #readGroup(): string {
    if (this.#takes("?")) {
      const opening = /^(?::|<[A-Za-z_$][\w$]*>)/.exec(
        this.#pattern.slice(this.#at, this.#at + 200),
      );
      if (opening === null) throw this.#unsupported();
      this.#at += opening[0].length;
    }
    const text = this.#readAlternatives();
    if (!this.#takes(")")) throw this.#unsupported();
    return text;
  }

  #readEscape(): string {
    if (this.#takes("b") || this.#takes("B")) return "";
    return textIn(this.#readEscapedRanges());
  }

  /** What stands behind a backslash, in a class or outside. */
  #readEscapedRanges(): readonly CodeRange[] {
    const letter = this.#pattern[this.#at++];
    if (letter === undefined || /[1-9kPcB]/.test(letter)) throw this.#unsupported();
    const named = CLASSES[letter];
    if (named !== undefined) return named;
    if (letter === "p") {
      const name = /^\{([\w=]{1,50})\}/.exec(this.#pattern.slice(this.#at, this.#at + 52));
      if (name === null || !LETTERS.has(name[1]!)) {
        if (name?.[1] === "Lu") return [this.#skip(name[0], UPPER_CASE)];
        if (name?.[1] === "N" || name?.[1] === "Nd") return [this.#skip(name[0], DIGITS)];
        throw this.#unsupported();
      }
      return [this.#skip(name[0], LOWER_CASE)];
    }
    if (letter === "x" || letter === "u") {
      const digits = /^(?:\{([0-9a-f]{1,6})\}|([0-9a-f]{4})|([0-9a-f]{2}))/i
        .exec(this.#pattern.slice(this.#at, this.#at + (letter === "x" ? 2 : 8)));
      if (digits === null) throw this.#unsupported();
      const code = Number.parseInt(digits[1] ?? digits[2] ?? digits[3]!, 16);
      if (code > 0x10ffff) throw this.#unsupported();
      return [this.#skip(digits[0], [code, code])];
    }
    const code = CONTROLS[letter] ?? letter.charCodeAt(0);
    return [[code, code]];
  }

  #skip(text: string, range: CodeRange): CodeRange {
    this.#at += text.length;
    return range;
  }

  #readClass(): string {
    const isNegated = this.#takes("^");
    const ranges: CodeRange[] = [];
    while (!this.#takes("]")) {
      const from = this.#readClassMember();
      const isRange = this.#pattern[this.#at] === "-" && this.#pattern[this.#at + 1] !== "]";
      if (!isRange) {
        ranges.push(...from);
        continue;
      }
      this.#at++;
      const to = this.#readClassMember();
      const range: CodeRange = [from[0]![0], to[0]![1]];
      if (from.length > 1 || to.length > 1 || range[0] > range[1]) throw this.#unsupported();
      ranges.push(range);
    }
    const allowed = isNegated ? complementOf(ranges) : ranges;
    if (allowed.length === 0) throw this.#unsupported();
    return textIn(allowed);
  }

  #readClassMember(): readonly CodeRange[] {
    const code = this.#pattern.codePointAt(this.#at);
    if (code === undefined) throw this.#unsupported();
    this.#at += String.fromCodePoint(code).length;
    if (code !== 0x5c) return [[code, code]];
    if (this.#takes("b")) return [[8, 8]];
    return this.#readEscapedRanges();
  }

  /** How often the atom before may stand. */
  #readQuantifier(): readonly [min: number, max: number] {
    const found = /^(?:([*+?])|\{(\d{1,9})(,(\d{0,9}))?\})\??/
      .exec(this.#pattern.slice(this.#at, this.#at + 24));
    if (found === null) return [1, 1];
    const [text, sign, min, comma, max] = found;
    this.#at += text.length;
    if (sign === "?") return [0, 1];
    if (sign !== undefined) return [sign === "+" ? 1 : 0, Infinity];
    return [Number(min), comma === undefined ? Number(min) : max === "" ? Infinity : Number(max)];
  }

  #takes(character: string): boolean {
    if (this.#pattern[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #unsupported(): UnsupportedPattern {
    return new UnsupportedPattern(`Not understood at character ${this.#at}`);
  }
}

/** Of printable characters, letters first. */
function complementOf(ranges: readonly CodeRange[]): CodeRange[] {
  const isIn = (code: number): boolean => ranges.some(([from, to]) => code >= from && code <= to);
  const codes: CodeRange[] = [];
  for (const [from, to] of [LOWER_CASE, DIGITS, UPPER_CASE, PRINTABLE]) {
    for (let code = from; code <= to; code++) if (!isIn(code)) codes.push([code, code]);
  }
  return codes;
}

function textIn(ranges: readonly CodeRange[]): string {
  return String.fromCodePoint(ranges[0]![0]);
}
