/** What a provider says that speaks Ollama's API. */

import {
  ANSWER,
  type FinishReason,
  head,
  httpChunk,
  jsonPieces,
  LAST_CHUNK,
  type ProviderWords,
  withNoNumbers,
} from "./pieces.ts";

/** As the server has it, by the code of OpenAI's for the same. */
const ERRORS: Readonly<Record<string, string>> = {
  context_length_exceeded: "the input length exceeds the context length",
  invalid_api_key: "unauthorized",
  model_not_found: "model 'm' not found",
  permission_denied: "It may not",
  rate_limit_exceeded: "too many concurrent requests",
  server_is_overloaded: "server busy, please try again.  maximum pending requests exceeded",
};
const NO_NUMBERS = { logprobs: [{ token: "NaN", logprob: "inf", p: "nan" }] };
const COUNTS = { total_duration: 3, prompt_eval_count: 1, eval_count: 2, eval_duration: 2 };

function object(content: string, more: object = { done: false }): object {
  const message = { role: "assistant", content };
  return { model: "m", created_at: "2025-08-20T13:48:23.241046Z", message, ...more };
}

function line(body: object): string {
  return httpChunk(`${withNoNumbers(JSON.stringify(body))}\n`);
}

/** The last object, which tells the reason and is the end in one. */
function last(content: string, reason?: FinishReason): object {
  return object(content, {
    ...(reason !== undefined && { done_reason: reason }),
    done: true,
    ...COUNTS,
  });
}

const [HELLO, WORLD] = [line(object("hello")), line(object(" world"))];
const END = line(last("", "stop"));
const WHOLE = JSON.stringify(last(ANSWER, "stop"));

export const OLLAMA_WORDS: ProviderWords = {
  stream: {
    head: head(200, {
      "content-type": "application/x-ndjson",
      "transfer-encoding": "chunked",
    }),
    opening: line(object("")),
    content: HELLO + WORLD,
    ending: END + LAST_CHUNK,
  },
  json: jsonPieces(WHOLE),
  whole: WHOLE,
  wholeFinishing: (reason) => JSON.stringify(last(ANSWER, reason)),
  wholeOfNothing: JSON.stringify(last("", "stop")),
  hello: HELLO,
  world: WORLD,
  contentFinishing: (reason) => HELLO + WORLD + line(last("", reason)),
  finish: END,
  endMark: END,
  malformedEvent: httpChunk('{"model":"m","message":{"role":"assistant","content":\n'),
  longEvent: (characters) => line(object("", { done: false, x: "x".repeat(characters) })),
  noNumbers: {
    stream: ["hello", " world"].map((text) => line(object(text, { done: false, ...NO_NUMBERS })))
      .join(""),
    whole: withNoNumbers(
      JSON.stringify({ ...last(ANSWER, "stop"), ...NO_NUMBERS }),
    ),
  },
  errorBody: (code) => JSON.stringify({ error: ERRORS[code] ?? "It failed" }),
  errorEvent: (body) => httpChunk(`${body}\n`),
  plainEvent: (body) => httpChunk(`${body}\n`),
};
