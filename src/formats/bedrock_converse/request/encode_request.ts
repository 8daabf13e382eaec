/**
 * Requests, written for Converse. The model stands in the address, and so does whether the answer is streamed.
 *
 * @module
 */

import type { ChatRequest } from "../../../core/chat/chat.ts";
import type { EncodedRequest } from "../../../core/format.ts";
import { GatewayError } from "../../../core/gateway_error.ts";
import type { JsonObject, JsonValue } from "../../../core/text/json.ts";
import { encodeReasoning } from "./encode_reasoning.ts";
import { NAME } from "../name.ts";
import { encodeMessages } from "./encode_messages.ts";
import { encodeTools } from "./encode_tools.ts";
import { type ConverseTraits, traitsOf } from "./model_traits.ts";

const JSON_INSTRUCTION = "Answer with one JSON object and nothing else: no text around it.";

/** Throws `GatewayError` `invalid_request` for what cannot be asked in this format. */
export function encodeRequest(request: ChatRequest): EncodedRequest {
  refuseWhatMatters(request);
  const warnings = new Set<string>();
  const traits = traitsOf(request.model);
  const { system, turns } = encodeMessages(request.messages, traits, warnings);
  if (turns.length === 0) {
    throw refusal("messages", "must hold a message of the user that is not empty");
  }
  const output = encodeOutputFormat(request, traits, warnings);
  const reasoning = encodeReasoning(request, traits, warnings);
  const sampling = encodeSampling(request, traits, warnings);
  const more = { ...sampling.more, ...reasoning.more };
  const inference = { ...sampling.inference, ...reasoning.inference };
  const config = { ...output.config, ...reasoning.config };
  const prompt = [...system, ...output.instructions.map((text) => ({ text }))];
  const body: JsonObject = {
    ...ownNatives(request, warnings),
    messages: turns.map(({ role, content }) => ({ role, content })),
    ...(prompt.length > 0 && { system: prompt }),
    ...(Object.keys(inference).length > 0 && { inferenceConfig: inference }),
    ...encodeTools(request, turns, traits, warnings),
    ...(Object.keys(config).length > 0 && { outputConfig: config }),
    ...(Object.keys(more).length > 0 && { additionalModelRequestFields: more }),
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
  { hasStructuredOutput }: ConverseTraits,
  warnings: Set<string>,
): { readonly config: JsonObject; readonly instructions: readonly string[] } {
  if (outputFormat === undefined) return { config: {}, instructions: [] };
  if (outputFormat.type === "json_object") {
    warnings.add(`"json_object" is asked for in words: ${NAME} has no field for it`);
    return { config: {}, instructions: [JSON_INSTRUCTION] };
  }
  const { schema, name, description } = outputFormat;
  const text = JSON.stringify(schema);
  if (hasStructuredOutput) {
    const jsonSchema = {
      schema: text,
      ...(name !== undefined && { name }),
      ...(description !== undefined && { description }),
    };
    const textFormat = { type: "json_schema", structure: { jsonSchema } };
    return { config: { textFormat }, instructions: [] };
  }
  warnings.add("The schema of the answer is asked for in words: the model does not promise it");
  return {
    config: {},
    instructions: [`${JSON_INSTRUCTION} It must follow this schema: ${text}`],
  };
}

function encodeSampling(
  { maxOutputTokens, temperature, topP, topK, stop = [], seed, endUser }: ChatRequest,
  traits: ConverseTraits,
  warnings: Set<string>,
): { readonly inference: JsonObject; readonly more: JsonObject } {
  const sequences = stop.filter((sequence) => sequence !== "");
  if (sequences.length < stop.length) warnings.add("Stop sequences that are empty are left out");
  if (seed !== undefined) warnings.add(`"seed" is left out: ${NAME} has no word for it`);
  if (endUser !== undefined) warnings.add(`"user" is left out: ${NAME} has no word for it`);
  if (topK !== undefined && traits.topK === "none") {
    warnings.add(`"top_k" is left out: ${NAME} has no word for it with this model`);
  }
  if (temperature !== undefined && temperature > 1) {
    warnings.add(`"temperature" ${temperature} is sent as 1, the highest that is taken`);
  }
  const inference = {
    ...(maxOutputTokens !== undefined && { maxTokens: maxOutputTokens }),
    ...(temperature !== undefined && { temperature: Math.min(1, temperature) }),
    ...(topP !== undefined && { topP }),
    ...(sequences.length > 0 && { stopSequences: sequences }),
  };
  if (topK === undefined) return { inference, more: {} };
  if (traits.topK === "top_k") return { inference, more: { top_k: topK } };
  return { inference, more: traits.topK === "none" ? {} : { inferenceConfig: { topK } } };
}

/** Fields of this format go back where they stood; those of others are named and left out. */
function ownNatives({ natives }: ChatRequest, warnings: Set<string>): JsonObject {
  const own: [string, JsonValue][] = [];
  for (const { format, name, value } of natives) {
    if (format === NAME) own.push([name, value]);
    else warnings.add(`"${name}" is left out: ${NAME} has no word for what is ${format}'s`);
  }
  return Object.fromEntries(own);
}

function refusal(param: string, problem: string): GatewayError {
  return new GatewayError("invalid_request", `"${param}" ${problem}`, { param });
}
