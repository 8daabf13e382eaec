import type { EmbeddingRequest } from "../../../core/embeddings.ts";
import type { JsonObject } from "../../../core/text/json.ts";

export function decodeEmbedContent(_body: JsonObject): EmbeddingRequest {
  throw new Error("Not here yet");
}

export function decodeBatch(_body: JsonObject): EmbeddingRequest {
  throw new Error("Not here yet");
}
