/**
 * Requests for embeddings, written, and their answers, read.
 *
 * @module
 */

import type { EmbeddingAnswer, EmbeddingRequest } from "../../../core/embeddings.ts";
import type { EncodedRequest } from "../../../core/format.ts";
import { GatewayError } from "../../../core/gateway_error.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import { decodeUsage } from "../answer/usage.ts";
import { BATCH, ONE } from "./names.ts";

/** Writes `:batchEmbedContents`, however many there are. Fields of the other method are those of each request. */
export function encodeEmbeddings(
  { model, inputs, dimensions, natives }: EmbeddingRequest,
): EncodedRequest {
  const isOwn = (format: string): boolean => format === ONE || format === BATCH;
  const own = natives.filter(({ format }) => isOwn(format)).map(({ name, value }) => [name, value]);
  const requests = inputs.map((text): JsonObject => ({
    model: model.includes("/") ? model : `models/${model}`,
    content: { parts: [{ text }] },
    ...(dimensions !== undefined && { outputDimensionality: dimensions }),
    ...Object.fromEntries(own),
  }));
  return {
    body: { requests },
    warnings: natives.filter(({ format }) => !isOwn(format)).map(({ name, format }) =>
      `"${name}" is left out: ${BATCH} has no word for what is ${format}'s`
    ),
  };
}

/** Reads an answer of either method. */
export function decodeVectors(body: JsonObject): EmbeddingAnswer {
  const { embedding, embeddings } = body;
  const list = Array.isArray(embeddings) ? embeddings : [embedding];
  const usage = decodeUsage(body["usageMetadata"]);
  return { vectors: list.map(vectorOf), ...(usage !== undefined && { usage }) };
}

function vectorOf(embedding: JsonValue | undefined): readonly number[] {
  const values = isJsonObject(embedding) ? embedding["values"] : undefined;
  if (Array.isArray(values) && values.every((item) => typeof item === "number")) return values;
  throw new GatewayError(
    "upstream_invalid_response",
    "The provider's answer has something in it that is no embedding",
  );
}
