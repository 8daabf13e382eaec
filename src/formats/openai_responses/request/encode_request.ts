/**
 * Requests, written for a provider of this format.
 *
 * What the format has no word for is left out with a warning that names it; what would make another question
 * of it is refused. Nothing is kept at the provider that its client did not ask to be kept.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { ChatRequest, OutputFormat, ReasoningWish } from "../../../core/chat/chat.ts";
import type { EncodedRequest } from "../../../core/format.ts";
import { GatewayError } from "../../../core/gateway_error.ts";
import type { JsonObject, JsonValue } from "../../../core/text/json.ts";
import { SHARED_FIELDS } from "../../openai_fields.ts";
import { given } from "../../request_fields.ts";
import { NAME } from "../name.ts";
import { encodeInput } from "./encode_items.ts";
import { encodeTools } from "./encode_tools.ts";

/** OpenAI's bound of an end user's name. */
const MAX_USER_CHARACTERS = 64;

/** The least that OpenAI takes. */
const MIN_OUTPUT_TOKENS = 16;

/** The name that a schema must have. */
const SCHEMA_NAME = "answer";

/** Where a number of tokens becomes a word: the most that each stands for. */
const LOW_TOKENS = 4_096;
const MEDIUM_TOKENS = 16_384;

/** Writes a request. Throws `GatewayError` `invalid_request` for what cannot be asked in this format. */
export function encodeRequest(request: ChatRequest): EncodedRequest {
  const { choices, outputFormat, endUser } = request;
  if (choices !== undefined && choices > 1) {
    throw refusal("n", `must be 1: this model gives one answer a call, not ${choices}`);
  }
  const warnings = new Set<string>();
  const { instructions, items } = encodeInput(request.messages, warnings);
  if (items.length === 0 && instructions === "") {
    throw refusal("messages", "must hold a message with content");
  }
  const { fields, text } = ownNatives(request, warnings);
  const format = outputFormat === undefined ? undefined : encodeOutputFormat(outputFormat);
  const written = { ...text, ...given({ format }) };
  const reasoning = encodeReasoning(request.reasoning, warnings);
  const include = includeOf(request, reasoning);
  for (
    const [name, value] of Object.entries({
      seed: request.seed,
      top_k: request.topK,
      stop: request.stop,
    })
  ) {
    if (value !== undefined) warnings.add(`"${name}" is left out: ${NAME} has no word for it`);
  }
  const body: JsonObject = {
    store: false,
    ...fields,
    model: request.model,
    ...(instructions !== "" && { instructions }),
    // A system that speaks to nobody is asked itself.
    input: items.length === 0 ? instructions : items,
    ...(request.stream && { stream: true }),
    ...given({
      max_output_tokens: outputBound(request, warnings),
      temperature: request.temperature,
      top_p: request.topP,
      top_logprobs: request.topLogprobs,
      ...encodeTools(request, warnings),
      reasoning,
    }),
    ...(Object.keys(written).length > 0 && { text: written }),
    ...(include.length > 0 && { include }),
    ...(endUser !== undefined && { safety_identifier: shortUser(endUser) }),
  };
  return { body, warnings: [...warnings] };
}

function outputBound(
  { maxOutputTokens }: ChatRequest,
  warnings: Set<string>,
): number | undefined {
  if (maxOutputTokens === undefined || maxOutputTokens >= MIN_OUTPUT_TOKENS) return maxOutputTokens;
  warnings.add(
    `The bound of ${maxOutputTokens} tokens is sent as ${MIN_OUTPUT_TOKENS}, the least that is taken`,
  );
  return MIN_OUTPUT_TOKENS;
}

function encodeOutputFormat(format: OutputFormat): JsonObject {
  if (format.type === "json_object") return { type: "json_object" };
  const { schema, name = SCHEMA_NAME, description, strict } = format;
  return { type: "json_schema", name, schema, ...given({ description, strict }) };
}

/** A client that says when the model is to think wants to see it; others have no place for it. */
function encodeReasoning(
  wish: ReasoningWish | undefined,
  warnings: Set<string>,
): JsonObject | undefined {
  if (wish === undefined) return undefined;
  const { mode, effort, maxTokens, isHidden } = wish;
  if (mode === "off" || effort === "none") return { effort: "none" };
  const summary = mode !== undefined && isHidden !== true ? "auto" : undefined;
  const word = effort ?? (maxTokens === undefined ? undefined : effortFor(maxTokens));
  if (effort === undefined && word !== undefined) {
    warnings.add(`The number of tokens to reason with is sent as the effort "${word}"`);
  }
  const fields = given({ effort: word, summary });
  return Object.keys(fields).length === 0 ? undefined : fields;
}

function effortFor(tokens: number): string {
  if (tokens <= LOW_TOKENS) return "low";
  return tokens <= MEDIUM_TOKENS ? "medium" : "high";
}

/** The provider keeps nothing, so that its reasoning travels with the conversation; models that do not reason refuse that. */
function includeOf(
  { logprobs }: ChatRequest,
  reasoning: JsonObject | undefined,
): readonly string[] {
  const isReasoning = reasoning !== undefined && reasoning["effort"] !== "none";
  return [
    ...(isReasoning ? ["reasoning.encrypted_content"] : []),
    ...(logprobs === true ? ["message.output_text.logprobs"] : []),
  ];
}

/** Agents send more than a name. A digest tells users apart as well. */
function shortUser(endUser: string): string {
  return endUser.length <= MAX_USER_CHARACTERS
    ? endUser
    : createHash("sha256").update(endUser).digest("hex");
}

/** Fields of this format go back where they stood; those of others are named and left out. */
function ownNatives(
  { natives }: ChatRequest,
  warnings: Set<string>,
): { readonly fields: JsonObject; readonly text: JsonObject } {
  const fields: [string, JsonValue][] = [];
  const text: [string, JsonValue][] = [];
  for (const { format, name, value } of natives) {
    const [first = "", second, ...deeper] = name.split(".");
    const isShared = format === "openai_chat" && SHARED_FIELDS.has(name);
    if (format === "openai_chat" && name === "verbosity") text.push([name, value]);
    else if (format === NAME && first === "text" && second !== undefined && deeper.length === 0) {
      text.push([second, value]);
    } else if (isShared || format === NAME && second === undefined) fields.push([name, value]);
    else if (format === NAME) warnings.add(`"${name}" is left out: it is bound to its place`);
    else warnings.add(`"${name}" is left out: ${NAME} has no word for what is ${format}'s`);
  }
  return { fields: Object.fromEntries(fields), text: Object.fromEntries(text) };
}

function refusal(param: string, problem: string): GatewayError {
  return new GatewayError("invalid_request", `"${param}" ${problem}`, { param });
}
