/** What a provider says that speaks OpenAI's legacy completions. */

import { CHAT_WORDS } from "./chat.ts";
import {
  ANSWER,
  event,
  type FinishReason,
  httpChunk,
  jsonPieces,
  LAST_CHUNK,
  type ProviderWords,
  SSE_HEAD,
  withNoNumbers,
} from "./pieces.ts";

const NO_NUMBERS = { logprobs: { tokens: ["NaN"], token_logprobs: ["inf"], top_logprobs: "nan" } };
const HEAD = { id: "cmpl-fault", object: "text_completion", created: 1, model: "m" };
const USAGE = { usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 } };

/** A chunk of a stream and a whole answer have the same form. */
function textCompletion(
  text: string,
  finishReason: FinishReason = null,
  more: object = {},
): string {
  const choice = { index: 0, text, logprobs: null, finish_reason: finishReason, ...more };
  return withNoNumbers(JSON.stringify({ ...HEAD, choices: [choice] }));
}

function whole(choices: readonly object[]): string {
  return withNoNumbers(JSON.stringify({ ...HEAD, choices, ...USAGE }));
}

function wholeChoice(members: object): object {
  return { index: 0, text: ANSWER, logprobs: null, ...members };
}

const [HELLO = "", WORLD = ""] = ["hello", " world"].map((text) => event(textCompletion(text)));
const FINISH = event(textCompletion("", "stop"));
const WHOLE = whole([wholeChoice({ finish_reason: "stop" })]);

/** Errors and ends are a chat's. */
export const COMPLETIONS_WORDS: ProviderWords = {
  ...CHAT_WORDS,
  stream: {
    head: SSE_HEAD,
    opening: httpChunk(": starting\n\n"),
    content: HELLO + WORLD,
    ending: FINISH + CHAT_WORDS.endMark + LAST_CHUNK,
  },
  json: jsonPieces(WHOLE),
  whole: WHOLE,
  wholeFinishing: (reason) =>
    whole([wholeChoice(reason === undefined ? {} : { finish_reason: reason })]),
  wholeOfNothing: whole([]),
  hello: HELLO,
  world: WORLD,
  contentFinishing: (reason) =>
    ["hello", " world"].map((text) => event(textCompletion(text, reason))).join(""),
  finish: FINISH,
  malformedEvent: event('{"id":"broken","choices":[{"index":0,"text":'),
  noNumbers: {
    stream: ["hello", " world"].map((text) => event(textCompletion(text, null, NO_NUMBERS)))
      .join(""),
    whole: whole([wholeChoice({ finish_reason: "stop", ...NO_NUMBERS })]),
  },
};
