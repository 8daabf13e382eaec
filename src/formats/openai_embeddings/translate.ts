/**
 * OpenAI's embeddings, from and into the words that all formats share.
 *
 * @module
 */

import type { EmbeddingAnswer, EmbeddingRequest } from "../../core/chat/embeddings.ts";
import type { EncodedRequest, EncodeOptions } from "../../core/format.ts";
import { GatewayError } from "../../core/gateway_error.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../core/text/json.ts";
import { given, isGiven, optionalNumber, refusal, textAt } from "../request_fields.ts";
import { NAME } from "./name.ts";
import { convertEmbeddings, embeddingFormat, embeddingUsage } from "./vectors.ts";

/** Fields that are read below; all others have no neutral word. */
const NEUTRAL_FIELDS: ReadonlySet<string> = new Set([
  "model",
  "input",
  "dimensions",
  "encoding_format",
  "user",
]);

/** Reads a request. Texts alone can be translated: a token is a number of one model's. */
export function decodeEmbeddings(body: JsonObject): EmbeddingRequest {
  const { input = null } = body;
  const inputs = Array.isArray(input) ? input : [input];
  const isText = inputs.length > 0 && inputs.every((item) => typeof item === "string");
  if (!isText) throw refusal("input", "must be a string or a list of strings for this model");
  if (embeddingFormat(body) === undefined) {
    throw refusal("encoding_format", 'must be "float" or "base64" for this model');
  }
  return {
    model: textAt(body["model"], "model"),
    inputs,
    ...given({
      dimensions: optionalNumber(body["dimensions"], "dimensions", { min: 1, isWhole: true }),
    }),
    natives: Object.entries(body).flatMap(([name, value]) =>
      NEUTRAL_FIELDS.has(name) || !isGiven(value) ? [] : [{ format: NAME, name, value }]
    ),
  };
}

export function encodeEmbeddings(
  { model, inputs, dimensions, natives }: EmbeddingRequest,
): EncodedRequest {
  const body = {
    model,
    input: inputs.length === 1 ? inputs[0]! : inputs,
    ...(dimensions !== undefined && { dimensions }),
    encoding_format: "float",
  };
  const warnings = natives.map(({ name, format }) =>
    `"${name}" is left out: ${NAME} has no word for what is ${format}'s`
  );
  return { body, warnings };
}

/** Reads an answer, whose vectors may be base64 whatever was asked for. */
export function decodeVectors(body: JsonObject): EmbeddingAnswer {
  const { data, model } = convertEmbeddings(body, "float");
  if (!Array.isArray(data)) throw noVectors();
  const entries = data.map((entry, index) => {
    const at = isJsonObject(entry) && typeof entry.index === "number" ? entry.index : index;
    return { at, vector: vectorOf(isJsonObject(entry) ? entry.embedding : undefined) };
  });
  const usage = embeddingUsage(body);
  return {
    vectors: entries.sort((left, right) => left.at - right.at).map(({ vector }) => vector),
    ...(typeof model === "string" && model !== "" && { model }),
    ...(usage !== undefined && { usage }),
  };
}

export function encodeVectors(
  { vectors, model, usage }: EmbeddingAnswer,
  request: JsonObject,
  options: EncodeOptions,
): JsonObject {
  const tokens = usage?.inputTokens ?? 0;
  const answer = {
    object: "list",
    data: vectors.map((embedding, index) => ({ object: "embedding", index, embedding })),
    model: model ?? options.model,
    usage: { prompt_tokens: tokens, total_tokens: usage?.totalTokens ?? tokens },
  };
  return convertEmbeddings(answer, embeddingFormat(request));
}

function vectorOf(value: JsonValue | undefined): readonly number[] {
  if (Array.isArray(value) && value.every((item) => typeof item === "number")) return value;
  throw noVectors();
}

function noVectors(): GatewayError {
  return new GatewayError(
    "upstream_invalid_response",
    "The provider's answer has something in it that is no embedding",
  );
}
