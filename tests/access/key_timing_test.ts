/**
 * Whether the time of a comparison tells how much of a key was guessed (statistics over 100,000
 * comparisons each). A comparison that does tell is tried too, so that the check is known to see it.
 */

import { assert } from "@std/assert";
import { keyListOptions } from "../../src/access/keys/api_keys.ts";
import { createFindKey } from "../../src/access/authenticate.ts";
import { digestKey, hashOf, isSameDigest } from "../../src/access/keys/key_form.ts";

const KEY_CHARACTERS = 1_024;
const GUESSES = 64;
const ROUNDS = 50;
const TIMES = 32; // 64 x 50 x 32 comparisons.
/** Chance gives more than this, for either sign, about once in a million. */
const TELLING = 0.6;

const secret = flat(
  Array.from({ length: KEY_CHARACTERS }, (_, index) => "abcdefghijklm"[index % 13]),
);

/** Guesses at a text, each with more of its beginning right than the one before. */
function guessesAt(text: string): readonly string[] {
  return Array.from({ length: GUESSES }, (_, index) => {
    const right = index * text.length / GUESSES;
    return flat([text.slice(0, right), "#".repeat(text.length - right)]);
  });
}

/** One piece of memory, whatever it is made of: a text of several pieces would take its own time. */
function flat(pieces: readonly (string | undefined)[]): string {
  return new TextDecoder().decode(new TextEncoder().encode(pieces.join("")));
}

type Compare = (guess: string) => unknown;

/** Median time of each guess; the guesses of a round are tried in an order of chance. */
function timesOf(guesses: readonly string[], compare: Compare): readonly number[] {
  const samples = guesses.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round++) {
    const order = guesses.map((_, index) => ({ index, rank: Math.random() }))
      .sort((left, right) => left.rank - right.rank);
    for (const { index } of order) {
      const guess = guesses[index] ?? "";
      const startMs = performance.now();
      for (let times = 0; times < TIMES; times++) compare(guess);
      samples[index]?.push(performance.now() - startMs);
    }
  }
  return samples.map((times) => times.sort((left, right) => left - right)[ROUNDS / 2] ?? 0);
}

/** Spearman's rank correlation of the values with their order. */
function rankCorrelation(values: readonly number[]): number {
  const ranks = values.map((value) =>
    values.reduce((rank, other) => rank + (other < value ? 1 : other === value ? 0.5 : 0), 0)
  );
  const mean = values.length / 2;
  let product = 0;
  let squares = 0;
  let rankSquares = 0;
  for (const [index, rank] of ranks.entries()) {
    const position = index + 0.5 - mean;
    product += position * (rank - mean);
    squares += position ** 2;
    rankSquares += (rank - mean) ** 2;
  }
  return rankSquares === 0 ? 0 : product / Math.sqrt(squares * rankSquares);
}

/** A machine that is busy with something else may look like a pattern, but not three times. */
function tells(text: string, compare: Compare): boolean {
  const guesses = guessesAt(text);
  for (let attempt = 0; attempt < 3; attempt++) {
    if (Math.abs(rankCorrelation(timesOf(guesses, compare))) < TELLING) return false;
  }
  return true;
}

Deno.test("the time of a wrong PROXY_API_KEY does not tell how much of it is right", () => {
  const findKey = createFindKey(secret, []);
  assert(findKey(secret)?.principal.name === "default");
  assert(!tells(secret, findKey));
});

Deno.test("the time of a wrong key does not tell how much of a named one is right", () => {
  const findKey = createFindKey(
    undefined,
    keyListOptions.parse([{ name: "ci", hash: hashOf(secret) }]),
  );
  assert(findKey(secret)?.principal.name === "ci");
  assert(!tells(secret, findKey));
});

Deno.test("the time of a comparison does not tell how much of a digest is right", () => {
  const digest = flat([digestKey(secret)]);
  assert(isSameDigest(digestKey(secret), digest));
  assert(!tells(digest, (guess) => isSameDigest(guess, digest)));
});

Deno.test("the check sees a comparison that ends at the first difference", () => {
  let found = 0;
  const compare = (guess: string): void => {
    let index = 0;
    while (index < secret.length && guess.charCodeAt(index) === secret.charCodeAt(index)) index++;
    if (index === secret.length) found++;
  };
  compare(secret);
  assert(found === 1);
  // Where a round is shortest it is still seen: as many characters as a digest has.
  assert(tells(secret.slice(0, 64), compare));
  assert(tells(secret, compare));
});
