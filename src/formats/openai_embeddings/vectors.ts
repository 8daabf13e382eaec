/**
 * Gives embeddings the form that the client asked for, whatever the upstream gave (T52): the SDKs ask for
 * base64 and decode blindly, so floats in its place would become vectors of the wrong length.
 *
 * @module
 */

import type { Usage } from "../../core/chat/chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../core/text/json.ts";
import { countOf } from "../counts.ts";

export type EmbeddingFormat = "float" | "base64";

/** What the request asks for, `float` by default; `undefined` for a provider's own, such as `ubinary`. */
export function embeddingFormat(
  { encoding_format: format }: JsonObject,
): EmbeddingFormat | undefined {
  if (format === undefined || format === null) return "float";
  return format === "float" || format === "base64" ? format : undefined;
}

/**
 * The answer with every vector in `format`; the same object where nothing has to change. What is no vector, or
 * has a number that the format cannot say, stays as it is.
 */
export function convertEmbeddings(
  answer: JsonObject,
  format: EmbeddingFormat | undefined,
): JsonObject {
  if (!Array.isArray(answer.data) || format === undefined) return answer;
  let isChanged = false;
  const data = answer.data.map((entry: JsonValue): JsonValue => {
    if (!isJsonObject(entry)) return entry;
    const embedding = convert(entry.embedding, format);
    if (embedding === entry.embedding || embedding === undefined) return entry;
    isChanged = true;
    return { ...entry, embedding };
  });
  return isChanged ? { ...answer, data } : answer;
}

/** Embeddings have no output: their `usage` names the tokens of the input and the total. */
export function embeddingUsage({ usage }: JsonObject): Usage | undefined {
  const inputTokens = isJsonObject(usage) ? countOf(usage.prompt_tokens) : undefined;
  return inputTokens === undefined
    ? undefined
    : { inputTokens, outputTokens: 0, totalTokens: inputTokens };
}

function convert(embedding: JsonValue | undefined, format: EmbeddingFormat): JsonValue | undefined {
  if (format === "base64" && isVector(embedding)) return encode(embedding);
  if (format === "float" && typeof embedding === "string") return decode(embedding) ?? embedding;
  return embedding;
}

const BYTES_PER_FLOAT = 4;

/** One list of numbers: late-interaction models give a list of lists, and a failed input may be `null`. */
function isVector(embedding: JsonValue | undefined): embedding is readonly number[] {
  return Array.isArray(embedding) &&
    embedding.every((value) => typeof value === "number" && Number.isFinite(Math.fround(value)));
}

/** IEEE 754 binary32, little-endian, whatever this machine's order is. */
function encode(vector: readonly number[]): string {
  const view = new DataView(new ArrayBuffer(vector.length * BYTES_PER_FLOAT));
  vector.forEach((value, index) => view.setFloat32(index * BYTES_PER_FLOAT, value, true));
  let binary = "";
  for (const byte of new Uint8Array(view.buffer)) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** `undefined` for what is no whole number of floats in base64, or has one that JSON does not. */
function decode(base64: string): number[] | undefined {
  let binary: string;
  try {
    binary = atob(base64);
  } catch {
    return undefined;
  }
  if (binary.length % BYTES_PER_FLOAT !== 0) return undefined;
  const view = new DataView(Uint8Array.from(binary, (char) => char.charCodeAt(0)).buffer);
  const vector = Array.from(
    { length: binary.length / BYTES_PER_FLOAT },
    (_, index) => view.getFloat32(index * BYTES_PER_FLOAT, true),
  );
  return vector.every(Number.isFinite) ? vector : undefined;
}
