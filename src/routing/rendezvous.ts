/**
 * Weighted rendezvous hashing: each conversation ranks all targets for itself, and whoever knows the conversation
 * and the targets knows its ranks. A target that is taken out moves its own conversations alone, and those by
 * weight.
 *
 * @see {@link https://en.wikipedia.org/wiki/Rendezvous_hashing#Weighted_rendezvous_hash}
 * @module
 */

import { distanceOf, type Session } from "../core/chat/session.ts";
import type { AliasTarget } from "./options.ts";

/** The targets, the first choice of the conversation first; those of weight 0 last, in their order. */
export function rankTargets(
  targets: readonly AliasTarget[],
  session: Session,
): readonly AliasTarget[] {
  return targets
    .map((target) => {
      const { name, weight = 1 } = target;
      return { target, distance: distanceOf(name, weight, session) };
    })
    // Infinity is no less than itself.
    .sort((left, right) => left.distance < right.distance ? -1 : 1)
    .map(({ target }) => target);
}
