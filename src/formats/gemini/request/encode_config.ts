/**
 * `generationConfig` of a request, written.
 *
 * @module
 */

import type { ChatRequest } from "../../../core/chat/chat.ts";
import type { JsonObject } from "../../../core/text/json.ts";
import { given } from "../../request_fields.ts";
import { NAME } from "../name.ts";
import { encodeThinking } from "./encode_thinking.ts";
import { warnOfKeywords } from "./encode_tools.ts";
import type { ModelTraits } from "./model_traits.ts";
import { narrowSchema } from "./narrow_schema.ts";

const MAX_STOP_SEQUENCES = 5;
const MAX_LOGPROBS = 20;
const JSON_TYPE = "application/json";
const JSON_INSTRUCTION = "Answer with one JSON value and nothing else: no text around it.";

export interface EncodedConfig {
  readonly config: JsonObject;
  /** What the system prompt has to say in place of a field. */
  readonly instructions: readonly string[];
}

export function encodeConfig(
  request: ChatRequest,
  traits: ModelTraits,
  warnings: Set<string>,
): EncodedConfig {
  const { choices, logprobs, topLogprobs } = request;
  const { fields, instructions } = encodeFormat(request, traits, warnings);
  const config = given({
    temperature: request.temperature,
    topP: request.topP,
    topK: request.topK,
    maxOutputTokens: request.maxOutputTokens,
    stopSequences: encodeStop(request, warnings),
    candidateCount: choices !== undefined && choices > 1 ? choices : undefined,
    seed: encodeSeed(request, warnings),
    responseLogprobs: logprobs === true ? true : undefined,
    logprobs: logprobs === true && topLogprobs !== undefined && topLogprobs > 0
      ? Math.min(topLogprobs, MAX_LOGPROBS)
      : undefined,
    thinkingConfig: encodeThinking(request.reasoning, traits, warnings),
  });
  return { config: { ...config, ...fields }, instructions };
}

function encodeStop({ stop = [] }: ChatRequest, warnings: Set<string>): string[] | undefined {
  const sequences = stop.filter((sequence) => sequence !== "");
  if (sequences.length > MAX_STOP_SEQUENCES) {
    warnings.add(`Of the stop sequences, all but ${MAX_STOP_SEQUENCES} are left out`);
  }
  return sequences.length === 0 ? undefined : sequences.slice(0, MAX_STOP_SEQUENCES);
}

/** A whole number of 32 bits. */
function encodeSeed({ seed }: ChatRequest, warnings: Set<string>): number | undefined {
  if (seed === undefined || seed === Math.trunc(seed) && Math.abs(seed) < 2 ** 31) return seed;
  warnings.add(`"seed" is left out: ${NAME} takes whole numbers of 32 bits`);
  return undefined;
}

function encodeFormat(
  { outputFormat, tools = [] }: ChatRequest,
  { hasJsonBesideTools }: ModelTraits,
  warnings: Set<string>,
): { readonly fields: JsonObject; readonly instructions: readonly string[] } {
  if (outputFormat === undefined) return { fields: {}, instructions: [] };
  const left = new Set<string>();
  const schema = outputFormat.type === "json_schema" ? outputFormat.schema : undefined;
  if (tools.length > 0 && !hasJsonBesideTools) {
    warnings.add("JSON is asked for in words: the model does not promise it beside tools");
    const rule = schema === undefined
      ? ""
      : ` It must follow this schema: ${JSON.stringify(schema)}`;
    return { fields: {}, instructions: [JSON_INSTRUCTION + rule] };
  }
  const narrowed = schema && narrowSchema(schema, left);
  warnOfKeywords("the answer", left, warnings);
  return {
    fields: {
      responseMimeType: JSON_TYPE,
      ...(narrowed !== undefined && { responseJsonSchema: narrowed }),
    },
    instructions: [],
  };
}
