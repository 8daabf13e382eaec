/** Makes calls of what a model has written as one, in its own form. */

import type { Tool } from "../../core/chat/chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../core/text/json.ts";
import { checkArguments } from "./check_arguments.ts";
import type { DeclaredTools } from "./declared_tools.ts";
import { readLenientJson } from "./lenient_json.ts";

/** A call of a tool that is declared. */
export interface ToolCall {
  readonly tool: Tool;
  /** The arguments' JSON text, or a custom tool's input. */
  readonly input: string;
}

export interface ReadCalls {
  readonly calls: readonly ToolCall[];
  /** Why the model should be asked again, a sentence each for it. */
  readonly problems: readonly string[];
}

const NONE: ReadCalls = { calls: [], problems: [] };

const NAME_KEYS = ["name", "tool", "tool_name", "function_name", "function"];
const INPUT_KEYS = ["arguments", "parameters", "args", "params", "input", "tool_input", "kwargs"];
/** What may stand beside these; with anything else it is the description of a tool, or other data. */
const OTHER_KEYS = ["type", "id", "index"];
const MAX_CALLS = 128;

/** What a tool whose input is a text is called with. */
export const TEXT_PARAMETERS: JsonObject = {
  type: "object",
  properties: { input: { type: "string" } },
  required: ["input"],
};

/**
 * The calls in a text that holds nothing but them, one behind the other or in a list.
 *
 * No calls and no problems: it is something else.
 */
export function readCalls(text: string, declared: DeclaredTools): ReadCalls {
  const values: JsonValue[] = [];
  for (let at = 0; /\S/.test(text.slice(at));) {
    const read = readLenientJson(text, at);
    if (read === undefined) {
      return values.length > 0 ? NONE : { calls: [], problems: ["It is not valid JSON"] };
    }
    values.push(read.value);
    // A bracket too many is a slip of many models.
    const between = /[\s;,}\]]*/y;
    between.lastIndex = read.end;
    between.test(text);
    at = between.lastIndex;
  }
  const objects = values.flatMap(unpack);
  if (objects.length === 0 || objects.length > MAX_CALLS) return NONE;
  const read = objects.map((object) => readCall(object, declared));
  if (read.some((one) => one === undefined)) return NONE;
  return {
    calls: read.flatMap((one) => one?.calls ?? []),
    problems: read.flatMap((one) => one?.problems ?? []),
  };
}

/** The call of a function whose name stands outside of its arguments. */
export function readNamedCall(name: string, text: string, declared: DeclaredTools): ReadCalls {
  const read = readLenientJson(text);
  if (read === undefined) return { calls: [], problems: ["The arguments are not valid JSON"] };
  return makeCall(name, read.value, declared) ?? NONE;
}

/** Lists, OpenAI's `{"tool_calls":[...]}` and `{"type":"function","function":{...}}`. */
function unpack(value: JsonValue): readonly JsonValue[] {
  if (Array.isArray(value)) return value.flatMap(unpack);
  if (!isJsonObject(value)) return [value];
  if (Array.isArray(value.tool_calls)) return value.tool_calls.flatMap(unpack);
  return isJsonObject(value.function) ? [value.function] : [value];
}

function readCall(value: JsonValue, declared: DeclaredTools): ReadCalls | undefined {
  if (!isJsonObject(value)) return undefined;
  const nameKey = NAME_KEYS.find((key) => typeof value[key] === "string");
  const inputKey = INPUT_KEYS.find((key) => Object.hasOwn(value, key));
  const isOther = (key: string) => key !== nameKey && key !== inputKey && !OTHER_KEYS.includes(key);
  if (nameKey === undefined || Object.keys(value).some(isOther)) return undefined;
  const name = value[nameKey];
  const input = inputKey === undefined ? {} : value[inputKey] ?? {};
  if (typeof name !== "string" || isSchema(input)) return undefined;
  return makeCall(name, input, declared);
}

/** What describes the arguments of a tool is no call of it. */
function isSchema(input: JsonValue): boolean {
  return isJsonObject(input) && input.type === "object" && isJsonObject(input.properties);
}

/** A call with problems is none to be made, unless the model cannot be asked again. */
function makeCall(
  name: string,
  given: JsonValue,
  declared: DeclaredTools,
): ReadCalls | undefined {
  const tool = declared.find(name);
  if (tool === undefined) return undefined;
  if (tool.kind === "custom" && typeof given === "string") {
    return { calls: [{ tool, input: given }], problems: [] };
  }
  const value = typeof given === "string" ? readLenientJson(given || "{}")?.value : given;
  if (!isJsonObject(value)) {
    return { calls: [], problems: [`The arguments of ${tool.name} must be an object`] };
  }
  const schema = tool.kind === "custom" ? TEXT_PARAMETERS : tool.parameters ?? {};
  const checked = checkArguments(schema, value);
  const input = tool.kind === "custom" && isJsonObject(checked.value) &&
      typeof checked.value.input === "string"
    ? checked.value.input
    : JSON.stringify(checked.value);
  return {
    calls: [{ tool, input }],
    problems: checked.problems.map((problem) => `${tool.name}: ${problem}`),
  };
}
