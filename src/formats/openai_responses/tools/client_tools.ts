/**
 * Tools that have a type of their own and that the client runs itself.
 *
 * Other formats know functions, so each is one of these there: what its call holds are the function's
 * arguments.
 *
 * @module
 */

import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";

export interface ClientTool {
  /** Its type, and the name of the function. */
  readonly type: string;
  /** How ids of its calls begin. */
  readonly idPrefix: string;
  readonly callType: string;
  readonly outputType: string;
  readonly description: string;
  readonly parameters: JsonObject;
  /** The arguments that an item stands for. */
  argumentsOf(item: JsonObject): JsonValue;
  /** What the item of a call holds beside its ids and its status. */
  membersOf(args: JsonObject): JsonObject;
}

const text = { type: "string" } as const;
const texts = { type: "array", items: text } as const;
const number = { type: "integer" } as const;

const TOOL_SEARCH: ClientTool = {
  type: "tool_search",
  idPrefix: "tsc",
  callType: "tool_search_call",
  outputType: "tool_search_output",
  description: "Finds further tools, which can be called once they were found.",
  parameters: { type: "object", properties: { query: text }, required: ["query"] },
  argumentsOf: (item) => item["arguments"] ?? {},
  membersOf: (args) => ({ execution: "client", arguments: args }),
};

const LOCAL_SHELL: ClientTool = {
  type: "local_shell",
  idPrefix: "lsh",
  callType: "local_shell_call",
  outputType: "local_shell_call_output",
  description: "Runs a command on the user's machine and returns what it prints.",
  parameters: {
    type: "object",
    properties: { command: texts, working_directory: text, timeout_ms: number },
    required: ["command"],
  },
  argumentsOf: ({ action }) => without(action, "type"),
  membersOf: (args) => ({
    action: { type: "exec", env: {}, ...args, command: listOf(args.command) },
  }),
};

const SHELL: ClientTool = {
  type: "shell",
  idPrefix: "sh",
  callType: "shell_call",
  outputType: "shell_call_output",
  description: "Runs commands in a shell on the user's machine and returns what they print.",
  parameters: {
    type: "object",
    properties: { commands: texts, timeout_ms: number, max_output_length: number },
    required: ["commands"],
  },
  argumentsOf: ({ action }) => action ?? {},
  membersOf: ({ commands, timeout_ms: timeoutMs = null, max_output_length: length = null }) => ({
    action: { commands: listOf(commands), timeout_ms: timeoutMs, max_output_length: length },
    environment: { type: "local" },
  }),
};

const APPLY_PATCH: ClientTool = {
  type: "apply_patch",
  idPrefix: "apc",
  callType: "apply_patch_call",
  outputType: "apply_patch_call_output",
  description: "Creates, updates or deletes one file; a diff is in the V4A format.",
  parameters: {
    type: "object",
    properties: {
      type: { type: "string", enum: ["create_file", "update_file", "delete_file"] },
      path: text,
      diff: text,
    },
    required: ["type", "path"],
  },
  argumentsOf: ({ operation }) => operation ?? {},
  membersOf: (args) => ({ operation: args }),
};

const CLIENT_TOOLS: readonly ClientTool[] = [TOOL_SEARCH, LOCAL_SHELL, SHELL, APPLY_PATCH];

/** The tool of a declaration; `undefined` for what the provider runs itself. */
export function clientToolOf(declared: JsonObject): ClientTool | undefined {
  const { type, execution } = declared;
  if (type === TOOL_SEARCH.type && execution !== "client" || runsElsewhere(declared)) {
    return undefined;
  }
  return CLIENT_TOOLS.find((tool) => tool.type === type);
}

/** The tool that an item calls; `undefined` where the item is no such call, or ran elsewhere. */
export function calledTool(item: JsonObject): ClientTool | undefined {
  if (item["execution"] === "server" || runsElsewhere(item)) return undefined;
  return CLIENT_TOOLS.find(({ callType }) => callType === item["type"]);
}

/** The tool whose result an item is. */
export function answeredTool(item: JsonObject): ClientTool | undefined {
  if (item["execution"] === "server") return undefined;
  return CLIENT_TOOLS.find(({ outputType }) => outputType === item["type"]);
}

/** A shell in a container of the provider's. */
function runsElsewhere({ environment }: JsonObject): boolean {
  return isJsonObject(environment) && environment["type"] !== "local";
}

function without(value: JsonValue | undefined, name: string): JsonObject {
  if (!isJsonObject(value)) return {};
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== name));
}

/** Models write a single command as a text. */
function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  if (Array.isArray(value)) return value;
  return value === undefined || value === null ? [] : [value];
}
