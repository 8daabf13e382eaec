/**
 * Requests, read, for providers of another format: between equal formats a request is forwarded as it came.
 *
 * Both versions of the API are read. What cannot matter to anyone else is read leniently, and what has no
 * neutral word is listed, so that an encoder can say what it leaves out.
 *
 * @module
 */

import type {
  ChatRequest,
  Message,
  NativeField,
  NativeTool,
  OutputFormat,
  Part,
  ReasoningWish,
  Tool,
  ToolChoice,
} from "../../../core/chat/chat.ts";
import type { Envelopes } from "../../../core/envelope.ts";
import type { RequestFacts } from "../../../core/format.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import { ContentReader, readCacheMark } from "./decode_block.ts";
import { beginningOf } from "../../conversation.ts";
import { NAME } from "../name.ts";
import { readSession } from "./session.ts";
import {
  given,
  isGiven,
  itemsAt,
  objectAt,
  optionalFlag,
  optionalNumber,
  optionalObject,
  optionalText,
  refusal,
  textAt,
} from "../../request_fields.ts";

/** Fields that are read below; all others have no neutral word. */
const NEUTRAL_FIELDS: ReadonlySet<string> = new Set([
  "model",
  "messages",
  "system",
  "max_tokens",
  "stream",
  "temperature",
  "top_p",
  "top_k",
  "stop_sequences",
  "tools",
  "tool_choice",
  "thinking",
  "output_config",
  "output_format",
  "metadata",
]);

const NEUTRAL_TOOL_FIELDS: ReadonlySet<string> = new Set([
  "type",
  "name",
  "description",
  "input_schema",
  "strict",
  "cache_control",
]);

/** A note of Claude Code for Anthropic's accounts. To any other model it would be an instruction. */
const BILLING_NOTE = "x-anthropic-billing-header:";

/** What policies need to know. Counts are part of every stream of this format. */
export function facts(body: JsonObject): RequestFacts {
  const { model, stream, max_tokens: bound, temperature, system, messages, tools } = body;
  return {
    model: typeof model === "string" ? model : "",
    wantsStream: stream === true,
    choices: 1,
    maxOutputTokens: typeof bound === "number" && bound > 0 ? bound : undefined,
    includeUsage: true,
    isDeterministic: temperature === 0,
    prompt: [system, messages, tools].filter(isGiven),
    session: readSession(body["metadata"]),
    beginning: [system ?? null, ...beginningOf(messages)],
  };
}

/** Reads a request. Throws `GatewayError` `invalid_request` naming the field at fault. */
export function decodeRequest(body: JsonObject, envelopes?: Envelopes): ChatRequest {
  const content = new ContentReader(envelopes);
  const model = textAt(body["model"], "model");
  if (model === "") throw refusal("model", "must not be empty: name a model");
  const system = readSystem(body["system"], content);
  const messages = itemsAt(body["messages"], "messages", (value, path) => ({ value, path }));
  if (messages === undefined) throw refusal("messages", "field required");
  if (messages.length === 0) throw refusal("messages", "must hold at least one message");
  const { choice, isParallel } = readToolChoice(body["tool_choice"]);
  const { metadata = undefined, output_config: output = undefined } = body;
  const outputConfig = optionalObject(output, "output_config") ?? {};
  const efforts = [outputConfig, ...messages.map(({ value }) => outputConfigOf(value))]
    .map((config) => config["effort"]);
  return {
    model,
    messages: [
      ...system,
      ...messages.flatMap(({ value, path }) => readMessage(value, path, content)),
    ],
    stream: optionalFlag(body["stream"], "stream") ?? false,
    ...given({
      maxOutputTokens: optionalNumber(body["max_tokens"], "max_tokens", { min: 1, isWhole: true }),
      temperature: optionalNumber(body["temperature"], "temperature", { min: 0, max: 1 }),
      topP: optionalNumber(body["top_p"], "top_p", { min: 0, max: 1 }),
      topK: optionalNumber(body["top_k"], "top_k", { min: 0, isWhole: true }),
      stop: itemsAt(body["stop_sequences"], "stop_sequences", textAt),
      tools: itemsAt(body["tools"], "tools", readTool),
      toolChoice: choice,
      parallelToolCalls: isParallel,
      outputFormat: readOutputFormat(outputConfig["format"] ?? body["output_format"]),
      reasoning: readReasoning(body["thinking"], efforts),
      endUser: isJsonObject(metadata)
        ? optionalText(metadata["user_id"], "metadata.user_id")
        : undefined,
    }),
    natives: [
      ...restOf(body, NEUTRAL_FIELDS, ""),
      ...restOf(outputConfig, new Set(["effort", "format"]), "output_config."),
      ...restOf(isJsonObject(metadata) ? metadata : {}, new Set(["user_id"]), "metadata."),
      ...content.natives,
    ],
  };
}

function readSystem(value: JsonValue | undefined, content: ContentReader): readonly Message[] {
  if (!isGiven(value)) return [];
  const parts = content.read(value, "system").filter((part, index) => !isBillingNote(part, index));
  return parts.length === 0 ? [] : [{ role: "system", parts }];
}

