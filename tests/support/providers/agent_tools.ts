/** The tools that coding agents bring along, and a harmless call of each. */

import type { JsonObject } from "../../../src/core/text/json.ts";

/** What a command prints that a model asked for; the shell computes it, so that no echo of the call passes. */
export const COMMAND_OUTPUT = "weir-1764";
const COMMAND = "echo weir-$((42 * 42))";

/** Codex's tool for changes of files, and a patch in its words. */
export const PATCH_TOOL = "apply_patch";
export const PATCHED_FILE = "weir.txt";
export const PATCHED_TEXT = "1764\n";
export const PATCH = `*** Begin Patch\n*** Add File: ${PATCHED_FILE}\n+1764\n*** End Patch\n`;

/** Inputs by name: Claude Code, Codex in two versions, gemini-cli. */
const INPUTS: Readonly<Record<string, JsonObject>> = {
  Bash: { command: COMMAND, description: "Prints a number" },
  exec_command: { cmd: COMMAND },
  shell: { command: ["sh", "-c", COMMAND] },
  // It takes no substitutions.
  run_shell_command: { command: "printf 'weir-%d\\n' 0x6e4", description: "Prints a number" },
};

export interface ToolCall {
  readonly name: string;
  readonly input: JsonObject;
}

/** A call of Codex's tool for changes where that arrived, a custom tool as others are told of it. */
export function patchOf(tools: readonly { readonly name: string }[]): ToolCall | undefined {
  const hasTool = tools.some(({ name }) => name === PATCH_TOOL);
  return hasTool ? { name: PATCH_TOOL, input: { input: PATCH } } : undefined;
}

/** Of the tools that arrived, the agent's own, or else the first, with a text for each property. */
export function callOf(
  tools: readonly { readonly name: string; readonly schema: JsonObject }[],
): ToolCall | undefined {
  const own = tools.find(({ name }) => Object.hasOwn(INPUTS, name)) ?? tools[0];
  if (own === undefined) return undefined;
  const { name, schema } = own;
  const properties = Object.keys(schema.properties ?? {});
  return {
    name,
    input: INPUTS[name] ?? Object.fromEntries(properties.map((property) => [property, "Zürich"])),
  };
}
