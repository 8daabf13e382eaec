import type { EmbeddingAnswer } from "../../../core/embeddings.ts";
import type { JsonObject } from "../../../core/text/json.ts";

export function encodeEmbedding(_answer: EmbeddingAnswer): JsonObject {
  throw new Error("Not here yet");
}

export function encodeBatch(_answer: EmbeddingAnswer): JsonObject {
  throw new Error("Not here yet");
}
