/** What Bedrock refuses of requests, as far as it is known. */

import { isJsonObject, type JsonObject, type JsonValue } from "../../../src/core/text/json.ts";

/** Betas of which it says "invalid beta flag". */
const REFUSED_BETAS =
  /^(claude-code-|per-turn-control-|thinking-token-count-|advanced-tool-use-|prompt-caching-scope-|structured-outputs-|fast-mode-|mcp-|files-api-|web-)/;
const INVOKE_FIELDS = new Set([
  "anthropic_beta",
  "anthropic_version",
  "context_management",
  "max_tokens",
  "messages",
  "metadata",
  "output_config",
  "stop_sequences",
  "system",
  "temperature",
  "thinking",
  "tool_choice",
  "tools",
  "top_k",
  "top_p",
]);
const CONVERSE_FIELDS = new Set([
  "additionalModelRequestFields",
  "additionalModelResponseFieldPaths",
  "guardrailConfig",
  "inferenceConfig",
  "messages",
  "outputConfig",
  "performanceConfig",
  "promptVariables",
  "requestMetadata",
  "serviceTier",
  "system",
  "toolConfig",
]);
const TOOL_ID = /^[a-zA-Z0-9_-]{1,64}$/;

export function invokeProblem(body: JsonObject, headers: Headers): string | undefined {
  const { anthropic_version: version, anthropic_beta: betas = [], messages } = body;
  if (!/^(bedrock-2023-05-31|\d{4}-\d\d-\d\d)$/.test(String(version))) {
    return "anthropic_version: Field required";
  }
  const unknown = Object.keys(body).find((name) => !INVOKE_FIELDS.has(name));
  if (unknown !== undefined) return `${unknown}: Extra inputs are not permitted`;
  const header = [...headers.keys()].find((name) => name.startsWith("anthropic-"));
  if (header !== undefined) return `${header} is no header of this API`;
  if (listOf(betas).some((beta) => typeof beta === "string" && REFUSED_BETAS.test(beta))) {
    return "invalid beta flag";
  }
  if (listOf(messages).some((message) => isJsonObject(message) && message.output_config)) {
    return "messages.0.output_config: Extra inputs are not permitted";
  }
  return undefined;
}

export function converseProblem(body: JsonObject): string | undefined {
  const unknown = Object.keys(body).find((name) => !CONVERSE_FIELDS.has(name));
  if (unknown !== undefined) return `Unexpected field ${unknown}`;
  const messages = listOf(body.messages).filter(isJsonObject);
  if (messages.length === 0) return "messages must not be empty";
  for (const [at, { role }] of messages.entries()) {
    if (role !== (at % 2 === 0 ? "user" : "assistant")) return "roles must alternate";
  }
  const blocks = messages.flatMap(({ content }) => listOf(content)).filter(isJsonObject);
  if (blocks.some(({ text }) => text === "")) return "The text field must not be blank";
  const ids = blocks.flatMap(({ toolUse, toolResult }) =>
    [toolUse, toolResult].filter((part) => isJsonObject(part)).map((part) => String(part.toolUseId))
  );
  if (ids.some((id) => !TOOL_ID.test(id))) return "toolUseId must match [a-zA-Z0-9_-]+";
  if (ids.length > 0 && body.toolConfig === undefined) {
    return "The toolConfig field must be defined when using toolUse and toolResult content blocks";
  }
  return undefined;
}

/** A request to Converse as one to Messages, for whoever answers it in its place. */
export function toMessages(body: JsonObject): JsonObject {
  const { messages, toolConfig, inferenceConfig } = body;
  const tools = isJsonObject(toolConfig) ? listOf(toolConfig.tools) : [];
  const maxTokens = isJsonObject(inferenceConfig) ? inferenceConfig.maxTokens : undefined;
  return {
    model: "claude-of-converse",
    max_tokens: maxTokens ?? 1_024,
    messages: listOf(messages).filter(isJsonObject).map(({ role = "", content }) => ({
      role,
      content: listOf(content).filter(isJsonObject).flatMap(toBlock),
    })),
    ...(tools.length > 0 && { tools: tools.filter(isJsonObject).map(toTool) }),
  };
}

function toBlock(block: JsonObject): JsonObject[] {
  const { text, toolUse, toolResult, image, reasoningContent } = block;
  if (typeof text === "string") return [{ type: "text", text }];
  if (isJsonObject(toolUse)) {
    const { toolUseId = "", name = "", input = {} } = toolUse;
    return [{ type: "tool_use", id: toolUseId, name, input }];
  }
  if (isJsonObject(toolResult)) {
    const { toolUseId = "", content } = toolResult;
    const inner = listOf(content).filter(isJsonObject).flatMap(toBlock);
    return [{ type: "tool_result", tool_use_id: toolUseId, content: inner }];
  }
  if (isJsonObject(image) && isJsonObject(image.source)) {
    const source = {
      type: "base64",
      media_type: `image/${image.format}`,
      data: image.source.bytes ?? "",
    };
    return [{ type: "image", source }];
  }
  if (isJsonObject(reasoningContent) && isJsonObject(reasoningContent.reasoningText)) {
    const { text = "", signature = "" } = reasoningContent.reasoningText;
    return [{ type: "thinking", thinking: text, signature }];
  }
  return [];
}

function toTool({ toolSpec }: JsonObject): JsonObject {
  const { name = "", description, inputSchema } = isJsonObject(toolSpec) ? toolSpec : {};
  const schema = isJsonObject(inputSchema) ? inputSchema.json : undefined;
  return { name, ...(description !== undefined && { description }), input_schema: schema ?? {} };
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}
