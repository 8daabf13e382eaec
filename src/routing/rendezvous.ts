/**
 * Weighted rendezvous hashing: each conversation ranks all targets for itself, and whoever knows the conversation
 * and the targets knows its ranks. A target that is taken out moves its own conversations alone, and those by
 * weight.
 *
 * @see {@link https://en.wikipedia.org/wiki/Rendezvous_hashing#Weighted_rendezvous_hash}
 * @module
 */

import type { AliasTarget } from "./options.ts";
import { hashOf, mix, type Session } from "./session.ts";

const TWO_TO_32 = 4_294_967_296;

/** The targets, the first choice of the conversation first; those of weight 0 last, in their order. */
export function rankTargets(
  targets: readonly AliasTarget[],
  session: Session,
): readonly AliasTarget[] {
  return targets
    .map((target) => {
      const { name, weight = 1 } = target;
      return { target, distance: distanceOf(name, session) / weight };
    })
    // Infinity is no less than itself.
    .sort((left, right) => left.distance < right.distance ? -1 : 1)
    .map(({ target }) => target);
}

/**
 * Exponentially distributed: the least of such numbers, each divided by a weight, is each one's in
 * proportion to that weight.
 */
function distanceOf(name: string, { low, high }: Session): number {
  const target = hashOf(name);
  const mixed = mix(mix(low ^ target.low) ^ high ^ target.high) >>> 0;
  return -Math.log((mixed + 0.5) / TWO_TO_32);
}
