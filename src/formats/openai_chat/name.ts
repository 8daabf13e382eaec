/** Name of the format, and the mark on everything that only it has a word for. */
export const NAME = "openai_chat";

/** Id of an answer whose provider names none, of the call's own. */
export function answerId(callId: string): string {
  return `chatcmpl-${callId}`;
}
