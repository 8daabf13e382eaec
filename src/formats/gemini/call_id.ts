/**
 * Ids of calls that Gemini gave none.
 *
 * @module
 */

const MADE = /^gcall_.+_\d+$/;

/** An id that is the same in every reading of the answer. */
export function makeCallId(answerId: string, index: number): string {
  return `gcall_${answerId}_${index}`;
}

/** Gemini knows nothing of such an id, so that it must not be told it. */
export function isMadeCallId(id: string): boolean {
  return MADE.test(id);
}
