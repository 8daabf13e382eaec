/**
 * Chat requests, read and written.
 *
 * Only for translation: between equal dialects a request is forwarded as it came.
 *
 * @module
 */

import type {
  ChatMessage,
  ChatRequest,
  ChatTool,
  ContentPart,
} from "../../../core/chat_request.ts";
import type { AnswerWishes } from "../../../core/dialect.ts";
import { GatewayError } from "../../../core/gateway_error.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/json.ts";
import { encodeToolCall } from "../answer/response.ts";
import { type ParsedMessage, type ParsedTool, requestSchema } from "./schema.ts";

/** Reads a request. Throws `GatewayError` `invalid_request` naming the first field at fault. */
export function decodeRequest(body: JsonObject): ChatRequest {
  const result = requestSchema.safeParse(body);
  if (!result.success) {
    const issue = result.error.issues[0]!;
    const param = issue.path.join(".");
    throw new GatewayError("invalid_request", `"${param}" ${issue.message}`, { param });
  }
  const parsed = result.data;
  const { tool_choice: toolChoice } = parsed;
  return {
    model: parsed.model,
    messages: parsed.messages.map(decodeMessage),
    stream: parsed.stream ?? false,
    ...given({
      choices: parsed.n,
      maxOutputTokens: parsed.max_completion_tokens ?? parsed.max_tokens,
      temperature: parsed.temperature,
      topP: parsed.top_p,
      topK: parsed.top_k,
      seed: parsed.seed,
      stop: parsed.stop,
      tools: parsed.tools?.map(decodeTool),
      toolChoice: toolChoice !== null && typeof toolChoice === "object"
        ? { name: toolChoice.function.name }
        : toolChoice,
      parallelToolCalls: parsed.parallel_tool_calls,
      responseFormat: parsed.response_format,
      reasoningEffort: parsed.reasoning_effort,
      logprobs: parsed.logprobs,
      topLogprobs: parsed.top_logprobs,
    }),
    extensions: extensionsOf(body),
  };
}

/** Writes a request. */
export function encodeRequest(request: ChatRequest): JsonObject {
  const { toolChoice } = request;
  return {
    ...request.extensions,
    model: request.model,
    messages: request.messages.map(encodeMessage),
    ...(request.stream && { stream: true }),
    ...given({
      n: request.choices,
      max_completion_tokens: request.maxOutputTokens,
      temperature: request.temperature,
      top_p: request.topP,
      top_k: request.topK,
      seed: request.seed,
      stop: request.stop,
      tools: request.tools?.map(encodeTool),
      tool_choice: typeof toolChoice === "object"
        ? { type: "function", function: { name: toolChoice.name } }
        : toolChoice,
      parallel_tool_calls: request.parallelToolCalls,
      response_format: request.responseFormat,
      reasoning_effort: request.reasoningEffort,
      logprobs: request.logprobs,
      top_logprobs: request.topLogprobs,
    }),
  };
}

/** Reads what a request wants of its answer. Judges nothing: the upstream may see it otherwise. */
export function answerWishes(body: JsonObject): AnswerWishes {
  const { n, prompt, stream_options: options, usage } = body;
  const includeUsage = isJsonObject(options) ? options["include_usage"] : undefined;
  const tellsIncludeUsage = typeof includeUsage === "boolean";
  // OpenRouter's way to ask.
  const isAskedElsewhere = isJsonObject(usage) && usage["include"] === true;
  return {
    choices: (typeof n === "number" && n >= 1 ? n : 1) * promptsOf(prompt),
    includeUsage: isAskedElsewhere || (tellsIncludeUsage ? includeUsage : undefined),
    tellsIncludeUsage,
  };
}

/** A legacy completion may have several, texts or lists of tokens, and answers each. */
function promptsOf(prompt: JsonValue | undefined): number {
  return Array.isArray(prompt) && typeof prompt[0] !== "number" ? Math.max(1, prompt.length) : 1;
}

function decodeMessage(message: ParsedMessage): ChatMessage {
  return {
    role: message.role === "developer" ? "system" : message.role,
    content: message.content.map(decodePart),
    ...given({
      name: message.name,
      toolCalls: message.tool_calls?.map(({ id, function: called, custom }) =>
        custom === undefined
          ? { id, kind: "function" as const, name: called!.name, input: called!.arguments }
          : { id, kind: "custom" as const, name: custom.name, input: custom.input }
      ),
      toolCallId: message.tool_call_id,
    }),
  };
}

function encodeMessage({ role, content, name, toolCalls, toolCallId }: ChatMessage): JsonObject {
  const [first] = content;
  const isOneText = content.length === 1 && first?.type === "text";
  const nothing = toolCalls === undefined ? "" : null;
  return {
    role,
    content: isOneText ? first.text : content.length === 0 ? nothing : content.map(encodePart),
    ...given({
      name,
      tool_calls: toolCalls?.map(encodeToolCall),
      tool_call_id: toolCallId,
    }),
  };
}

function decodePart(part: ParsedMessage["content"][number]): ContentPart {
  if (part.type === "text") return { type: "text", text: part.text! };
  if (part.type === "image_url") {
    const { url, detail } = part.image_url!;
    return { type: "image", url, ...given({ detail }) };
  }
  // The part came out of JSON; what the schema does not know, it calls `unknown`.
  return { type: "extension", name: part.type, value: part as JsonObject };
}

function encodePart(part: ContentPart): JsonValue {
  switch (part.type) {
    case "text":
      return { type: "text", text: part.text };
    case "image":
      return { type: "image_url", image_url: { url: part.url, ...given({ detail: part.detail }) } };
    case "extension":
      return part.value;
  }
}

function decodeTool({ function: { name, description, parameters, strict } }: ParsedTool): ChatTool {
  return { name, ...given({ description, parameters, strict }) };
}

function encodeTool(tool: ChatTool): JsonObject {
  const { name, description, parameters, strict } = tool;
  return { type: "function", function: { name, ...given({ description, parameters, strict }) } };
}

/** Fields without a neutral word. `stream_options` has none either, but `answerWishes` reads it. */
function extensionsOf(body: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(body).filter(([name, value]) =>
      value !== null && name !== "stream_options" && !Object.hasOwn(requestSchema.shape, name)
    ),
  );
}

/** The fields that are neither `undefined` nor null, which OpenAI takes for absent. */
function given<T extends object>(fields: T): { readonly [K in keyof T]?: NonNullable<T[K]> } {
  const entries = Object.entries(fields).filter(([, value]) =>
    value !== undefined && value !== null
  );
  return Object.fromEntries(entries) as { [K in keyof T]?: NonNullable<T[K]> }; // Filtered above.
}
