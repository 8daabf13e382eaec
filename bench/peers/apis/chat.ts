import type { PacedApi } from "./api.ts";
import {
  burstAnswer,
  dataEvent,
  dataIn,
  expectRequest,
  pacedAnswer,
  promptOf,
  wholeAnswer,
} from "./wire.ts";

const MODEL = "gpt-4o-mini";
const ID = "chatcmpl-bench";
const ENVELOPE = { created: 1_790_000_000, model: MODEL };

function event(delta: Readonly<Record<string, string>>, finish: string | null): string {
  const choice = { index: 0, delta, logprobs: null, finish_reason: finish };
  return dataEvent({ id: ID, object: "chat.completion.chunk", ...ENVELOPE, choices: [choice] });
}

const streamed = {
  pieceWith: (content: string) => event({ content }, null),
  ending: [event({}, "stop"), "data: [DONE]\n\n"],
};

/** Chat Completions of OpenAI. */
export const chat: PacedApi = {
  name: "chat",
  title: "Chat Completions",
  model: MODEL,
  headers: [],
  path: () => "/v1/chat/completions",
  body({ model, promptBytes, isStream }) {
    const messages = [{ role: "user", content: promptOf(promptBytes) }];
    return JSON.stringify({ model, stream: isStream, max_tokens: 1_000, messages });
  },
  checkRequest: (path, body) => expectRequest(path, body, /\/chat\/completions$/, ["messages"]),
  whole: wholeAnswer(
    (content) => ({
      id: ID,
      object: "chat.completion",
      ...ENVELOPE,
      choices: [{
        index: 0,
        message: { role: "assistant", content, refusal: null },
        logprobs: null,
        finish_reason: "stop",
      }],
      usage: { prompt_tokens: 100, completion_tokens: 60, total_tokens: 160 },
      system_fingerprint: "fp_bench",
    }),
    (body) => JSON.parse(body).choices[0].message.content,
  ),
  burst: burstAnswer(streamed, {
    textIn: (line) => dataIn(line)?.choices[0]?.delta.content,
    end: /data: \[DONE\]\n\n$/,
  }),
  paced: pacedAnswer(streamed),
};
