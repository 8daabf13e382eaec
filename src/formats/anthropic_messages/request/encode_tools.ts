/**
 * Tools of a request, written.
 *
 * @module
 */

import type { ChatRequest, NativeTool, Tool } from "../../../core/chat/chat.ts";
import { isJsonObject, type JsonObject } from "../../../core/text/json.ts";
import { describeCustomTool, TEXT_INPUT } from "../../custom_tool.ts";
import { withCache } from "./encode_block.ts";
import type { ModelTraits } from "./model_traits.ts";
import { NAME } from "../name.ts";

/** `tools` and `tool_choice`, as far as there are any. */
export function encodeTools(
  { tools = [], toolChoice, parallelToolCalls }: ChatRequest,
  traits: ModelTraits,
  warnings: Set<string>,
): JsonObject {
  const written = tools.flatMap((tool) => encodeTool(tool, traits, warnings));
  if (written.length === 0) return {};
  const choice = encodeChoice(toolChoice);
  const isSequential = parallelToolCalls === false && toolChoice !== "none";
  return {
    tools: written,
    ...(isSequential
      ? { tool_choice: { ...(choice ?? { type: "auto" }), disable_parallel_tool_use: true } }
      : choice !== undefined && { tool_choice: choice }),
  };
}

function encodeTool(
  tool: Tool | NativeTool,
  traits: ModelTraits,
  warnings: Set<string>,
): readonly JsonObject[] {
  const { native } = tool;
  const isOwn = native?.format === NAME && isJsonObject(native.value);
  if (tool.kind === "native") {
    if (isOwn && isJsonObject(tool.native.value)) return [tool.native.value];
    warnings.add(
      `The tool "${tool.name}" is left out: ${tool.native.format} runs it, nobody else can`,
    );
    return [];
  }
  if (native !== undefined && !isOwn) {
    warnings.add(
      `Of the tool "${tool.name}", what only ${native.format} has words for is left out`,
    );
  }
  if (tool.strict === true && !traits.hasStructuredOutput) {
    warnings.add(
      `That the tool "${tool.name}" is strict is left out: the model does not promise it`,
    );
  }
  const { name, parameters = {}, kind, cache } = tool;
  const description = kind === "custom" ? describeCustomTool(tool) : tool.description;
  const written = {
    name,
    ...(description !== undefined && { description }),
    input_schema: kind === "custom" ? TEXT_INPUT : toSchema(parameters),
    ...(tool.strict === true && traits.hasStructuredOutput && { strict: true }),
    ...(isOwn && isJsonObject(native.value) && native.value),
  };
  return [withCache(written, cache)];
}

/** The API wants an object's schema that says so. */
function toSchema(parameters: JsonObject): JsonObject {
  if (typeof parameters["type"] === "string") return parameters;
  const isEmpty = Object.keys(parameters).length === 0;
  return { type: "object", ...(isEmpty && { properties: {} }), ...parameters };
}

function encodeChoice(choice: ChatRequest["toolChoice"]): JsonObject | undefined {
  if (choice === undefined) return undefined;
  if (typeof choice === "object") return { type: "tool", name: choice.name };
  return { type: choice === "required" ? "any" : choice };
}
