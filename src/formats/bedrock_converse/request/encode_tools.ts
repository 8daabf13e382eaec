/**
 * Tools of a request, written.
 *
 * @module
 */

import type { ChatRequest, NativeTool, Tool } from "../../../core/chat/chat.ts";
import { isJsonObject, type JsonObject } from "../../../core/text/json.ts";
import { describeCustomTool, TEXT_INPUT } from "../../custom_tool.ts";
import { NAME } from "../name.ts";
import { cachePoint, NO_MARKS } from "./encode_block.ts";
import type { Turn } from "./encode_messages.ts";
import type { ConverseTraits } from "./model_traits.ts";

/** `toolConfig`, as far as there is any. */
export function encodeTools(
  { tools = [], toolChoice, parallelToolCalls }: ChatRequest,
  turns: readonly Turn[],
  traits: ConverseTraits,
  warnings: Set<string>,
): JsonObject {
  const declared = tools.flatMap((tool) => encodeTool(tool, traits, warnings));
  const used = usedNames(turns);
  if (toolChoice === "none") {
    if (used.length === 0) return {};
    if (declared.length > 0) {
      warnings.add(`That no tool may be called is left out: ${NAME} has no word for it`);
    }
  }
  if (parallelToolCalls === false && declared.length > 0) {
    warnings.add(`"parallel_tool_calls" is left out: ${NAME} has no word for it`);
  }
  // A conversation with calls of tools that are not declared is refused.
  const names = tools.map(({ name }) => name);
  const missing = used.filter((name) => !names.includes(name)).map((name) =>
    toolSpec({ name, description: "Not available any more" }, { type: "object", properties: {} })
  );
  const all = [...declared, ...missing];
  if (all.length === 0) return {};
  const choice = declared.length > 0 ? encodeChoice(toolChoice) : undefined;
  return {
    toolConfig: { tools: all, ...(choice !== undefined && { toolChoice: choice }) },
  };
}

function usedNames(turns: readonly Turn[]): readonly string[] {
  const names = turns.flatMap(({ content }) =>
    content.flatMap(({ toolUse }) =>
      isJsonObject(toolUse) && typeof toolUse["name"] === "string" ? [toolUse["name"]] : []
    )
  );
  return [...new Set(names)];
}

function encodeTool(
  tool: Tool | NativeTool,
  { hasStructuredOutput, hasToolCachePoints }: ConverseTraits,
  warnings: Set<string>,
): readonly JsonObject[] {
  if (tool.kind === "native") {
    const { format, value } = tool.native;
    if (format === NAME && isJsonObject(value)) return [value];
    warnings.add(`The tool "${tool.name}" is left out: ${format} runs it, nobody else can`);
    return [];
  }
  if (tool.native !== undefined) {
    warnings.add(
      `Of the tool "${tool.name}", what only ${tool.native.format} has words for is left out`,
    );
  }
  const isStrict = tool.strict === true && hasStructuredOutput;
  if (tool.strict === true && !isStrict) {
    warnings.add(
      `That the tool "${tool.name}" is strict is left out: the model does not promise it`,
    );
  }
  const { name, kind, parameters = {}, cache } = tool;
  if (cache !== undefined && !hasToolCachePoints) warnings.add(NO_MARKS);
  const description = kind === "custom" ? describeCustomTool(tool) : tool.description;
  const schema = kind === "custom" ? TEXT_INPUT : toSchema(parameters);
  return [
    toolSpec({ name, description }, schema, isStrict),
    ...(cache !== undefined && hasToolCachePoints ? [cachePoint(cache)] : []),
  ];
}

function toolSpec(
  { name, description }: { readonly name: string; readonly description: string | undefined },
  schema: JsonObject,
  isStrict = false,
): JsonObject {
  return {
    toolSpec: {
      name,
      // An empty one is refused.
      ...(description !== undefined && description !== "" && { description }),
      inputSchema: { json: schema },
      ...(isStrict && { strict: true }),
    },
  };
}

/** The API wants an object's schema that says so. */
function toSchema(parameters: JsonObject): JsonObject {
  if (typeof parameters["type"] === "string") return parameters;
  const isEmpty = Object.keys(parameters).length === 0;
  return { type: "object", ...(isEmpty && { properties: {} }), ...parameters };
}

function encodeChoice(choice: ChatRequest["toolChoice"]): JsonObject | undefined {
  if (choice === undefined || choice === "none") return undefined;
  if (typeof choice === "object") return { tool: { name: choice.name } };
  return choice === "required" ? { any: {} } : { auto: {} };
}
