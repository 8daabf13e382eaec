/** What a provider says that answers with bare text and statistics at its end, streamed or not. */

import {
  ANSWER,
  type AnswerPieces,
  httpChunk,
  LAST_CHUNK,
  type ProviderWords,
  SSE_HEAD,
} from "./pieces.ts";

const STATS = { done: true, prefill_tokens: 1, decode_tokens: 2, total_tokens: 3 };

/** Its word for the end is a member of the statistics. */
function stats(reason: unknown): string {
  return httpChunk(`<|stats|>${JSON.stringify({ ...STATS, done_reason: reason })}<|/stats|>`);
}

const [HELLO, WORLD] = [httpChunk("hello"), httpChunk(" world")];
const FINISH = stats("stop");
const PIECES: AnswerPieces = {
  // It calls this an event stream, which it is not.
  head: SSE_HEAD,
  opening: "",
  content: HELLO + WORLD,
  ending: FINISH + LAST_CHUNK,
};

export const TEXT_WORDS: ProviderWords = {
  stream: PIECES,
  json: PIECES,
  whole: ANSWER,
  wholeFinishing: () => ANSWER,
  wholeOfNothing: "",
  hello: HELLO,
  world: WORLD,
  contentFinishing: (reason) => HELLO + WORLD + stats(reason),
  finish: FINISH,
  endMark: "",
  malformedEvent: "",
  longEvent: (characters) => httpChunk(`<|stats|>${"x".repeat(characters)}`),
  noNumbers: { stream: "", whole: "" },
  errorBody: (code) => JSON.stringify({ success: false, error: code }),
  errorEvent: () => "",
  plainEvent: () => "",
};
