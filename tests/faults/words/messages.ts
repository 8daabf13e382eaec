/** What a provider says that speaks Anthropic's Messages. */

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

/** As the API has it, by the code of OpenAI's for the same. */
const ERRORS: Readonly<Record<string, { readonly type: string; readonly message: string }>> = {
  context_length_exceeded: {
    type: "invalid_request_error",
    message: "prompt is too long: 213462 tokens > 200000 maximum",
  },
  invalid_api_key: { type: "authentication_error", message: "invalid x-api-key" },
  model_not_found: { type: "not_found_error", message: "model: m" },
  permission_denied: { type: "permission_error", message: "It may not" },
  rate_limit_exceeded: { type: "rate_limit_error", message: "This request would exceed a limit" },
  server_is_overloaded: { type: "overloaded_error", message: "Overloaded" },
};
const BROKEN = { type: "api_error", message: "It failed" };
const NO_NUMBERS = { p: "nan", logprob: "inf" };

function named(body: { readonly type: string; readonly [name: string]: unknown }): string {
  return event(withNoNumbers(JSON.stringify(body)), body.type);
}

function message(members: object = {}): object {
  return {
    id: "msg_fault",
    type: "message",
    role: "assistant",
    model: "m",
    content: [{ type: "text", text: ANSWER }],
    stop_reason: "end_turn",
    stop_sequence: null,
    usage: { input_tokens: 1, output_tokens: 2 },
    ...members,
  };
}

/** One block of the stream. */
function block(index: number, texts: readonly string[], more: object = {}): string {
  return [
    { type: "content_block_start", index, content_block: { type: "text", text: "" } },
    ...texts.map((text) => ({
      type: "content_block_delta",
      index,
      delta: { type: "text_delta", text, ...more },
    })),
    { type: "content_block_stop", index },
  ].map(named).join("");
}

function finishing(reason: FinishReason): string {
  const delta = { stop_reason: reason, stop_sequence: null };
  return named({ type: "message_delta", delta, usage: { output_tokens: 2 } });
}

const CONTENT = block(0, ["hello", " world"]);
const STOP = named({ type: "message_stop" });
const BEGUN = message({
  content: [],
  stop_reason: null,
  usage: { input_tokens: 1, output_tokens: 1 },
});
const WHOLE = JSON.stringify(message());

export const MESSAGES_WORDS: ProviderWords = {
  stream: {
    head: SSE_HEAD,
    opening: named({ type: "message_start", message: BEGUN }) + named({ type: "ping" }),
    content: CONTENT,
    ending: finishing("end_turn") + STOP + LAST_CHUNK,
  },
  json: jsonPieces(WHOLE),
  whole: WHOLE,
  wholeFinishing: (reason) => JSON.stringify(message({ stop_reason: reason })),
  wholeOfNothing: JSON.stringify(message({ content: [] })),
  hello: block(0, ["hello"]),
  world: block(1, [" world"]),
  contentFinishing: (reason) => CONTENT + finishing(reason),
  finish: finishing("end_turn"),
  endMark: STOP,
  malformedEvent: event(
    '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":',
    "content_block_delta",
  ),
  longEvent: (characters) => named({ type: "ping", x: "x".repeat(characters) }),
  noNumbers: {
    stream: block(0, ["hello", " world"], NO_NUMBERS),
    whole: withNoNumbers(JSON.stringify(message(NO_NUMBERS))),
  },
  errorBody: (code) => JSON.stringify({ type: "error", error: ERRORS[code] ?? BROKEN }),
  errorEvent: (body) => event(body, "error"),
  plainEvent: (body) => event(body),
};
