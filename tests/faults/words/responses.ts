/** What a provider says that speaks OpenAI's Responses. */

import {
  ANSWER,
  event,
  type FinishReason,
  jsonPieces,
  LAST_CHUNK,
  type ProviderWords,
  SSE_HEAD,
  withNoNumbers,
} from "./pieces.ts";

type EventBody = { readonly type: string; readonly [name: string]: unknown };

const NO_NUMBERS = { p: "nan", logprob: "inf" };
const USAGE = {
  input_tokens: 1,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: 2,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 3,
};

function message(index: number, text: string | undefined): object {
  const part = { type: "output_text", text, annotations: [] };
  return {
    id: `msg_${index}`,
    type: "message",
    role: "assistant",
    status: text === undefined ? "in_progress" : "completed",
    content: text === undefined ? [] : [part],
  };
}

function response(members: object = {}): object {
  return {
    id: "resp_fault",
    object: "response",
    created_at: 1,
    status: "completed",
    error: null,
    incomplete_details: null,
    model: "m",
    output: [message(0, ANSWER)],
    usage: USAGE,
    ...members,
  };
}

function named(body: EventBody): string {
  return event(withNoNumbers(JSON.stringify(body)), body.type);
}

/** One message of the stream, with its text piece by piece. */
function item(index: number, texts: readonly string[], more: object = {}): string {
  const place = { item_id: `msg_${index}`, output_index: index, content_index: 0 };
  const at = { item_id: `msg_${index}`, output_index: index };
  const part = { type: "output_text", text: "", annotations: [] };
  const text = texts.join("");
  return [
    { type: "response.output_item.added", output_index: index, item: message(index, undefined) },
    { type: "response.content_part.added", ...place, part },
    ...texts.map((delta) => ({ type: "response.output_text.delta", ...place, delta, ...more })),
    { type: "response.output_text.done", ...place, text },
    { type: "response.content_part.done", ...place, part: { ...part, text } },
    { type: "response.output_item.done", ...at, item: message(index, text) },
  ].map(named).join("");
}

/** Its word for the end is the response's state. */
function finishing(status: FinishReason): string {
  return named({ type: "response.completed", response: response({ status }) });
}

const CONTENT = item(0, ["hello", " world"]);
const BEGUN = response({ status: "in_progress", output: [], usage: null });
const FINISH = finishing("completed");
const WHOLE = JSON.stringify(response());

export const RESPONSES_WORDS: ProviderWords = {
  stream: {
    head: SSE_HEAD,
    opening: named({ type: "response.created", response: BEGUN }) +
      named({ type: "response.in_progress", response: BEGUN }),
    content: CONTENT,
    ending: FINISH + LAST_CHUNK,
  },
  json: jsonPieces(WHOLE),
  whole: WHOLE,
  wholeFinishing: (status) => JSON.stringify(response({ status })),
  wholeOfNothing: JSON.stringify(response({ output: [] })),
  hello: item(0, ["hello"]),
  world: item(1, [" world"]),
  contentFinishing: (status) => CONTENT + finishing(status),
  // The event that tells the end is the end.
  finish: FINISH,
  endMark: "",
  malformedEvent: event(
    '{"type":"response.output_text.delta","output_index":0,"delta":',
    "response.output_text.delta",
  ),
  longEvent: (characters) => named({ type: "response.unknown", x: "x".repeat(characters) }),
  noNumbers: {
    stream: item(0, ["hello", " world"], NO_NUMBERS),
    whole: withNoNumbers(JSON.stringify(response(NO_NUMBERS))),
  },
  errorBody: (code) =>
    JSON.stringify({ error: { message: "It failed", type: "server_error", code } }),
  errorEvent: (body) => event(body, "error"),
  plainEvent: (body) => event(body),
};
