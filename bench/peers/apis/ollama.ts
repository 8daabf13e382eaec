import type { Api } from "./api.ts";
import { burstAnswer, expectRequest, promptOf, wholeAnswer } from "./wire.ts";

const MODEL = "llama3.2";
const ENVELOPE = { model: MODEL, created_at: "2026-09-21T08:53:20.000000Z" };
const END = {
  done_reason: "stop",
  total_duration: 900_000_000,
  load_duration: 1_000_000,
  prompt_eval_count: 100,
  prompt_eval_duration: 9_000_000,
  eval_count: 60,
  eval_duration: 800_000_000,
};

function answerWith(content: string, isDone: boolean): unknown {
  const message = { role: "assistant", content };
  return { ...ENVELOPE, message, done: isDone, ...(isDone ? END : {}) };
}

const streamed = {
  pieceWith: (text: string) => `${JSON.stringify(answerWith(text, false))}\n`,
  ending: [`${JSON.stringify(answerWith("", true))}\n`],
  contentType: "application/x-ndjson",
};

/** Ollama's own API. */
export const ollama: Api = {
  name: "ollama",
  title: "Ollama",
  model: MODEL,
  headers: [],
  path: () => "/api/chat",
  body({ model, promptBytes, isStream }) {
    const messages = [{ role: "user", content: promptOf(promptBytes) }];
    return JSON.stringify({ model, stream: isStream, messages });
  },
  checkRequest: (path, body) => expectRequest(path, body, /\/api\/chat$/, ["messages"]),
  whole: wholeAnswer(
    (text) => answerWith(text, true),
    (body) => JSON.parse(body).message.content,
  ),
  burst: burstAnswer(streamed, {
    textIn: (line) => line === "" ? undefined : JSON.parse(line).message.content,
    end: /"done":true.*\n$/,
  }),
};
