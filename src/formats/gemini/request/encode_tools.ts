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
import { NO_MARKS } from "./encode_part.ts";
import { narrowSchema } from "./narrow_schema.ts";

/** `tools` and `toolConfig`, as far as there are any. */
export function encodeTools(request: ChatRequest, warnings: Set<string>): JsonObject {
  const { tools = [], toolChoice, parallelToolCalls } = request;
  const left = new Set<string>();
  const declared = tools.filter((tool) => tool.kind !== "native")
    .map((tool) => declarationOf(tool, left, warnings));
  const natives = tools.filter((tool) => tool.kind === "native")
    .flatMap((tool) => encodeNative(tool, warnings));
  warnOfKeywords("tools", left, warnings);
  if (declared.length === 0 && (toolChoice === "required" || typeof toolChoice === "object")) {
    throw new GatewayError(
      "invalid_request",
      `"tool_choice" asks for a tool, and there is none that this model can use`,
      { param: "tool_choice" },
    );
  }
  if (parallelToolCalls === false && declared.length > 0) {
    warnings.add(`That tools are to be called one by one is left out: ${NAME} has no word for it`);
  }
  const written = [
    ...(declared.length > 0 ? [{ functionDeclarations: declared }] : []),
    ...natives,
  ];
  const config = declared.length > 0 ? encodeChoice(toolChoice) : undefined;
  return {
    ...(written.length > 0 && { tools: written }),
    ...(config !== undefined && { toolConfig: { functionCallingConfig: config } }),
  };
}

/** Says once which keywords of schemas were left out. */
export function warnOfKeywords(
  where: string,
  left: ReadonlySet<string>,
  warnings: Set<string>,
): void {
  if (left.size === 0) return;
  const names = [...left].sort().map((name) => `"${name}"`).join(", ");
  warnings.add(`In the schemas of ${where}, ${names} is left out: ${NAME} does not take it`);
}

function declarationOf(tool: Tool, left: Set<string>, warnings: Set<string>): JsonObject {
  const { kind, name, parameters = {}, native, cache } = tool;
  if (cache !== undefined) warnings.add(NO_MARKS);
  const own = native?.format === NAME && isJsonObject(native.value) ? native.value : {};
  if (native !== undefined && native.format !== NAME) {
    warnings.add(
      `Of the tool "${name}", what only ${native.format} has words for is left out`,
    );
  }
  if (tool.strict === true) {
    warnings.add(`That a tool is strict is left out: ${NAME} has no word for it`);
  }
  const description = kind === "custom" ? describeCustomTool(tool) : tool.description;
  const schema = narrowSchema(kind === "custom" ? TEXT_INPUT : parameters, left);
  return {
    name,
    // Refused where it is missing.
    description: description ?? "",
    // An object without properties is refused; a function without parameters is not.
    ...(!isEmpty(schema) && { parametersJsonSchema: schema }),
    ...own,
  };
}

function isEmpty({ type, properties, ...others }: JsonObject): boolean {
  const hasProperties = isJsonObject(properties) && Object.keys(properties).length > 0;
  return !hasProperties && (type === undefined || type === "object") &&
    Object.keys(others).every((name) => name === "required" || name === "additionalProperties");
}

function encodeNative(
  { name, native }: NativeTool,
  warnings: Set<string>,
): readonly JsonObject[] {
  if (native.format === NAME && isJsonObject(native.value)) return [native.value];
  warnings.add(`The tool "${name}" is left out: ${native.format} runs it, nobody else can`);
  return [];
}

function encodeChoice(choice: ChatRequest["toolChoice"]): JsonObject | undefined {
  if (choice === undefined) return undefined;
  if (typeof choice === "object") return { mode: "ANY", allowedFunctionNames: [choice.name] };
  return { mode: choice === "required" ? "ANY" : choice.toUpperCase() };
}
