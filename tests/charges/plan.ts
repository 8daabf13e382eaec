/** What is to happen in one call: it stands in its prompt, where its provider reads it. */

/**
 * `cut`: the stream breaks off; `failing`: the first request is refused, the next one answered; `late`: the first
 * request is answered after a while; `uncounted`: the answer has no usage.
 */
export type Mode = "well" | "cut" | "failing" | "late" | "uncounted";

export interface Plan {
  readonly call: string;
  readonly mode: Mode;
  readonly seed: number;
}

export function textOf({ call, mode, seed }: Plan): string {
  return `Count this: plan ${call} ${mode} ${seed} end`;
}

export function planIn(body: string): Plan | undefined {
  const [, call, mode, seed] = /plan (\S+) (\w+) (\d+) end/.exec(body) ?? [];
  if (call === undefined) return undefined;
  return { call, mode: mode as Mode, seed: Number(seed) }; // It was written by `textOf`.
}

/** Its stream is no burst, so that clients can leave in the middle. */
export function isPaced({ seed }: Plan): boolean {
  return seed % 6 === 0;
}

/** The same numbers for the same seed. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
