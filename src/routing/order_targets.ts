/** The order in which an alias's targets are tried. */

import type { Random } from "../core/clock.ts";
import type { AliasTarget } from "./options.ts";

/**
 * The names in order. Without any weight it is that of the list. With weights it is drawn anew for each
 * call: a target without a weight has 1, and one with 0 comes after all others.
 */
export function orderTargets(targets: readonly AliasTarget[], random: Random): readonly string[] {
  if (targets.every(({ weight }) => weight === undefined)) return targets.map(({ name }) => name);
  const left = [...targets];
  const order: string[] = [];
  while (left.length > 0) order.push(...left.splice(draw(left, random), 1).map(({ name }) => name));
  return order;
}

/** Index of one of the targets; the first where none has a weight above 0. */
function draw(targets: readonly AliasTarget[], random: Random): number {
  const weights = targets.map(({ weight = 1 }) => weight);
  let rest = random() * weights.reduce((sum, weight) => sum + weight, 0);
  const drawn = weights.findIndex((weight) => (rest -= weight) < 0);
  return Math.max(0, drawn);
}
