/**
 * Tools of a request, written.
 *
 * @module
 */

import type { ChatRequest, NativeTool, Tool } from "../../../core/chat/chat.ts";
import { GatewayError } from "../../../core/gateway_error.ts";
import { isJsonObject, type JsonObject } from "../../../core/text/json.ts";
import { describeCustomTool, TEXT_INPUT } from "../../custom_tool.ts";
import { NAME } from "../name.ts";
import { cacheFields } from "./encode_part.ts";
import { given } from "./given.ts";
import type { RequestEncoding } from "./variant.ts";

/** `tools` and what is said about them: without any, OpenAI refuses the rest. */
export function encodeTools(
  { tools = [], toolChoice, parallelToolCalls }: ChatRequest,
  encoding: RequestEncoding,
): JsonObject {
  const written = tools.flatMap((tool) => encodeTool(tool, encoding));
  if (written.length > 0) {
    return given({
      tools: written,
      tool_choice: encodeChoice(toolChoice, tools, encoding),
      parallel_tool_calls: parallelToolCalls,
    });
  }
  if (toolChoice !== "required" && typeof toolChoice !== "object") return {};
  throw new GatewayError(
    "invalid_request",
    `"tool_choice" asks for a tool, and there is none that this model can use`,
    { param: "tool_choice" },
  );
}

function encodeTool(tool: Tool | NativeTool, encoding: RequestEncoding): readonly JsonObject[] {
  const { native } = tool;
  const isOwn = native?.format === NAME && isJsonObject(native.value);
  if (tool.kind === "native") {
    if (isOwn && isJsonObject(tool.native.value)) return [tool.native.value];
    encoding.warnings.add(
      `The tool "${tool.name}" is left out: ${tool.native.format} runs it, nobody else can`,
    );
    return [];
  }
  if (native !== undefined && !isOwn) {
    encoding.warnings.add(
      `Of the tool "${tool.name}", what only ${native.format} has words for is left out`,
    );
  }
  const { kind, cache } = tool;
  const own = isOwn && isJsonObject(native.value) ? native.value : {};
  const described = kind === "custom"
    ? encodeCustom(tool, own, encoding)
    : { type: kind, function: { ...functionOf(tool), ...own } };
  return [{ ...described, ...cacheFields(cache, encoding) }];
}

function functionOf({ name, description, parameters, strict }: Tool): JsonObject {
  return { name, ...given({ description, parameters, strict }) };
}

/** Whoever is not OpenAI knows functions alone. */
function encodeCustom(tool: Tool, own: JsonObject, { variant }: RequestEncoding): JsonObject {
  const { name, description, grammar } = tool;
  if (variant !== "openai") {
    const described = { name, ...given({ description: describeCustomTool(tool) }) };
    return { type: "function", function: { ...described, parameters: TEXT_INPUT } };
  }
  const format = grammar && { type: "grammar", grammar: { ...grammar } };
  return { type: "custom", custom: { name, ...given({ description, format }), ...own } };
}

/** A name alone does not say of what kind the tool is. */
function encodeChoice(
  choice: ChatRequest["toolChoice"],
  tools: readonly (Tool | NativeTool)[],
  { variant }: RequestEncoding,
): JsonObject | string | undefined {
  if (typeof choice !== "object") return choice;
  const { name } = choice;
  const isCustom = variant === "openai" &&
    tools.some((tool) => tool.kind === "custom" && tool.name === name);
  return isCustom ? { type: "custom", custom: { name } } : { type: "function", function: { name } };
}
