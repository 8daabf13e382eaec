/**
 * OpenAI's embeddings. What of a chat's format is not theirs is never used.
 *
 * @see {@link https://platform.openai.com/docs/api-reference/embeddings}
 * @module
 */

import type { ChatEvent } from "../../core/chat/chat.ts";
import type { RequestFacts, WireFormat } from "../../core/format.ts";
import type { JsonObject } from "../../core/text/json.ts";
import { openaiChat } from "../openai_chat/mod.ts";
import { NAME } from "./name.ts";
import { decodeEmbeddings, decodeVectors, encodeEmbeddings, encodeVectors } from "./translate.ts";
import { convertEmbeddings, embeddingFormat, embeddingUsage } from "./vectors.ts";

/** The format of embeddings. */
export const openaiEmbeddings: WireFormat = {
  ...openaiChat,
  name: NAME,
  errorName: openaiChat.error.name,
  encodeEmbeddings,
  decodeWhole,
  decodeVectors,
  request: { ...openaiChat.request, name: NAME, facts, decodeEmbeddings },
  answer: {
    ...openaiChat.answer,
    name: NAME,
    encodeVectors,
    fitWhole: (answer, request) => convertEmbeddings(answer, embeddingFormat(request)),
  },
};

/** They have no output, and the same text always gives the same. */
function facts(body: JsonObject): RequestFacts {
  return { ...openaiChat.request.facts(body), maxOutputTokens: 0, isDeterministic: true };
}

function decodeWhole(body: JsonObject): readonly ChatEvent[] {
  const { model } = body;
  const usage = embeddingUsage(body);
  return [
    { type: "start", ...(typeof model === "string" && { model }) },
    ...(usage === undefined ? [] : [{ type: "usage", usage } as const]),
  ];
}
