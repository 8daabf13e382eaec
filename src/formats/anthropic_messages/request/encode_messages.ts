/**
 * The messages of a request, written: turns of user and assistant by turns.
 *
 * @module
 */

import type { Message, Part } from "../../../core/chat.ts";
import { GatewayError } from "../../../core/gateway_error.ts";
import type { JsonObject } from "../../../core/text/json.ts";
import { encodePart } from "./encode_block.ts";
import type { ModelTraits } from "./model_traits.ts";
import { NAME } from "../name.ts";

/** One turn while it grows. */
export interface Turn {
  readonly role: "user" | "assistant" | "system";
  readonly content: JsonObject[];
}

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

/** Results must follow the calls at once, so that what the system says between the two comes after them. */
function addResults(turns: Turn[], results: readonly JsonObject[]): void {
  const after = turns.at(-1)?.role === "system" ? turns.pop() : undefined;
  add(turns, "user", results);
  if (after !== undefined) turns.push(after);
}

function putResultsFirst(content: JsonObject[]): void {
  const isResult = ({ type }: JsonObject): boolean => type === "tool_result";
  const results = content.filter(isResult);
  if (results.length === 0) return;
  const others = content.filter((block) => !isResult(block));
  content.splice(0, content.length, ...results, ...others);
}

function toReminder(part: Part): readonly JsonObject[] {
  if (part.type !== "text" || part.text.trim() === "") return [];
  return [{ type: "text", text: `<system-reminder>\n${part.text}\n</system-reminder>` }];
}

function unknownRole(role: string, index: number): GatewayError {
  return new GatewayError(
    "invalid_request",
    `messages.${index}.role: "${role}" has no meaning here; it must be "system", "user", ` +
      `"assistant" or "tool"`,
    { param: `messages.${index}.role` },
  );
}
