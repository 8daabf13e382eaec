/** Names for tool calls that their upstream gave none. */

/** Makes a call's id out of the answer's, so that calls of two answers never share one. */
export function makeToolCallId(answerId: string, choice: number, index: number): string {
  return `call_${answerId}_${choice}_${index}`;
}
