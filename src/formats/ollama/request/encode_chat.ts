/**
 * Requests, written for a provider of this format.
 *
 * What the format has no word for is left out with a warning that names it; what would make another question
 * of it is refused.
 *
 * @module
 */

import type { ChatRequest, NativeTool, OutputFormat, Tool } from "../../../core/chat/chat.ts";
import type { EncodedRequest } from "../../../core/format.ts";
import { GatewayError } from "../../../core/gateway_error.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import { describeCustomTool, TEXT_INPUT } from "../../custom_tool.ts";
import { NAME as OPENAI_NAME } from "../../openai_chat/name.ts";
import { given } from "../../request_fields.ts";
import { NAME } from "../name.ts";
import { encodeMessages, NO_MARKS } from "./encode_messages.ts";
import { encodeThink } from "./encode_think.ts";

/** Fields that clients of OpenAI's API add for Ollama alone. */
export const OWN_FIELDS: readonly string[] = ["keep_alive", "think", "options", "num_ctx"];
/** Fields of OpenAI's chats that are options here, by the same name. */
const SHARED_OPTIONS: ReadonlySet<string> = new Set([
  "frequency_penalty",
  "presence_penalty",
  "repeat_penalty",
  "min_p",
  "num_ctx",
]);

/** Writes a request. Throws `GatewayError` `invalid_request` for what cannot be asked in this format. */
export function encodeChat(request: ChatRequest): EncodedRequest {
  refuseWhatMatters(request);
  const warnings = new Set<string>();
  const natives = ownNatives(request, warnings);
  const options = {
    ...natives.options,
    ...given({
      temperature: request.temperature,
      top_p: request.topP,
      top_k: request.topK,
      seed: request.seed,
      stop: request.stop,
      num_predict: request.maxOutputTokens,
    }),
  };
  const think = encodeThink(request, warnings);
  if (request.endUser !== undefined) {
    warnings.add(`The end user's name is left out: ${NAME} has no word for it`);
  }
  const body: JsonObject = {
    ...(think !== undefined && { think }),
    ...natives.fields,
    model: request.model,
    messages: encodeMessages(request.messages, warnings),
    stream: request.stream,
    ...encodeTools(request, warnings),
    ...(request.outputFormat !== undefined && { format: encodeFormat(request.outputFormat) }),
    ...given({ logprobs: request.logprobs, top_logprobs: request.topLogprobs }),
    ...(Object.keys(options).length > 0 && { options }),
  };
  return { body, warnings: [...warnings] };
}

/** `/api/generate` is only spoken to its own clients. */
export function refuseGenerate(): never {
  throw new GatewayError(
    "invalid_request",
    "The model's provider takes a single prompt and no conversation; choose another model",
    { param: "messages" },
  );
}

/** Clients count on what this asks for: an answer without it would not be what they want. */
function refuseWhatMatters({ choices }: ChatRequest): void {
  if (choices === undefined || choices === 1) return;
  const message = `"n" must be 1: this model gives one answer a call, not ${choices}`;
  throw new GatewayError("invalid_request", message, { param: "n" });
}

/** The format has no choice of tools: only which there are. */
function encodeTools(
  { tools = [], toolChoice, parallelToolCalls }: ChatRequest,
  warnings: Set<string>,
): JsonObject {
  const isNamed = typeof toolChoice === "object";
  const offered = toolChoice === "none"
    ? []
    : isNamed
    ? tools.filter(({ name }) => name === toolChoice.name)
    : tools;
  const written = offered.flatMap((tool) => encodeTool(tool, warnings));
  if (written.length === 0) return {};
  if (isNamed || toolChoice === "required") {
    warnings.add(`That a tool must be called is left out: ${NAME} has no word for it`);
  }
  if (parallelToolCalls === false) {
    warnings.add(`That one tool is to be called at a time is left out: ${NAME} has no word for it`);
  }
  return { tools: written };
}

function encodeTool(tool: Tool | NativeTool, warnings: Set<string>): readonly JsonObject[] {
  if (tool.kind === "native") {
    warnings.add(
      `The tool "${tool.name}" is left out: ${tool.native.format} runs it, nobody else can`,
    );
    return [];
  }
  const { name, kind, parameters, native, strict, cache } = tool;
  if (cache !== undefined) warnings.add(NO_MARKS);
  if (strict === true) {
    warnings.add(`That the tool "${name}" is strict is left out: the model does not promise it`);
  }
  const isOwn = native?.format === NAME && isJsonObject(native.value);
  if (native !== undefined && !isOwn) {
    warnings.add(
      `Of the tool "${name}", what only ${native.format} has words for is left out`,
    );
  }
  const description = kind === "custom" ? describeCustomTool(tool) : tool.description;
  return [{
    type: "function",
    function: {
      name,
      ...given({ description }),
      parameters: kind === "custom" ? TEXT_INPUT : toSchema(parameters),
      ...(isOwn && isJsonObject(native.value) && native.value),
    },
  }];
}

function toSchema(parameters: JsonObject = {}): JsonObject {
  return {
    type: "object",
    ...(parameters["properties"] === undefined && { properties: {} }),
    ...parameters,
  };
}

function encodeFormat(format: OutputFormat): JsonValue {
  return format.type === "json_object" ? "json" : format.schema;
}

interface OwnNatives {
  readonly fields: JsonObject;
  readonly options: JsonObject;
}

/** Fields of this format go back where they stood, those of others are named and left out. */
function ownNatives({ natives }: ChatRequest, warnings: Set<string>): OwnNatives {
  const fields: [string, JsonValue][] = [];
  const options: [string, JsonValue][] = [];
  for (const { format, name, value } of natives) {
    const isOpenai = format === OPENAI_NAME;
    const option = name.startsWith("options.") ? name.slice("options.".length) : undefined;
    const isBound = option === undefined && name.includes(".");
    if (format === NAME && isBound) {
      warnings.add(`"${name}" is left out: it is bound to its place`);
    } else if (format === NAME && option !== undefined) options.push([option, value]);
    else if (isOpenai && SHARED_OPTIONS.has(name)) options.push([name, value]);
    else if (isOpenai && name === "options" && isJsonObject(value)) {
      for (const [key, member] of Object.entries(value)) options.push([key, member ?? null]);
    } else if (format === NAME || (isOpenai && OWN_FIELDS.includes(name))) {
      fields.push([name, value]);
    } else {
      warnings.add(`"${name}" is left out: ${NAME} has no word for what is ${format}'s`);
    }
  }
  return { fields: Object.fromEntries(fields), options: Object.fromEntries(options) };
}
