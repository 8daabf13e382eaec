import type { Api } from "./api.ts";
import { burstAnswer, dataEvent, dataIn, expectRequest, promptOf, wholeAnswer } from "./wire.ts";

const MODEL = "gemini-2.5-flash";

function answerWith(text: string, finish: { readonly finishReason?: string }): unknown {
  return {
    candidates: [{ content: { parts: [{ text }], role: "model" }, ...finish, index: 0 }],
    usageMetadata: { promptTokenCount: 100, candidatesTokenCount: 60, totalTokenCount: 160 },
    modelVersion: MODEL,
    responseId: "bench",
  };
}

const streamed = {
  pieceWith: (text: string) => dataEvent(answerWith(text, {})),
  ending: [dataEvent(answerWith("", { finishReason: "STOP" }))],
};

/** Google's API. */
export const gemini: Api = {
  name: "gemini",
  title: "Gemini",
  model: MODEL,
  headers: [],
  path: ({ model, isStream }) =>
    `/v1beta/models/${model}:${isStream ? "streamGenerateContent?alt=sse" : "generateContent"}`,
  body({ promptBytes }) {
    const contents = [{ role: "user", parts: [{ text: promptOf(promptBytes) }] }];
    return JSON.stringify({ contents });
  },
  checkRequest: (path, body) => expectRequest(path, body, /enerateContent(\?.*)?$/, ["contents"]),
  whole: wholeAnswer(
    (text) => answerWith(text, { finishReason: "STOP" }),
    (body) => JSON.parse(body).candidates[0].content.parts[0].text,
  ),
  burst: burstAnswer(streamed, {
    textIn: (line) => dataIn(line)?.candidates[0].content.parts[0].text,
    end: /"finishReason":"STOP".*\n\n$/,
  }),
};
