/**
 * Tools of a request, written.
 *
 * @module
 */

import type { ChatRequest, NativeTool, Tool } from "../../../core/chat/chat.ts";
import { GatewayError } from "../../../core/gateway_error.ts";
import { isJsonObject, type JsonObject } from "../../../core/text/json.ts";
import { given } from "../../request_fields.ts";
import { NAME } from "../name.ts";

const NO_PARAMETERS = { type: "object", properties: {} } as const;

/** `tools` and what is said about them: without any, OpenAI refuses the rest. */
export function encodeTools(
  { tools = [], toolChoice, parallelToolCalls }: ChatRequest,
  warnings: Set<string>,
): JsonObject {
  const written = tools.flatMap((tool) => encodeTool(tool, warnings));
  if (written.length > 0) {
    return given({
      tools: written,
      tool_choice: encodeChoice(toolChoice, tools),
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

function encodeTool(tool: Tool | NativeTool, warnings: Set<string>): readonly JsonObject[] {
  const { native } = tool;
  const own = native?.format === NAME && isJsonObject(native.value) ? native.value : undefined;
  if (tool.kind === "native") {
    if (own !== undefined) return [own];
    warnings.add(
      `The tool "${tool.name}" is left out: ${tool.native.format} runs it, nobody else can`,
    );
    return [];
  }
  if (native !== undefined && own === undefined) {
    warnings.add(
      `Of the tool "${tool.name}", what only ${native.format} has words for is left out`,
    );
  }
  const { kind, name, description, parameters = NO_PARAMETERS, grammar, cache } = tool;
  if (cache !== undefined) {
    warnings.add(`Marks of what is to be cached are left out: ${NAME} has no word for them`);
  }
  if (kind === "custom") {
    const format = grammar && { type: "grammar", ...grammar };
    return [{ type: kind, name, ...given({ description, format }), ...own }];
  }
  // Where a request says nothing of it, a schema is strict here and nowhere else.
  const { strict = false } = tool;
  return [{ type: kind, name, ...given({ description }), parameters, strict, ...own }];
}

/** A name alone does not say of what kind the tool is. */
function encodeChoice(
  choice: ChatRequest["toolChoice"],
  tools: readonly (Tool | NativeTool)[],
): JsonObject | string | undefined {
  if (typeof choice !== "object") return choice;
  const { name } = choice;
  const isCustom = tools.some((tool) => tool.kind === "custom" && tool.name === name);
  return { type: isCustom ? "custom" : "function", name };
}
