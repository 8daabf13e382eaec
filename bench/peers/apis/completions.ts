import type { Api } from "./api.ts";
import { burstAnswer, dataEvent, dataIn, expectRequest, promptOf, wholeAnswer } from "./wire.ts";

const MODEL = "gpt-3.5-turbo-instruct";

function answerWith(text: string, finish: string | null): Readonly<Record<string, unknown>> {
  return {
    id: "cmpl-bench",
    object: "text_completion",
    created: 1_790_000_000,
    model: MODEL,
    choices: [{ text, index: 0, logprobs: null, finish_reason: finish }],
  };
}

const streamed = {
  pieceWith: (text: string) => dataEvent(answerWith(text, null)),
  ending: [dataEvent(answerWith("", "stop")), "data: [DONE]\n\n"],
};

/** Completions of OpenAI, without a chat. */
export const completions: Api = {
  name: "completions",
  title: "Completions",
  model: MODEL,
  headers: [],
  path: () => "/v1/completions",
  body: ({ model, promptBytes, isStream }) =>
    JSON.stringify({ model, stream: isStream, prompt: promptOf(promptBytes) }),
  checkRequest: (path, body) => expectRequest(path, body, /\/completions$/, ["prompt"]),
  whole: wholeAnswer(
    (text) => ({
      ...answerWith(text, "stop"),
      usage: { prompt_tokens: 100, completion_tokens: 60, total_tokens: 160 },
    }),
    (body) => JSON.parse(body).choices[0].text,
  ),
  burst: burstAnswer(streamed, {
    textIn: (line) => dataIn(line)?.choices[0].text,
    end: /data: \[DONE\]\n\n$/,
  }),
};
