/**
 * The turns of a conversation in formats whose turns alternate.
 *
 * @module
 */

import { GatewayError } from "../core/gateway_error.ts";
import type { JsonObject } from "../core/text/json.ts";

/** One turn while it grows. */
export interface Turn<Role extends string> {
  readonly role: Role;
  readonly content: JsonObject[];
}

/**
 * Adds to the last turn where it is of the same role, because turns alternate. Results must follow the calls at
 * once, so they come first in the user's turn.
 */
export function addToTurns<Role extends string>(
  turns: Turn<Role>[],
  role: Role,
  content: readonly JsonObject[],
  isResult: (block: JsonObject) => boolean,
): void {
  if (content.length === 0) return;
  const last = turns.at(-1);
  if (last?.role !== role) {
    turns.push({ role, content: [...content] });
    return;
  }
  last.content.push(...content);
  if (role !== "user") return;
  const results = last.content.filter(isResult);
  if (results.length === 0) return;
  const others = last.content.filter((block) => !isResult(block));
  last.content.splice(0, last.content.length, ...results, ...others);
}

/** What the system says within a conversation, in the form in which agents send it themselves. */
export function reminderOf(text: string): string {
  return `<system-reminder>\n${text}\n</system-reminder>`;
}

/** @param place Of the message, such as `messages.3`. */
export function unknownRole(role: string, place: string): GatewayError {
  return new GatewayError(
    "invalid_request",
    `${place}.role: "${role}" has no meaning here; it must be "system", "user", "assistant" or "tool"`,
    { param: `${place}.role` },
  );
}
