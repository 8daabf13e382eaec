/**
 * Requests, written for a provider of this format.
 *
 * What the format has no word for is left out with a warning that names it; what would make another question
 * of it is refused.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { ChatRequest, OutputFormat } from "../../../core/chat/chat.ts";
import type { EncodedRequest } from "../../../core/format.ts";
import { GatewayError } from "../../../core/gateway_error.ts";
import type { JsonObject, JsonValue } from "../../../core/text/json.ts";
import { SHARED_FIELDS } from "../../openai_fields.ts";
import { NAME } from "../name.ts";
import { encodeMessages } from "./encode_messages.ts";
import { encodeReasoning } from "./encode_reasoning.ts";
import { encodeTools } from "./encode_tools.ts";
import { given } from "./given.ts";
import type { RequestEncoding, RequestVariant } from "./variant.ts";

/** OpenAI's bound of an end user's name. */
const MAX_USER_CHARACTERS = 64;

/** The name that a schema must have. */
const SCHEMA_NAME = "answer";

/** Writes a request. Throws `GatewayError` `invalid_request` for what cannot be asked in this format. */
export function encodeRequest(
  request: ChatRequest,
  variant: RequestVariant = "common",
): EncodedRequest {
  const encoding: RequestEncoding = { variant, warnings: new Set() };
  const messages = encodeMessages(request.messages, encoding);
  if (messages.length === 0) {
    throw new GatewayError("invalid_request", `"messages" must hold a message with content`, {
      param: "messages",
    });
  }
  const { outputFormat, endUser } = request;
  const body: JsonObject = {
    ...ownNatives(request, encoding),
    model: request.model,
    messages,
    ...(request.stream && { stream: true }),
    ...given({
      n: request.choices,
      max_completion_tokens: request.maxOutputTokens,
      temperature: request.temperature,
      top_p: request.topP,
      top_k: encodeTopK(request, encoding),
      seed: request.seed,
      stop: request.stop,
      ...encodeTools(request, encoding),
      response_format: outputFormat === undefined ? undefined : encodeOutputFormat(outputFormat),
      ...encodeReasoning(request.reasoning, encoding),
      logprobs: request.logprobs,
      top_logprobs: request.topLogprobs,
    }),
    ...(endUser !== undefined && {
      [variant === "openai" ? "safety_identifier" : "user"]: shortUser(endUser),
    }),
  };
  return { body, warnings: [...encoding.warnings] };
}

function encodeTopK(
  { topK }: ChatRequest,
  { variant, warnings }: RequestEncoding,
): number | undefined {
  if (topK === undefined || variant !== "openai") return topK;
  warnings.add(`"top_k" is left out: the provider does not take it`);
  return undefined;
}

function encodeOutputFormat(format: OutputFormat): JsonObject {
  if (format.type === "json_object") return { type: "json_object" };
  const { schema, name = SCHEMA_NAME, description, strict } = format;
  return { type: "json_schema", json_schema: { name, ...given({ description, schema, strict }) } };
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
  { variant, warnings }: RequestEncoding,
): JsonObject {
  const fields: [string, JsonValue][] = [];
  for (const { format, name, value } of natives) {
    const isOpenai = variant === "openai" && format === "openai_responses";
    if (isOpenai && SHARED_FIELDS.has(name)) fields.push([name, value]);
    else if (isOpenai && name === "text.verbosity") fields.push(["verbosity", value]);
    else if (format !== NAME) {
      warnings.add(`"${name}" is left out: ${NAME} has no word for what is ${format}'s`);
    } else if (name.includes(".")) {
      warnings.add(`"${name}" is left out: it is bound to its place`);
    } else fields.push([name, value]);
  }
  return Object.fromEntries(fields);
}
