/**
 * Google's embeddings: of one content (`embedContent`), and of several in one request (`batchEmbedContents`).
 *
 * What of a chat's format is not theirs is never used.
 *
 * @see {@link https://ai.google.dev/api/embeddings}
 * @module
 */

import type { RequestFacts, WireFormat } from "../../../core/format.ts";
import type { JsonObject } from "../../../core/text/json.ts";
import { gemini } from "../mod.ts";
import { withName } from "../request/facts.ts";
import {
  decodeBatch,
  decodeEmbedding,
  decodeSingle,
  embeddingEvents,
  encodeBatch,
  encodeBatchVectors,
  encodeSingleVector,
  requestsIn,
  vectorsIn,
} from "./translate.ts";

const SINGLE_NAME = "gemini_embed_content";
const BATCH_NAME = "gemini_batch_embed_contents";

/** One content. A provider is asked so by those alone who ask so themselves. */
export const geminiEmbedContent: WireFormat = {
  ...gemini,
  name: SINGLE_NAME,
  errorName: gemini.error.name,
  decodeWhole: embeddingEvents,
  decodeVectors: decodeEmbedding,
  request: {
    ...gemini.request,
    name: SINGLE_NAME,
    facts: (body) => factsOf([body]),
    renamed: withName,
    decodeEmbeddings: decodeSingle,
  },
  answer: { ...gemini.answer, name: SINGLE_NAME, encodeVectors: encodeSingleVector },
};

/** Several contents, each a request of its own. */
export const geminiBatchEmbedContents: WireFormat = {
  ...geminiEmbedContent,
  name: BATCH_NAME,
  encodeEmbeddings: encodeBatch,
  decodeVectors: vectorsIn,
  request: {
    ...gemini.request,
    name: BATCH_NAME,
    facts: (body) => factsOf(requestsIn(body)),
    renamed: renamedBatch,
    decodeEmbeddings: decodeBatch,
  },
  answer: { ...gemini.answer, name: BATCH_NAME, encodeVectors: encodeBatchVectors },
};

/** They have no output, and the same text always gives the same. */
function factsOf(requests: readonly JsonObject[]): RequestFacts {
  return {
    model: "",
    wantsStream: false,
    choices: 1,
    maxOutputTokens: 0,
    includeUsage: undefined,
    isDeterministic: true,
    prompt: requests.map(({ content = null }) => content),
    session: undefined,
    beginning: [],
  };
}

/** Each of the requests names the model, and must name the one of the address. */
function renamedBatch(body: JsonObject, model: string): JsonObject {
  const { requests } = body;
  if (!Array.isArray(requests)) return body;
  return {
    ...body,
    requests: requestsIn(body).map((request) => withName(request, model)),
  };
}
