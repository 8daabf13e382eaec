import type { Api } from "./api.ts";
import { burstAnswer, dataIn, expectRequest, namedEvent, promptOf, wholeAnswer } from "./wire.ts";

const MODEL = "gpt-4o-mini";
const ENVELOPE = {
  id: "resp_bench",
  object: "response",
  created_at: 1_790_000_000,
  error: null,
  incomplete_details: null,
  instructions: null,
  metadata: {},
  model: MODEL,
  parallel_tool_calls: true,
  temperature: 1,
  tool_choice: "auto",
  tools: [],
  top_p: 1,
};
const USAGE = { input_tokens: 100, output_tokens: 60, total_tokens: 160 };
const PLACE = { item_id: "msg_bench", output_index: 0, content_index: 0 };

function partWith(text: string): unknown {
  return { type: "output_text", annotations: [], logprobs: [], text };
}

function itemWith(status: string, content: readonly unknown[]): unknown {
  return { id: "msg_bench", type: "message", status, role: "assistant", content };
}

function completed(text: string): unknown {
  const output = [itemWith("completed", [partWith(text)])];
  return { ...ENVELOPE, status: "completed", output, usage: USAGE };
}

/** A stream says the whole text again at its end; here that is short, whatever was streamed. */
const LAST = "x";
const begun = { ...ENVELOPE, status: "in_progress", output: [], usage: null };
const streamed = {
  opening: [
    { type: "response.created", sequence_number: 0, response: begun },
    { type: "response.in_progress", sequence_number: 1, response: begun },
    {
      type: "response.output_item.added",
      sequence_number: 2,
      output_index: 0,
      item: itemWith("in_progress", []),
    },
    { type: "response.content_part.added", sequence_number: 3, ...PLACE, part: partWith("") },
  ].map(namedEvent),
  pieceWith: (delta: string) =>
    namedEvent({ type: "response.output_text.delta", sequence_number: 4, ...PLACE, delta }),
  ending: [
    { type: "response.output_text.done", sequence_number: 5, ...PLACE, text: LAST },
    { type: "response.content_part.done", sequence_number: 6, ...PLACE, part: partWith(LAST) },
    {
      type: "response.output_item.done",
      sequence_number: 7,
      output_index: 0,
      item: itemWith("completed", [partWith(LAST)]),
    },
    { type: "response.completed", sequence_number: 8, response: completed(LAST) },
  ].map(namedEvent),
};

/** Responses of OpenAI. */
export const responses: Api = {
  name: "responses",
  title: "Responses",
  model: MODEL,
  headers: [],
  path: () => "/v1/responses",
  body: ({ model, promptBytes, isStream }) =>
    JSON.stringify({ model, stream: isStream, input: promptOf(promptBytes) }),
  checkRequest: (path, body) => expectRequest(path, body, /\/responses$/, ["input"]),
  whole: wholeAnswer(completed, (body) => JSON.parse(body).output[0].content[0].text),
  burst: burstAnswer(streamed, {
    textIn: (line) => dataIn(line)?.delta,
    end: /"type":"response\.completed".*\n\n$/,
  }),
};
