/** What a provider says that speaks Google's Gemini. */

import {
  ANSWER,
  type FinishReason,
  httpChunk,
  jsonPieces,
  LAST_CHUNK,
  type ProviderWords,
  SSE_HEAD,
  withNoNumbers,
} from "./pieces.ts";

interface GoogleError {
  readonly code: number;
  readonly message: string;
  readonly status: string;
}

/** As the API has it, by the code of OpenAI's for the same. */
const ERRORS: Readonly<Record<string, GoogleError>> = {
  context_length_exceeded: {
    code: 400,
    message:
      "The input token count (213462) exceeds the maximum number of tokens allowed (200000).",
    status: "INVALID_ARGUMENT",
  },
  invalid_api_key: { code: 401, message: "API key not valid.", status: "UNAUTHENTICATED" },
  model_not_found: { code: 404, message: "models/m is not found", status: "NOT_FOUND" },
  permission_denied: { code: 403, message: "It may not", status: "PERMISSION_DENIED" },
  rate_limit_exceeded: {
    code: 429,
    message: "Resource has been exhausted (e.g. check quota).",
    status: "RESOURCE_EXHAUSTED",
  },
  server_is_overloaded: { code: 503, message: "The model is overloaded.", status: "UNAVAILABLE" },
};
const BROKEN: GoogleError = { code: 500, message: "It failed", status: "INTERNAL" };
const NAMES = { modelVersion: "m", responseId: "fault" };
const NO_NUMBERS = { avgLogprobs: "nan", p: "inf" };

/** Lines end as Google's do. */
function frame(data: string): string {
  return httpChunk(`data: ${data}\r\n\r\n`);
}

/** What was written is counted with the end. */
function answer(text: string, candidate: object = {}): string {
  const content = { parts: [{ text }], role: "model" };
  const written = Object.hasOwn(candidate, "finishReason") ? { candidatesTokenCount: 2 } : {};
  return withNoNumbers(JSON.stringify({
    candidates: [{ content, index: 0, ...candidate }],
    usageMetadata: { promptTokenCount: 1, ...written, totalTokenCount: 3 },
    ...NAMES,
  }));
}

function finishing(reason: FinishReason): string {
  return frame(answer("", { finishReason: reason }));
}

const [HELLO = "", WORLD = ""] = ["hello", " world"].map((text) => frame(answer(text)));
const FINISH = finishing("STOP");
const WHOLE = answer(ANSWER, { finishReason: "STOP" });

export const GEMINI_WORDS: ProviderWords = {
  stream: {
    head: SSE_HEAD,
    opening: frame(answer("")),
    content: HELLO + WORLD,
    ending: FINISH + LAST_CHUNK,
  },
  json: jsonPieces(WHOLE),
  whole: WHOLE,
  wholeFinishing: (reason) => answer(ANSWER, { finishReason: reason }),
  wholeOfNothing: JSON.stringify({ candidates: [], ...NAMES }),
  hello: HELLO,
  world: WORLD,
  contentFinishing: (reason) => HELLO + WORLD + finishing(reason),
  finish: FINISH,
  // There is none: the body's end is the answer's.
  endMark: "",
  malformedEvent: frame('{"candidates":[{"content":{"parts":[{"text":'),
  longEvent: (characters) => frame(JSON.stringify({ x: "x".repeat(characters), ...NAMES })),
  noNumbers: {
    stream: ["hello", " world"].map((text) => frame(answer(text, NO_NUMBERS))).join(""),
    whole: answer(ANSWER, { finishReason: "STOP", ...NO_NUMBERS }),
  },
  errorBody: (code) => JSON.stringify({ error: ERRORS[code] ?? BROKEN }),
  errorEvent: (body) => frame(body),
  plainEvent: (body) => frame(body),
};
