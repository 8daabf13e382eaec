import type { Api } from "./api.ts";
import { expectRequest, jsonWire, promptOf } from "./wire.ts";

const MODEL = "text-embedding-3-small";
const DIMENSIONS = 1_536;
/** Of as many digits as OpenAI's have. */
const VECTOR = Array.from({ length: DIMENSIONS }, (_, index) => Number(Math.sin(index).toFixed(9)));

/** Embeddings of OpenAI: a vector of floats, 18 KB. */
export const embeddings: Api = {
  name: "embeddings",
  title: "Embeddings",
  model: MODEL,
  headers: [],
  path: () => "/v1/embeddings",
  body: ({ model, promptBytes }) =>
    JSON.stringify({ model, input: promptOf(promptBytes), encoding_format: "float" }),
  checkRequest: (path, body) => expectRequest(path, body, /\/embeddings$/, ["input"]),
  whole: {
    wire: jsonWire({
      object: "list",
      data: [{ object: "embedding", index: 0, embedding: VECTOR }],
      model: MODEL,
      usage: { prompt_tokens: 100, total_tokens: 100 },
    }),
    check(text) {
      const { length } = JSON.parse(text).data[0].embedding;
      if (length !== DIMENSIONS) throw new Error(`There are ${length} numbers`);
    },
  },
};
