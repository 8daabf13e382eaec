/** What tool calls must have though their upstream gave them none: a name to go by, and arguments. */

/** Clients parse the arguments, and nothing at all is no JSON. */
export const NO_ARGUMENTS = "{}";

/** Makes a call's id out of the answer's, so that calls of two answers never share one. */
export function makeToolCallId(answerId: string, choice: number, index: number): string {
  return `call_${answerId}_${choice}_${index}`;
}
