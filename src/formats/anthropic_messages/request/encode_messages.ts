/**
 * The messages of a request, written: turns of user and assistant by turns.
 *
 * @module
 */

import type { Message, Part } from "../../../core/chat/chat.ts";
import type { JsonObject } from "../../../core/text/json.ts";
import { addToTurns, reminderOf, type Turn as AnyTurn, unknownRole } from "../../turns.ts";
import { encodePart } from "./encode_block.ts";
import type { ModelTraits } from "./model_traits.ts";
import { NAME } from "../name.ts";

export type Turn = AnyTurn<"user" | "assistant" | "system">;

/** The system prompt and the turns of a conversation. */
export interface EncodedMessages {
  readonly system: readonly JsonObject[];
  readonly turns: readonly Turn[];
}

/**
 * Writes the messages.
 *
 * What system messages say before anybody else is the system prompt. Later ones stay where they are, because
 * what stands before them is cached: in a role of their own where the model takes it, else as a reminder to
 * the user's turn, the form in which agents send it themselves.
 */
export function encodeMessages(
  messages: readonly Message[],
  traits: ModelTraits,
  warnings: Set<string>,
): EncodedMessages {
  const firstOther = messages.findIndex(({ role }) => role !== "system");
  const leading = firstOther === -1 ? messages.length : firstOther;
  const system: JsonObject[] = [];
  const turns: Turn[] = [];
  messages.forEach((message, index) => {
    const { role, parts, name } = message;
    if (name !== undefined) {
      warnings.add(`"name" of a message is left out: ${NAME} has no word for it`);
    }
    const content = parts.flatMap((part) => encodePart(part, `messages.${index}`, warnings));
    if (index < leading) system.push(...content);
    else if (role === "system" && traits.takesLaterSystem) add(turns, "system", content);
    else if (role === "system") add(turns, "user", parts.flatMap((part) => toReminder(part)));
    else if (role === "user" || role === "assistant") add(turns, role, content);
    else if (role === "tool") addResults(turns, content);
    else throw unknownRole(role, `messages.${index}`);
  });
  return { system, turns };
}

function add(turns: Turn[], role: Turn["role"], content: readonly JsonObject[]): void {
  addToTurns(turns, role, content, ({ type }) => type === "tool_result");
}

/** Results must follow the calls at once, so that what the system says between the two comes after them. */
function addResults(turns: Turn[], results: readonly JsonObject[]): void {
  const after = turns.at(-1)?.role === "system" ? turns.pop() : undefined;
  add(turns, "user", results);
  if (after !== undefined) turns.push(after);
}

function toReminder(part: Part): readonly JsonObject[] {
  if (part.type !== "text" || part.text.trim() === "") return [];
  return [{ type: "text", text: reminderOf(part.text) }];
}
