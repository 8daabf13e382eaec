/**
 * Requests, written for a provider of this format.
 *
 * What the format has no word for is left out with a warning that names it; what would make another question
 * of it is refused.
 *
 * @module
 */

import type { ChatRequest } from "../../../core/chat/chat.ts";
import type { EncodedRequest } from "../../../core/format.ts";
import { GatewayError } from "../../../core/gateway_error.ts";
import type { JsonObject, JsonValue } from "../../../core/text/json.ts";
import { encodeMessages } from "./encode_messages.ts";
import { encodeReasoning } from "./encode_reasoning.ts";
import { encodeTools } from "./encode_tools.ts";
import { type ModelTraits, traitsOf } from "./model_traits.ts";
import { NAME } from "../name.ts";

const JSON_INSTRUCTION = "Answer with one JSON object and nothing else: no text around it.";

/** What is written where a request says nothing. */
export interface RequestDefaults {
  /** Bound of the output, which every request must have; by default 16,384 or the most of the model. */
  readonly maxOutputTokens?: number;
}

/** Writes a request. Throws `GatewayError` `invalid_request` for what cannot be asked in this format. */
export function encodeRequest(
  request: ChatRequest,
  defaults: RequestDefaults = {},
): EncodedRequest {
  refuseWhatMatters(request);
  const warnings = new Set<string>();
  const traits = traitsOf(request.model);
  const { system, turns } = encodeMessages(request.messages, traits, warnings);
  if (turns.length === 0) {
    throw refusal("messages", "must hold a message of the user that is not empty");
  }
  const format = encodeOutputFormat(request, traits, warnings);
  const reasoning = encodeReasoning(request, turns, { traits, defaults, warnings });
  const isThinking = reasoning.thinking !== undefined && reasoning.thinking["type"] !== "disabled";
  const natives = ownNatives(request, warnings);
  const config = {
    ...natives.outputConfig,
    ...(reasoning.effort !== undefined && { effort: reasoning.effort }),
    ...(format.format !== undefined && { format: format.format }),
  };
  const metadata = {
    ...natives.metadata,
    ...(request.endUser !== undefined && { user_id: request.endUser }),
  };
  const prompt = [...system, ...format.instructions.map((text) => ({ type: "text", text }))];
  if (request.seed !== undefined) {
    warnings.add(`"seed" is left out: ${NAME} has no word for it`);
  }
  const body: JsonObject = {
    ...natives.fields,
    model: request.model,
    max_tokens: reasoning.maxTokens,
    ...(prompt.length > 0 && { system: prompt }),
    messages: turns.map(({ role, content }) => ({ role, content })),
    ...(request.stream && { stream: true }),
    ...encodeTools(request, traits, warnings),
    ...encodeSampling(request, traits, isThinking, warnings),
    ...encodeStop(request, warnings),
    ...(reasoning.thinking !== undefined && { thinking: reasoning.thinking }),
    ...(Object.keys(config).length > 0 && { output_config: config }),
    ...(Object.keys(metadata).length > 0 && { metadata }),
  };
  return { body, warnings: [...warnings] };
}

/** Clients count on what these ask for: an answer without it would not be what they want. */
function refuseWhatMatters({ choices, logprobs, topLogprobs }: ChatRequest): void {
  if (choices !== undefined && choices > 1) {
    throw refusal("n", `must be 1: this model gives one answer a call, not ${choices}`);
  }
  if (logprobs === true || (topLogprobs ?? 0) > 0) {
    throw refusal("logprobs", "must not be asked for: this model does not tell them");
  }
}

function encodeOutputFormat(
  { outputFormat }: ChatRequest,
  traits: ModelTraits,
  warnings: Set<string>,
): { readonly format?: JsonObject; readonly instructions: readonly string[] } {
  if (outputFormat === undefined) return { instructions: [] };
  if (outputFormat.type === "json_object") {
    warnings.add(`"json_object" is asked for in words: ${NAME} has no field for it`);
    return { instructions: [JSON_INSTRUCTION] };
  }
  const { schema } = outputFormat;
  if (traits.hasStructuredOutput) {
    return { format: { type: "json_schema", schema }, instructions: [] };
  }
  warnings.add("The schema of the answer is asked for in words: the model does not promise it");
  return {
    instructions: [`${JSON_INSTRUCTION} It must follow this schema: ${JSON.stringify(schema)}`],
  };
}

/** Numbers that a model refuses are left out: where it takes none, not even its defaults may be sent. */
function encodeSampling(
  { temperature, topP, topK }: ChatRequest,
  { sampling }: ModelTraits,
  isThinking: boolean,
  warnings: Set<string>,
): JsonObject {
  const isOpen = sampling !== "none" && !isThinking;
  const takesTopP = sampling === "both" || temperature === undefined;
  const numbers: Record<string, number> = {};
  function add(name: string, value: number | undefined, isTaken: boolean): void {
    if (value === undefined) return;
    if (isTaken) numbers[name] = value;
    // Of the first two, 1 is what the model does by itself.
    else if (value !== 1) {
      warnings.add(`"${name}" is left out: ${refusalReason(sampling, isThinking)}`);
    }
  }
  add("temperature", temperature, isOpen);
  add("top_p", topP, isOpen && takesTopP);
  add("top_k", topK, isOpen);
  if (temperature !== undefined && temperature > 1 && isOpen) {
    numbers["temperature"] = 1;
    warnings.add(`"temperature" ${temperature} is sent as 1, the highest the model takes`);
  }
  return numbers;
}

function refusalReason(sampling: ModelTraits["sampling"], isThinking: boolean): string {
  if (sampling === "none") return "the model does not take it";
  return isThinking ? "the model does not take it while it reasons" : "the model takes one of " +
    `"temperature" and "top_p"`;
}

/** The API refuses sequences of nothing but space. */
function encodeStop({ stop = [] }: ChatRequest, warnings: Set<string>): JsonObject {
  const sequences = stop.filter((sequence) => sequence.trim() !== "");
  if (sequences.length < stop.length) {
    warnings.add("Stop sequences that are empty or nothing but space are left out");
  }
  return sequences.length > 0 ? { stop_sequences: sequences } : {};
}

interface OwnNatives {
  readonly fields: JsonObject;
  readonly outputConfig: JsonObject;
  readonly metadata: JsonObject;
}

/** Fields of this format go back where they stood; those of others are named and left out. */
function ownNatives({ natives }: ChatRequest, warnings: Set<string>): OwnNatives {
  const found: Record<keyof OwnNatives, [string, JsonValue][]> = {
    fields: [],
    outputConfig: [],
    metadata: [],
  };
  for (const { format, name, value } of natives) {
    const [first = "", second, ...deeper] = name.split(".");
    const isOwn = format === NAME && deeper.length === 0;
    if (isOwn && second === undefined) found.fields.push([name, value]);
    else if (isOwn && first === "output_config") found.outputConfig.push([second!, value]);
    else if (isOwn && first === "metadata") found.metadata.push([second!, value]);
    else if (format === NAME) warnings.add(`"${name}" is left out: it is bound to its place`);
    else warnings.add(`"${name}" is left out: ${NAME} has no word for what is ${format}'s`);
  }
  return {
    fields: Object.fromEntries(found.fields),
    outputConfig: Object.fromEntries(found.outputConfig),
    metadata: Object.fromEntries(found.metadata),
  };
}

function refusal(param: string, problem: string): GatewayError {
  return new GatewayError("invalid_request", `"${param}" ${problem}`, { param });
}