function isBillingNote(part: Part, index: number): boolean {
  return index === 0 && part.type === "text" && part.text.startsWith(BILLING_NOTE);
}

/** One message, or two: the results of tools, which come first, and what the user says to them. */
function readMessage(value: JsonValue, path: string, content: ContentReader): readonly Message[] {
  const message = objectAt(value, path);
  const role = textAt(message["role"], `${path}.role`);
  if (role !== "user" && role !== "assistant" && role !== "system") {
    throw refusal(`${path}.role`, `must be "user", "assistant" or "system"`);
  }
  const parts = content.read(message["content"], `${path}.content`);
  content.noteRest(message, ["role", "content", "output_config"], "message", path);
  content.noteRest(outputConfigOf(value), ["effort"], "output_config", `${path}.output_config`);
  if (role !== "user") return [{ role, parts }];
  const results = parts.filter(({ type }) => type === "tool_result");
  const others = parts.filter(({ type }) => type !== "tool_result");
  return [
    ...(results.length > 0 ? [{ role: "tool", parts: results }] : []),
    ...(others.length > 0 || results.length === 0 ? [{ role, parts: others }] : []),
  ];
}

function readTool(value: JsonValue, path: string): Tool | NativeTool {
  const tool = objectAt(value, path);
  const type = optionalText(tool["type"], `${path}.type`) ?? "custom";
  if (type !== "custom") {
    return { kind: "native", name: type, native: { format: NAME, value: tool } };
  }
  const name = textAt(tool["name"], `${path}.name`);
  if (name === "") throw refusal(`${path}.name`, "must not be empty");
  const rest = Object.entries(tool).filter(([field, value]) =>
    !NEUTRAL_TOOL_FIELDS.has(field) && isGiven(value)
  );
  return {
    kind: "function",
    name,
    ...given({
      description: optionalText(tool["description"], `${path}.description`),
      parameters: optionalObject(tool["input_schema"], `${path}.input_schema`),
      strict: optionalFlag(tool["strict"], `${path}.strict`),
      cache: readCacheMark(tool["cache_control"], `${path}.cache_control`),
    }),
    ...(rest.length > 0 && { native: { format: NAME, value: Object.fromEntries(rest) } }),
  };
}

function readToolChoice(
  value: JsonValue | undefined,
): { choice: ToolChoice | undefined; isParallel: false | undefined } {
  const choice = optionalObject(value, "tool_choice");
  if (choice === undefined) return { choice: undefined, isParallel: undefined };
  const isDisabled = optionalFlag(
    choice["disable_parallel_tool_use"],
    "tool_choice.disable_parallel_tool_use",
  );
  return {
    choice: toolChoiceOf(choice),
    isParallel: isDisabled === true ? false : undefined,
  };
}

function toolChoiceOf(choice: JsonObject): ToolChoice {
  switch (choice["type"]) {
    case "auto":
    case "none":
      return choice["type"];
    case "any":
      return "required";
    case "tool":
      return { name: textAt(choice["name"], "tool_choice.name") };
    default:
      throw refusal("tool_choice.type", `must be "auto", "any", "tool" or "none"`);
  }
}

function readOutputFormat(value: JsonValue | undefined): OutputFormat | undefined {
  const format = optionalObject(value, "output_config.format");
  if (format === undefined) return undefined;
  if (format["type"] !== "json_schema") {
    throw refusal("output_config.format.type", `must be "json_schema"`);
  }
  return {
    type: "json_schema",
    schema: objectAt(format["schema"], "output_config.format.schema"),
  };
}

/** Each message may set the effort anew: the last one counts. */
function readReasoning(
  value: JsonValue | undefined,
  efforts: readonly (JsonValue | undefined)[],
): ReasoningWish | undefined {
  const thinking = optionalObject(value, "thinking");
  const effort = efforts.filter((word) => typeof word === "string").at(-1);
  if (thinking === undefined && effort === undefined) return undefined;
  const { type, display } = thinking ?? {};
  const budget = optionalNumber(thinking?.["budget_tokens"], "thinking.budget_tokens", {
    min: 1,
    isWhole: true,
  });
  return given({
    mode: modeOf(type),
    effort,
    maxTokens: type === "enabled" ? budget : undefined,
    isHidden: display === "omitted" ? true : undefined,
  });
}

/** A kind of thinking that a later version brings is thinking. */
function modeOf(type: JsonValue | undefined): ReasoningWish["mode"] {
  if (type === undefined) return undefined;
  if (type === "disabled") return "off";
  return type === "enabled" ? "on" : "adaptive";
}

function outputConfigOf(message: JsonValue): JsonObject {
  const config = isJsonObject(message) ? message["output_config"] : undefined;
  return isJsonObject(config) ? config : {};
}

function restOf(
  body: JsonObject,
  known: ReadonlySet<string>,
  prefix: string,
): readonly NativeField[] {
  return Object.entries(body).flatMap(([name, value]) =>
    known.has(name) || !isGiven(value) ? [] : [{ format: NAME, name: prefix + name, value }]
  );
}
