/**
 * The messages of a request, written: turns of user and assistant by turns.
 *
 * @module
 */

import type { Message, Part } from "../../../core/chat.ts";
import { GatewayError } from "../../../core/gateway_error.ts";
import type { JsonObject } from "../../../core/text/json.ts";
import { NAME } from "../name.ts";
import { encodePart } from "./encode_block.ts";
import type { ConverseTraits } from "./model_traits.ts";

export interface Turn {
  readonly role: "user" | "assistant";
  readonly content: JsonObject[];
}

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
    else throw unknownRole(role, index);
  });
  return { system, turns };
}

/** Adds to the last turn where it is of the same role, because turns alternate. */
function add(turns: Turn[], role: Turn["role"], content: readonly JsonObject[]): void {
  if (content.length === 0) return;
  const last = turns.at(-1);
  if (last?.role !== role) {
    turns.push({ role, content: [...content] });
    return;
  }
  last.content.push(...content);
  if (role === "user") putResultsFirst(last.content);
}

/** Results must follow the calls at once. */
function putResultsFirst(content: JsonObject[]): void {
  const results = content.filter((block) => Object.hasOwn(block, "toolResult"));
  if (results.length === 0) return;
  const others = content.filter((block) => !Object.hasOwn(block, "toolResult"));
  content.splice(0, content.length, ...results, ...others);
}

/** What is no text stands as it is, and a mark stays where it was. */
function toReminder(part: Part): readonly Part[] {
  if (part.type !== "text") return [part];
  if (part.text.trim() === "") return [];
  return [{ ...part, text: `<system-reminder>\n${part.text}\n</system-reminder>` }];
}

function unknownRole(role: string, index: number): GatewayError {
  return new GatewayError(
    "invalid_request",
    `messages.${index}.role: "${role}" has no meaning here; it must be "system", "user", ` +
      `"assistant" or "tool"`,
    { param: `messages.${index}.role` },
  );
}
