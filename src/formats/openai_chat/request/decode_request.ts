/**
 * Chat requests, read, for providers of another format: between equal formats a request is forwarded as it
 * came.
 *
 * @module
 */

import type {
  ChatRequest,
  Grammar,
  NativeField,
  NativeTool,
  OutputFormat,
  ReasoningWish,
  Tool,
} from "../../../core/chat/chat.ts";
import { GatewayError } from "../../../core/gateway_error.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import { NAME } from "../name.ts";
import { cacheMarkOf, MessageReader } from "./decode_message.ts";
import { given } from "./given.ts";
import { type ParsedRequest, type ParsedTool, requestSchema } from "./schema.ts";

/** Fields of a tool that have a neutral word, in whichever object they stand. */
const NEUTRAL_TOOL_FIELDS: ReadonlySet<string> = new Set([
  "type",
  "name",
  "description",
  "parameters",
  "strict",
  "function",
  "custom",
  "cache_control",
]);

/** Reads a request. Throws `GatewayError` `invalid_request` naming the first field at fault. */
export function decodeRequest(body: JsonObject): ChatRequest {
  const result = requestSchema().safeParse(body);
  if (!result.success) {
    const issue = result.error.issues[0]!;
    const param = issue.path.join(".");
    throw new GatewayError("invalid_request", `"${param}" ${issue.message}`, { param });
  }
  const parsed = result.data;
  const reader = new MessageReader();
  const { user, safety_identifier: safetyIdentifier } = parsed;
  const outputFormat = readOutputFormat(parsed.response_format);
  return {
    model: parsed.model,
    messages: parsed.messages.map((message, index) => reader.read(message, `messages.${index}`)),
    stream: parsed.stream ?? false,
    ...given({
      choices: parsed.n,
      maxOutputTokens: parsed.max_completion_tokens ?? parsed.max_tokens,
      temperature: parsed.temperature,
      topP: parsed.top_p,
      topK: parsed.top_k,
      seed: parsed.seed,
      stop: parsed.stop,
      ...readTools(parsed),
      parallelToolCalls: parsed.parallel_tool_calls,
      outputFormat,
      reasoning: readReasoning(parsed),
      logprobs: parsed.logprobs,
      topLogprobs: parsed.top_logprobs,
      endUser: user ?? safetyIdentifier,
    }),
    natives: [
      ...unreadFields(body),
      ...(user && safetyIdentifier && user !== safetyIdentifier
        ? [native("safety_identifier", safetyIdentifier)]
        : []),
      ...(outputFormat === undefined ? unknownFormat(body["response_format"]) : []),
      ...reader.natives,
    ],
  };
}

/** Where only some tools are allowed, the others are as good as not there. */
function readTools(
  { tools, tool_choice: choice }: ParsedRequest,
): Pick<ChatRequest, "tools" | "toolChoice"> {
  const read = tools?.map(readTool);
  if (choice === undefined || choice === null) return given({ tools: read });
  if (typeof choice === "string") return given({ tools: read, toolChoice: choice });
  if (choice.type === "function") {
    return given({ tools: read, toolChoice: { name: choice.function.name } });
  }
  if (choice.type === "custom") {
    return given({ tools: read, toolChoice: { name: choice.custom.name } });
  }
  const { mode, tools: allowed } = choice.allowed_tools;
  const names = new Set(allowed.map((tool) => tool.function?.name ?? tool.custom?.name));
  return given({
    tools: read?.filter(({ kind, name }) => kind === "native" || names.has(name)),
    toolChoice: mode,
  });
}

function readTool(tool: ParsedTool): Tool | NativeTool {
  const { type, cache_control: cacheControl } = tool;
  const described = type === "function"
    ? tool.function
    : type === "custom"
    ? tool.custom
    : undefined;
  if (described === undefined) {
    // It came out of JSON.
    return { kind: "native", name: type, native: { format: NAME, value: tool as JsonObject } };
  }
  const grammar = type === "custom" ? grammarOf(described["format"] as JsonValue) : undefined;
  const rest = Object.entries({ ...tool, ...described }).filter(([name, value]) =>
    !NEUTRAL_TOOL_FIELDS.has(name) && value !== undefined && value !== null &&
    (name !== "format" || grammar === undefined)
  );
  const { parameters, strict } = tool.function ?? {};
  return {
    kind: type === "custom" ? "custom" : "function",
    name: described.name,
    ...given({
      description: described.description,
      parameters,
      strict,
      grammar,
      cache: cacheMarkOf(cacheControl),
    }),
    ...(rest.length > 0 && {
      native: { format: NAME, value: Object.fromEntries(rest) as JsonObject },
    }),
  };
}

function grammarOf(format: JsonValue | undefined): Grammar | undefined {
  const grammar = isJsonObject(format) ? format["grammar"] : undefined;
  if (!isJsonObject(grammar)) return undefined;
  const { syntax, definition } = grammar;
  return typeof syntax === "string" && typeof definition === "string"
    ? { syntax, definition }
    : undefined;
}

/** A text needs no format; others than these are native. */
function readOutputFormat(format: ParsedRequest["response_format"]): OutputFormat | undefined {
  if (format?.type === "json_object") return { type: "json_object" };
  if (format?.type !== "json_schema" || format.json_schema === undefined) return undefined;
  const { schema, name, description, strict } = format.json_schema;
  return { type: "json_schema", schema: schema ?? {}, ...given({ name, description, strict }) };
}

function unknownFormat(format: JsonValue | undefined): readonly NativeField[] {
  const isNothing = format === undefined || format === null;
  const isText = !isNothing && (format as JsonObject)["type"] === "text"; // The schema saw an object.
  return isNothing || isText ? [] : [native("response_format", format)];
}

/** OpenAI's word, or OpenRouter's object, which wins: it says more. */
function readReasoning(
  { reasoning_effort: word, reasoning }: ParsedRequest,
): ReasoningWish | undefined {
  const effort = reasoning?.effort ?? word;
  const maxTokens = reasoning?.max_tokens;
  const enabled = reasoning?.enabled;
  const isOff = effort === "none" || enabled === false;
  const wish = given({
    mode: isOff ? "off" as const : enabled === true ? "on" as const : undefined,
    effort: effort === "none" ? undefined : effort,
    maxTokens,
    isHidden: reasoning?.exclude === true ? true : undefined,
  });
  return Object.keys(wish).length === 0 ? undefined : wish;
}

/** Fields without a neutral word. `stream_options` has none either, but `facts()` reads it. */
function unreadFields(body: JsonObject): readonly NativeField[] {
  return Object.entries(body).flatMap(([name, value]) =>
    value === undefined || value === null || name === "stream_options" ||
      Object.hasOwn(requestSchema().shape, name)
      ? []
      : [native(name, value)]
  );
}

function native(name: string, value: JsonValue): NativeField {
  return { format: NAME, name, value };
}
