/**
 * Ollama's embeddings, `/api/embed`, and `/api/embeddings`, which came before it. What of a chat's format is
 * not theirs is never used.
 *
 * @module
 */

import type { ChatEvent } from "../../../core/chat/chat.ts";
import type { EmbeddingAnswer, EmbeddingRequest } from "../../../core/chat/embeddings.ts";
import type { EncodedRequest, EncodeOptions, WireFormat } from "../../../core/format.ts";
import { GatewayError } from "../../../core/gateway_error.ts";
import type { JsonObject, JsonValue } from "../../../core/text/json.ts";
import { countOf } from "../../counts.ts";
import { given, isGiven, optionalNumber, refusal, textAt } from "../../request_fields.ts";
import { nanoseconds } from "../answer/finish.ts";
import { ollamaChat } from "../mod.ts";
import { EMBED_NAME, EMBEDDINGS_NAME, NAME } from "../name.ts";
import { embeddingsFacts, embedFacts } from "../request/facts.ts";

/** The format of `/api/embed`. */
export const ollamaEmbed: WireFormat = {
  ...ollamaChat,
  name: EMBED_NAME,
  errorName: NAME,
  encodeEmbeddings,
  decodeWhole: (body) => whatIsKnown(decodeVectors(body)),
  decodeVectors,
  request: {
    ...ollamaChat.request,
    name: EMBED_NAME,
    facts: embedFacts,
    decodeEmbeddings: (body) => decodeRequest(body, "input"),
  },
  answer: { ...ollamaChat.answer, name: EMBED_NAME, encodeVectors },
};

/** The format of `/api/embeddings`, which providers are not asked in. */
export const ollamaEmbeddings: WireFormat = {
  ...ollamaEmbed,
  name: EMBEDDINGS_NAME,
  request: {
    ...ollamaEmbed.request,
    name: EMBEDDINGS_NAME,
    facts: embeddingsFacts,
    decodeEmbeddings: (body) => decodeRequest(body, "prompt"),
  },
  answer: {
    ...ollamaEmbed.answer,
    name: EMBEDDINGS_NAME,
    encodeVectors: ({ vectors }) => ({ embedding: vectors[0] ?? [] }),
  },
};

function decodeRequest(body: JsonObject, field: "input" | "prompt"): EmbeddingRequest {
  const value = body[field] ?? null;
  const inputs = Array.isArray(value) ? value : [value];
  if (inputs.length === 0 || !inputs.every((item) => typeof item === "string")) {
    throw refusal(field, "must be a string or a list of strings");
  }
  const known = ["model", "dimensions", field];
  return {
    model: textAt(body["model"], "model"),
    inputs,
    ...given({
      dimensions: optionalNumber(body["dimensions"], "dimensions", { min: 1, isWhole: true }),
    }),
    natives: Object.entries(body).flatMap(([name, value]) =>
      known.includes(name) || !isGiven(value) ? [] : [{ format: EMBED_NAME, name, value }]
    ),
  };
}

function encodeEmbeddings(
  { model, inputs, dimensions, natives }: EmbeddingRequest,
): EncodedRequest {
  const own = natives.filter(({ format }) => format === EMBED_NAME);
  const foreign = natives.filter(({ format }) => format !== EMBED_NAME);
  return {
    body: {
      ...Object.fromEntries(own.map(({ name, value }) => [name, value])),
      model,
      input: inputs,
      ...given({ dimensions }),
    },
    warnings: foreign.map(({ name, format }) =>
      `"${name}" is left out: ${EMBED_NAME} has no word for what is ${format}'s`
    ),
  };
}

function decodeVectors(body: JsonObject): EmbeddingAnswer {
  const { embeddings, model, prompt_eval_count: told } = body;
  if (!Array.isArray(embeddings) || !embeddings.every(isVector)) {
    throw new GatewayError(
      "upstream_invalid_response",
      "The provider's answer has something in it that is no embedding",
    );
  }
  const count = countOf(told);
  return {
    vectors: embeddings,
    ...(typeof model === "string" && model !== "" && { model }),
    ...(count !== undefined &&
      { usage: { inputTokens: count, outputTokens: 0, totalTokens: count } }),
  };
}

function isVector(value: JsonValue): value is readonly number[] {
  return Array.isArray(value) && value.every((item) => typeof item === "number");
}

function encodeVectors(
  { vectors, model, usage }: EmbeddingAnswer,
  _request: JsonObject,
  options: EncodeOptions,
): JsonObject {
  return {
    model: model ?? options.model,
    embeddings: vectors,
    total_duration: nanoseconds(options.elapsedMs?.() ?? 0),
    load_duration: 0,
    prompt_eval_count: usage?.inputTokens ?? 0,
  };
}

function whatIsKnown({ model, usage }: EmbeddingAnswer): readonly ChatEvent[] {
  return [
    { type: "start", ...given({ model }) },
    ...(usage === undefined ? [] : [{ type: "usage", usage } as const]),
  ];
}
