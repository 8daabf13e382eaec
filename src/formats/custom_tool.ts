/**
 * Tools whose input is a text, for formats and providers that know functions alone.
 *
 * Such a tool becomes a function with one field, which holds the text.
 *
 * @module
 */

import type { Tool } from "../core/chat/chat.ts";
import { parseJsonObject } from "../core/text/json.ts";

/** The arguments of such a function. */
export const TEXT_INPUT = {
  type: "object",
  properties: { input: { type: "string" } },
  required: ["input"],
} as const;

/** What the tool is told to be for, with the grammar that nobody enforces then. */
export function describeCustomTool(
  { description, grammar }: Pick<Tool, "description" | "grammar">,
): string | undefined {
  if (grammar === undefined) return description;
  const { syntax, definition } = grammar;
  const rule = `The field "input" must follow this grammar (${syntax}):\n${definition}`;
  return description === undefined || description === "" ? rule : `${description}\n\n${rule}`;
}

/** A text as the arguments of the function. */
export function wrapInput(text: string): string {
  return JSON.stringify({ input: text });
}

/** The text in the arguments of the function; what a model wrote that is not of that form is the text. */
export function unwrapInput(input: string): string {
  const { input: text } = parseJsonObject(input) ?? {};
  return typeof text === "string" ? text : input;
}
