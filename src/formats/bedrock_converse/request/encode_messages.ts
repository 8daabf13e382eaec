/**
 * The messages of a request, written: turns of user and assistant by turns.
 *
 * @module
 */

import type { Message, Part } from "../../../core/chat/chat.ts";
import type { JsonObject } from "../../../core/text/json.ts";
import { NAME } from "../name.ts";
import { addToTurns, reminderOf, type Turn as AnyTurn, unknownRole } from "../../turns.ts";
import { encodePart } from "./encode_block.ts";
import type { ConverseTraits } from "./model_traits.ts";

export type Turn = AnyTurn<"user" | "assistant">;

export interface EncodedMessages {
  readonly system: readonly JsonObject[];
  readonly turns: readonly Turn[];
}

/**
 * Writes the messages. What system messages say before anybody else is the system prompt; later ones become
 * reminders to the user's turn, because there is no such role within a conversation.
 */
export function encodeMessages(
  messages: readonly Message[],
  { hasCachePoints }: ConverseTraits,
  warnings: Set<string>,
): EncodedMessages {
  const firstOther = messages.findIndex(({ role }) => role !== "system");
  const leading = firstOther === -1 ? messages.length : firstOther;
  const system: JsonObject[] = [];
  const turns: Turn[] = [];
  messages.forEach(({ role, parts, name }, index) => {
    if (name !== undefined) {
      warnings.add(`"name" of a message is left out: ${NAME} has no word for it`);
    }
    const encode = (given: readonly Part[]): JsonObject[] =>
      given.flatMap((part, at) => {
        const place = at === 0 ? `messages.${index}` : `messages.${index}.${at}`;
        return encodePart(part, { place, hasCachePoints, warnings });
      });
    if (index < leading) system.push(...encode(parts));
    else if (role === "system") add(turns, "user", encode(parts.flatMap(toReminder)));
    else if (role === "user" || role === "assistant") add(turns, role, encode(parts));
    else if (role === "tool") add(turns, "user", encode(parts));
    else throw unknownRole(role, `messages.${index}`);
  });
  return { system, turns };
}

function add(turns: Turn[], role: Turn["role"], content: readonly JsonObject[]): void {
  addToTurns(turns, role, content, (block) => Object.hasOwn(block, "toolResult"));
}

/** What is no text stands as it is, and a mark stays where it was. */
function toReminder(part: Part): readonly Part[] {
  if (part.type !== "text") return [part];
  if (part.text.trim() === "") return [];
  return [{ ...part, text: reminderOf(part.text) }];
}
