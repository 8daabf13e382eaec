/**
 * Ids and inputs of tool calls.
 *
 * @module
 */

import { type JsonObject, parseJsonObject } from "../../core/text/json.ts";

/** Anthropic's API and those who check it take letters, digits, `_` and `-` alone. */
const FOREIGN_CHARACTER = /[^a-zA-Z0-9_-]/g;

/**
 * An id as the format allows it. What is not allowed is spelt by its number, so that the same id always
 * becomes the same, in a call and in its result, and two ids hardly ever do.
 */
export function allowedToolId(id: string): string {
  return id.replace(FOREIGN_CHARACTER, (character) => `_${character.charCodeAt(0).toString(16)}`);
}

/** An id for a call that its provider gave none, never the same in two answers. */
export function makeToolId(answerId: string, index: number): string {
  return allowedToolId(`toolu_${answerId}_${index}`);
}

/**
 * A call's input, which is an object here: none is an empty one. What a model wrote that is no JSON object
 * becomes the one field of an object, as it is with tools whose input is a text.
 */
export function inputObject(input: string, kind: "function" | "custom"): JsonObject {
  if (input.trim() === "") return {};
  if (kind === "custom") return { input };
  return parseJsonObject(input) ?? { input };
}
