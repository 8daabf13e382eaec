/**
 * Google's embeddings, from and into the words that all formats share.
 *
 * @module
 */

import type { ChatEvent } from "../../../core/chat/chat.ts";
import type { EmbeddingAnswer, EmbeddingRequest } from "../../../core/chat/embeddings.ts";
import type { EncodedRequest } from "../../../core/format.ts";
import { GatewayError } from "../../../core/gateway_error.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import {
  given,
  isGiven,
  itemsAt,
  objectAt,
  optionalNumber,
  refusal,
  textAt,
} from "../../request_fields.ts";
import { decodeUsage, encodeUsage } from "../answer/usage.ts";
import { NAME } from "../name.ts";
import { camelCase, memberOf } from "../request/spelt.ts";

/** Fields that are read below; all others have no neutral word. */
const NEUTRAL_FIELDS: ReadonlySet<string> = new Set(["model", "content", "outputDimensionality"]);

/** The requests of a batch. */
export function requestsIn({ requests }: JsonObject): readonly JsonObject[] {
  return Array.isArray(requests) ? requests.filter(isJsonObject) : [];
}

/** Reads a request for one content. */
export function decodeSingle(body: JsonObject): EmbeddingRequest {
  return decodeRequests([body], () => "");
}

/** Reads a request for several. */
export function decodeBatch(body: JsonObject): EmbeddingRequest {
  const requests = itemsAt(body["requests"], "requests", objectAt) ?? [];
  return decodeRequests(requests, (index) => `requests.${index}.`);
}

/** All are sent as one, so that what they say beside their contents must be the same. */
function decodeRequests(
  requests: readonly JsonObject[],
  pathOf: (index: number) => string,
): EmbeddingRequest {
  const read = requests.map((request, index) => ({
    text: textIn(request["content"], `${pathOf(index)}content`),
    dimensions: optionalNumber(
      memberOf(request, "outputDimensionality"),
      `${pathOf(index)}outputDimensionality`,
      { min: 1, isWhole: true },
    ),
  }));
  const [first] = read;
  const other = read.findIndex(({ dimensions }) => dimensions !== first?.dimensions);
  if (other >= 0) {
    throw refusal(
      `${pathOf(other)}outputDimensionality`,
      "must be the same in all requests for this model",
    );
  }
  const natives = new Map(requests.flatMap((request) => Object.entries(request)));
  return {
    model: "",
    inputs: read.map(({ text }) => text),
    ...given({ dimensions: first?.dimensions }),
    natives: [...natives].flatMap(([name, value]) =>
      NEUTRAL_FIELDS.has(camelCase(name)) || !isGiven(value) ? [] : [{ format: NAME, name, value }]
    ),
  };
}

/** The text of a content: nobody else embeds anything but texts. */
function textIn(value: JsonValue | undefined, path: string): string {
  if (typeof value === "string") return value;
  const content = objectAt(value, path);
  const parts = itemsAt(
    content["parts"],
    `${path}.parts`,
    (part, partPath) =>
      typeof part === "string"
        ? part
        : textAt(objectAt(part, partPath)["text"], `${partPath}.text`),
  );
  if (parts === undefined || parts.length === 0) throw refusal(`${path}.parts`, "field required");
  return parts.join("\n");
}

/** Writes a batch, whatever the number of inputs. */
export function encodeBatch(
  { model, inputs, dimensions, natives }: EmbeddingRequest,
): EncodedRequest {
  const requests = inputs.map((text) => ({
    model: `models/${model}`,
    content: { parts: [{ text }] },
    ...(dimensions !== undefined && { outputDimensionality: dimensions }),
  }));
  const warnings = natives.map(({ name, format }) =>
    `"${name}" is left out: ${NAME} has no word for what is ${format}'s`
  );
  return { body: { requests }, warnings };
}

/** Reads the answer to a batch. */
export function vectorsIn(body: JsonObject): EmbeddingAnswer {
  const { embeddings } = body;
  if (!Array.isArray(embeddings)) throw noVectors();
  return { vectors: embeddings.map(vectorOf), ...usageIn(body) };
}

/** Reads the answer to a request for one. */
export function decodeEmbedding(body: JsonObject): EmbeddingAnswer {
  return { vectors: [vectorOf(body["embedding"] ?? null)], ...usageIn(body) };
}

export function encodeBatchVectors({ vectors, usage }: EmbeddingAnswer): JsonObject {
  return {
    embeddings: vectors.map((values) => ({ values })),
    ...(usage !== undefined && { usageMetadata: encodeUsage(usage) }),
  };
}

export function encodeSingleVector({ vectors: [values = []], usage }: EmbeddingAnswer): JsonObject {
  return {
    embedding: { values },
    ...(usage !== undefined && { usageMetadata: encodeUsage(usage) }),
  };
}

/** What an answer says beside its vectors. */
export function embeddingEvents(body: JsonObject): readonly ChatEvent[] {
  const { usage } = usageIn(body);
  return [{ type: "start" }, ...(usage === undefined ? [] : [{ type: "usage", usage } as const])];
}

function usageIn(body: JsonObject): Pick<EmbeddingAnswer, "usage"> {
  return given({ usage: decodeUsage(body["usageMetadata"]) });
}

function vectorOf(value: JsonValue): readonly number[] {
  const values = isJsonObject(value) ? value["values"] : undefined;
  if (Array.isArray(values) && values.every((item) => typeof item === "number")) return values;
  throw noVectors();
}

function noVectors(): GatewayError {
  return new GatewayError(
    "upstream_invalid_response",
    "The provider's answer has something in it that is no embedding",
  );
}
