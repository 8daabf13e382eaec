/** Tells from its first characters whether a JSON text may be the call of a tool that is declared. */

import type { DeclaredTools } from "./declared_tools.ts";

/** `unknown`: it has the form of a call, and the name of no tool. */
export type CallHead = "call" | "unknown" | "other" | "undecided";

/** Keys that may come first, and with what their values begin. */
const FIRST_KEYS: Readonly<Record<string, string>> = {
  name: `"'`,
  tool: `"'`,
  tool_name: `"'`,
  function_name: `"'`,
  function: `"'{`,
  type: `"'`,
  id: `"'`,
  tool_calls: "[",
  arguments: `{"`,
  parameters: "{",
};
/** Blanks without end are no beginning. */
export const MAX_HEAD_CHARACTERS = 1_024;
const NAMES = ["name", "tool", "tool_name", "function_name", "function"];

const WHOLE = /^(?:\[\s*)?\{\s*["']?(\w+)["']?\s*:\s*(["'{[])([^"'\\]*)(["'\\])?/;
const BEGUN = /^(?:\[\s*)?(?:\{\s*(?:["']?(\w*)(["']?\s*(?::\s*)?)?)?)?$/;

/** @param text Begins with a bracket. */
export function callHead(text: string, declared: DeclaredTools): CallHead {
  const head = headOf(text.slice(0, MAX_HEAD_CHARACTERS), declared);
  return head === "undecided" && text.length > MAX_HEAD_CHARACTERS ? "other" : head;
}

function headOf(text: string, declared: DeclaredTools): CallHead {
  const whole = WHOLE.exec(text);
  if (whole === null) return mayBegin(text) ? "undecided" : "other";
  const [, key = "", opener = "", value = "", closer] = whole;
  const openers = Object.hasOwn(FIRST_KEYS, key) ? FIRST_KEYS[key] : undefined;
  if (openers === undefined || !openers.includes(opener)) return "other";
  const isText = opener === '"' || opener === "'";
  if (isText && NAMES.includes(key)) {
    if (closer === undefined) return declared.couldBegin(value) ? "undecided" : "unknown";
    return declared.find(value) === undefined ? "unknown" : "call";
  }
  if (key !== "type") return "call";
  if (closer === undefined) return "function".startsWith(value) ? "undecided" : "other";
  return value === "function" ? "call" : "other";
}

function mayBegin(text: string): boolean {
  const begun = BEGUN.exec(text);
  if (begun === null) return false;
  const [, key = "", after = ""] = begun;
  return after === ""
    ? Object.keys(FIRST_KEYS).some((first) => first.startsWith(key))
    : Object.hasOwn(FIRST_KEYS, key);
}
