/** Finds the tags of a prompt. */

import { GatewayError } from "../core/gateway_error.ts";
import type { Writable } from "../core/writable.ts";
import { type RefusalName, REFUSALS } from "./errors.ts";
import {
  FLAG_TAGS,
  type FlagTagName,
  MAX_TAG_CHARACTERS,
  MAX_TOOL_CALLS,
  NUMBER_TAGS,
  type NumberTagName,
} from "./tags.ts";

/** A tool call that a tag asks for. */
export interface TaggedCall {
  readonly name: string;
  /** The arguments' JSON text, as the prompt has it. */
  readonly input: string;
}

/** What the tags of one prompt ask for; absent where none does. */
export type Switches =
  & { readonly [name in NumberTagName]?: number }
  & { readonly [name in FlagTagName]?: true }
  & {
    readonly refusal?: RefusalName;
    readonly reasoning?: string;
    readonly toolCalls?: readonly TaggedCall[];
  };

const NO_SWITCHES: Switches = {};

/**
 * Reads the tags of a prompt. What only looks like a tag is text; where a tag stands twice, its
 * first refusal and its last value count.
 *
 * Throws `GatewayError` `invalid_request` for a value out of bounds.
 */
export function readSwitches(prompt: string): Switches {
  if (!prompt.includes("[")) return NO_SWITCHES;
  const switches: Writable<Switches> = {};
  const toolCalls: TaggedCall[] = [];
  const opening = /\[([a-z0-9-]+)([=\]])/g;
  for (let match = opening.exec(prompt); match !== null; match = opening.exec(prompt)) {
    const [, name = "", mark] = match;
    if (mark === "]") {
      if (isKeyOf(REFUSALS, name)) switches.refusal ??= name;
      else if (isKeyOf(FLAG_TAGS, name)) switches[name] = true;
    } else if (name === "tool") {
      const { call, end } = readToolCall(prompt, opening.lastIndex);
      toolCalls.push(call);
      if (toolCalls.length > MAX_TOOL_CALLS) {
        throw badTag(`[tool=NAME {json}] may stand ${MAX_TOOL_CALLS} times in a prompt`);
      }
      opening.lastIndex = end;
    } else if (name === "reasoning" || isKeyOf(NUMBER_TAGS, name)) {
      const end = prompt.indexOf("]", opening.lastIndex);
      if (end === -1) break; // Nothing that follows can be closed either.
      const value = prompt.slice(opening.lastIndex, end);
      if (name === "reasoning") switches.reasoning = readReasoning(value);
      else switches[name] = readNumber(name, value);
      opening.lastIndex = end;
    }
  }
  if (toolCalls.length > 0) switches.toolCalls = toolCalls;
  return switches;
}

/** The same but for the calls: a tool that has answered must not be called for ever. */
export function withoutCalls({ toolCalls: _, ...rest }: Switches): Switches {
  return rest;
}

function readReasoning(value: string): string {
  if (value.length <= MAX_TAG_CHARACTERS) return value;
  throw badTag(`[reasoning=TEXT] takes up to ${MAX_TAG_CHARACTERS} characters`);
}

function readNumber(name: NumberTagName, value: string): number {
  const { form, min, max } = NUMBER_TAGS[name];
  const number = Number(value);
  if (/^\d{1,16}$/.test(value) && number >= min && number <= max) return number;
  throw badTag(`${form} takes a whole number from ${min} to ${max}`);
}

/** Reads `NAME {json}]` from `start`; `end` is where the tag ends. */
function readToolCall(prompt: string, start: number): { call: TaggedCall; end: number } {
  const text = prompt.slice(start, start + MAX_TAG_CHARACTERS);
  const name = /^[\w.-]{1,64}/.exec(text)?.[0];
  if (name !== undefined) {
    const inputStart = name.length + (/^\s*/.exec(text.slice(name.length))?.[0].length ?? 0);
    const inputEnd = text[inputStart] === "{" ? endOfObject(text, inputStart) : inputStart;
    const close = /^\s*\]/.exec(text.slice(inputEnd));
    const input = text.slice(inputStart, inputEnd) || "{}";
    if (close !== null && isJson(input)) {
      return { call: { name, input }, end: start + inputEnd + close[0].length };
    }
  }
  throw badTag(
    "[tool=NAME {json}] takes a tool's name and a JSON object, " +
      `up to ${MAX_TAG_CHARACTERS} characters in all`,
  );
}

/** Where the object that opens at `start` closes: braces are counted outside of strings. */
function endOfObject(text: string, start: number): number {
  // The closing quote is optional so that an endless string is passed over once, not per quote.
  const parts = /"(?:[^"\\]|\\.)*"?|[{}]/gs;
  parts.lastIndex = start;
  let depth = 0;
  for (let part = parts.exec(text); part !== null; part = parts.exec(text)) {
    if (part[0] === "{") depth += 1;
    else if (part[0] === "}") depth -= 1;
    if (depth === 0) return parts.lastIndex;
  }
  return text.length;
}

/** Own keys only: `[constructor]` is no tag. */
function isKeyOf<T extends object>(table: T, name: string): name is keyof T & string {
  return Object.hasOwn(table, name);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function badTag(message: string): GatewayError {
  return new GatewayError("invalid_request", message, { code: "invalid_tag" });
}
