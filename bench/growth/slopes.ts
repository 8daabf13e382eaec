/**
 * How fast a cost grows with a size: the exponent `e` of `size ** e`, 0 where it does not grow and 1
 * where it grows as the size does.
 *
 * A cost of a fixed part and a linear one has exponents that rise from 0 towards 1 and never pass it,
 * so each step is judged by itself and the steepest decides.
 *
 * @module
 */

import { type Quartiles, quartilesOf } from "../quartiles.ts";

/** What a cost is expected to do at the most. */
export type Growth = "flat" | "below linear" | "linear";

/** Largest exponents that go by a name; a doubling over a thousandfold is 0.1. */
const MAX_EXPONENTS: Readonly<Record<Growth, number>> = {
  flat: 0.1,
  "below linear": 0.91,
  linear: 1.1,
};

/** The costs at one size, one of each round. */
export interface Costs {
  readonly size: number;
  readonly costs: readonly number[];
}

/** The exponent from one size to the next, of each round by itself. */
export function exponentOf(from: Costs, to: Costs): Quartiles {
  const sizes = Math.log(to.size / from.size);
  const exponents = to.costs.map((cost, round) =>
    Math.log(cost / (from.costs[round] ?? NaN)) / sizes
  );
  return quartilesOf(exponents);
}

export interface Slope {
  /** From each size to the next. */
  readonly steps: readonly Quartiles[];
  /** From the first size to the last. */
  readonly whole: Quartiles;
  /** In words, by the steepest step that three rounds in four have. */
  readonly growth: "falls" | Growth | "above linear";
  /** Whether it grows no faster than expected. */
  readonly isExpected: boolean;
}

export function slopeOf(points: readonly Costs[], expected: Growth): Slope {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined || first === last) {
    throw new Error("A slope needs two sizes");
  }
  const steps = points.slice(1).map((to, index) => exponentOf(points[index] ?? first, to));
  const whole = exponentOf(first, last);
  const steepest = Math.max(...steps.map(({ lower }) => lower));
  return {
    steps,
    whole,
    growth: nameOf(steepest, whole.median),
    isExpected: steepest <= MAX_EXPONENTS[expected],
  };
}

function nameOf(steepest: number, whole: number): Slope["growth"] {
  if (steepest > MAX_EXPONENTS.linear) return "above linear";
  if (steepest > MAX_EXPONENTS["below linear"]) return "linear";
  if (steepest > MAX_EXPONENTS.flat) return "below linear";
  return whole < -MAX_EXPONENTS.flat ? "falls" : "flat";
}
