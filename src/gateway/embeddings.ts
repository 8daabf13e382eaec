/**
 * Gives embeddings the form that the client asked for, whatever the upstream gave (T52): the SDKs ask for
 * base64 and decode blindly, so floats in its place would become vectors of the wrong length.
 *
 * @module
 */

import type { Usage } from "../core/chat_event.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../core/json.ts";

export type EmbeddingFormat = "float" | "base64";

/** What the request asks for; OpenAI's default is `float`. */
export function embeddingFormat(body: JsonObject): EmbeddingFormat {
  return body.encoding_format === "base64" ? "base64" : "float";
}

/** The answer with every vector in `format`; the same object where nothing has to change. */
export function convertEmbeddings(answer: JsonObject, format: EmbeddingFormat): JsonObject {
  if (!Array.isArray(answer.data)) return answer;
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
  const inputTokens = isJsonObject(usage) ? usage.prompt_tokens : undefined;
  if (typeof inputTokens !== "number" || !(inputTokens >= 0 && inputTokens < Infinity)) {
    return undefined;
  }
  return { inputTokens, outputTokens: 0, totalTokens: inputTokens };
}

function convert(embedding: JsonValue | undefined, format: EmbeddingFormat): JsonValue | undefined {
  if (format === "base64" && Array.isArray(embedding)) return encode(embedding);
  if (format === "float" && typeof embedding === "string") return decode(embedding) ?? embedding;
  return embedding;
}

const BYTES_PER_FLOAT = 4;

/** IEEE 754 binary32, little-endian, whatever this machine's order is. */
function encode(vector: readonly JsonValue[]): string {
  const view = new DataView(new ArrayBuffer(vector.length * BYTES_PER_FLOAT));
  vector.forEach((value, index) => view.setFloat32(index * BYTES_PER_FLOAT, Number(value), true));
  let binary = "";
  for (const byte of new Uint8Array(view.buffer)) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** `undefined` for what is no whole number of floats in base64. */
function decode(base64: string): number[] | undefined {
  let binary: string;
  try {
    binary = atob(base64);
  } catch {
    return undefined;
  }
  if (binary.length % BYTES_PER_FLOAT !== 0) return undefined;
  const view = new DataView(Uint8Array.from(binary, (char) => char.charCodeAt(0)).buffer);
  return Array.from(
    { length: binary.length / BYTES_PER_FLOAT },
    (_, index) => view.getFloat32(index * BYTES_PER_FLOAT, true),
  );
}
