/** What a provider says that speaks OpenAI's chat. */

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

const ID = "chatcmpl-fault";
const LOGPROBS = { logprobs: { content: [{ token: "NaN", logprob: "inf", p: "nan" }] } };

export function chunk(delta: object, finishReason: FinishReason = null, more: object = {}): string {
  return JSON.stringify({
    id: ID,
    object: "chat.completion.chunk",
    created: 1,
    model: "m",
    choices: [{ index: 0, delta, finish_reason: finishReason, ...more }],
  });
}

/** A choice of a whole answer. */
export function wholeChoice(members: object = {}): object {
  const message = { role: "assistant", content: ANSWER };
  return { index: 0, message, finish_reason: "stop", ...members };
}

export function completion(choices: readonly object[]): string {
  return JSON.stringify({
    id: ID,
    object: "chat.completion",
    created: 1,
    model: "m",
    choices,
    usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
  });
}

function contentWith(reason: FinishReason, more: object = {}): string {
  return ["hello", " world"].map((content) =>
    event(withNoNumbers(chunk({ content }, reason, more)))
  ).join("");
}

const [HELLO = "", WORLD = ""] = ["hello", " world"].map((content) => event(chunk({ content })));
const FINISH = event(chunk({}, "stop"));
const DONE = event("[DONE]");

export const CHAT_WORDS: ProviderWords = {
  stream: {
    head: SSE_HEAD,
    opening: httpChunk(": starting\n\n") + event(chunk({ role: "assistant", content: "" })),
    content: HELLO + WORLD,
    ending: FINISH + DONE + LAST_CHUNK,
  },
  json: jsonPieces(completion([wholeChoice()])),
  whole: completion([wholeChoice()]),
  wholeFinishing: (reason) =>
    completion([
      reason === undefined
        ? { message: { content: ANSWER } }
        : wholeChoice({ finish_reason: reason }),
    ]),
  wholeOfNothing: completion([]),
  hello: HELLO,
  world: WORLD,
  // Each chunk says it.
  contentFinishing: (reason) => contentWith(reason),
  finish: FINISH,
  endMark: DONE,
  malformedEvent: event('{"id":"broken","choices":[{"index":0,"delta":{"content":'),
  longEvent: (characters) => event(`{"id":"${"x".repeat(characters)}","choices":[]}`),
  noNumbers: {
    stream: contentWith(null, LOGPROBS),
    whole: withNoNumbers(completion([wholeChoice(LOGPROBS)])),
  },
  errorBody: (code) =>
    JSON.stringify({ error: { message: "It failed", type: "server_error", code } }),
  errorEvent: (body) => event(body),
  plainEvent: (body) => event(body),
};
