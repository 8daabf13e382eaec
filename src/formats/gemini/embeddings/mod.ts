/**
 * Gemini's embeddings. What of a chat's format is not theirs is never used.
 *
 * @see {@link https://ai.google.dev/api/embeddings}
 * @module
 */

import type { ChatEvent } from "../../../core/chat.ts";
import type { RequestFacts, WireFormat } from "../../../core/format.ts";
import type { JsonObject } from "../../../core/text/json.ts";
import { decodeUsage } from "../answer/usage.ts";
import { gemini } from "../mod.ts";
import { decodeBatch, decodeEmbedContent } from "./decode_embeddings.ts";
import { decodeVectors, encodeEmbeddings } from "./encode_embeddings.ts";
import { encodeBatch, encodeEmbedding } from "./encode_vectors.ts";
import { BATCH, ONE } from "./names.ts";

const BOTH = {
  ...gemini,
  errorName: gemini.error.name,
  decodeWhole,
  decodeVectors,
};

/** `:embedContent`, which is never translated into: it embeds one content. */
export const geminiEmbedContent: WireFormat = {
  ...BOTH,
  name: ONE,
  request: { ...gemini.request, name: ONE, facts, decodeEmbeddings: decodeEmbedContent },
  answer: { ...gemini.answer, name: ONE, encodeVectors: encodeEmbedding },
};

/** `:batchEmbedContents`. */
export const geminiBatchEmbedContents: WireFormat = {
  ...BOTH,
  name: BATCH,
  encodeEmbeddings,
  request: { ...gemini.request, name: BATCH, facts, decodeEmbeddings: decodeBatch },
  answer: { ...gemini.answer, name: BATCH, encodeVectors: encodeBatch },
};

/** They have no output, and the same text always gives the same. */
function facts(body: JsonObject): RequestFacts {
  return { ...gemini.request.facts(body), maxOutputTokens: 0, isDeterministic: true };
}

function decodeWhole(body: JsonObject): readonly ChatEvent[] {
  const usage = decodeUsage(body["usageMetadata"]);
  return [{ type: "start" }, ...(usage === undefined ? [] : [{ type: "usage", usage } as const])];
}
