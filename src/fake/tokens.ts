/** What the fake server takes for tokens: words, or pieces of long ones. */

/** Texts whose concatenation is the whole, and how many there are. */
export interface Tokens extends Iterable<string> {
  readonly count: number;
}

/** The answer to everything. */
export const HELLO_WORLD: Tokens = tokensOf(["hello", " world"]);

/** No text at all. */
export const NO_TOKENS: Tokens = tokensOf([]);

/** "hello world hello world …", made as it is read: a million tokens never exist at once. */
export function repeatHelloWorld(count: number): Tokens {
  return {
    count,
    *[Symbol.iterator]() {
      for (let index = 0; index < count; index++) {
        yield index === 0 ? "hello" : index % 2 === 0 ? " hello" : " world";
      }
    },
  };
}

/** Cuts a text before its spaces and inside its long words, never inside a character. */
export function splitWords(text: string): Tokens {
  return splitBy(text, /\s{0,8}\S{1,32}|\s{1,8}/gu);
}

/** Cuts a text into pieces of a few characters, as arguments of tools and other JSON arrive. */
export function splitFragments(text: string): Tokens {
  return splitBy(text, /.{1,6}/gsu);
}

/** The first of them, so many at most. */
export function firstTokens(tokens: Tokens, maxCount: number): Tokens {
  if (tokens.count <= maxCount) return tokens;
  return {
    count: maxCount,
    *[Symbol.iterator]() {
      let left = maxCount;
      for (const token of tokens) {
        if (left-- === 0) return;
        yield token;
      }
    },
  };
}

/** The whole text. */
export function joinTokens(tokens: Tokens): string {
  return Array.from(tokens).join("");
}

/** The tokens that a prompt of this many characters may have: about four characters each. */
export function estimateTokens(characters: number): number {
  return Math.max(1, Math.ceil(characters / 4));
}

function splitBy(text: string, piece: RegExp): Tokens {
  let count = 0;
  for (const _ of text.matchAll(piece)) count += 1;
  return {
    count,
    *[Symbol.iterator]() {
      for (const [found] of text.matchAll(piece)) yield found;
    },
  };
}

function tokensOf(texts: readonly string[]): Tokens {
  return { count: texts.length, [Symbol.iterator]: () => texts[Symbol.iterator]() };
}
