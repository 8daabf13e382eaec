/** Finds what a misspelled name was meant to be. */

import { closest, distance } from "fastest-levenshtein";

/** Names are compared up to here. */
const MAX_NAME_CHARACTERS = 100;

/** The name that is likely meant; `undefined` where none is near. */
export function nearestName(name: string, names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const asked = comparable(name);
  const known = names.map(comparable);
  const nearest = known.find((candidate) => isSwapped(asked, candidate)) ?? closest(asked, known);
  // One mistake in three characters, but a short name may have one at least.
  const allowed = Math.max(1, Math.floor(nearest.length / 3));
  if (distance(asked, nearest) > allowed && !isSwapped(asked, nearest)) return undefined;
  return names[known.indexOf(nearest)];
}

/** Two letters that changed places count as two mistakes, and are the most usual one. */
function isSwapped(left: string, right: string): boolean {
  return left !== right && left.length === right.length && distance(left, right) === 2 &&
    [...left].sort().join() === [...right].sort().join();
}

/** Case, and how words are joined, are no mistakes: `api_key` is `apiKey`. */
function comparable(name: string): string {
  return name.slice(0, MAX_NAME_CHARACTERS).toLowerCase().replaceAll(/[-_]/g, "");
}
