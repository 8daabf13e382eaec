/**
 * Failures that an upstream states in a form of its own, or with a status that does not tell whose they
 * are. Each has the words of the provider that it was seen at.
 *
 * @module
 */

import { head, jsonAnswer } from "./words/pieces.ts";
import { type FaultScript, streamOf } from "./fault_script.ts";

/** MiniMax. */
const NO_MONEY = { base_resp: { status_code: 1008, status_msg: "insufficient balance" } };
/** DashScope. */
const BAD_PARAMETER = {
  code: "InvalidParameter",
  message: "Range of max_tokens should be [1, 8192]",
  request_id: "r",
};
const BUSY = { code: 1305, msg: "The service is busy, please try again later" };
/** FastAPI. */
const NOT_VALID = {
  detail: [{ type: "missing", loc: ["body", "messages", 0, "role"], msg: "Field required" }],
};
/** Baidu. */
const TOO_LONG = { error_code: 336007, error_msg: "the max input characters is 20000" };
/** Gemini's compatible API. */
const LISTED = [{
  error: { code: 400, message: "Temperature is out of range", status: "INVALID_ARGUMENT" },
}];
/** xAI. */
const NO_KEY = {
  code: "Client specified an invalid argument",
  error: "Incorrect API key provided: xa***ey.",
};
const KEY_REFUSED = {
  error: { message: "No auth credentials found", code: "invalid_api_key" },
};
/** A server in front of vLLM. */
const LONG_PROMPT = {
  error: {
    message: "This model's maximum context length is 8192 tokens, however you requested 9000",
    type: "server_error",
  },
};
/** OpenRouter, which counts what it charges for. */
const COUNTED = {
  error: { message: "Provider disconnected", code: 502 },
  usage: { prompt_tokens: 9, completion_tokens: 120, total_tokens: 129 },
};
/** OpenRouter, in front of a provider with a filter. */
const FLAGGED = {
  error: { message: "Your input was flagged by moderation", code: 403 },
};

/** In a stream and in JSON, with status 200. */
function within200(body: object): FaultScript {
  const text = JSON.stringify(body);
  return {
    steps: ({ words, wantsStream }) => [
      wantsStream ? streamOf(words, words.plainEvent(text)) : jsonAnswer(text),
    ],
  };
}

function afterContent(body: object): FaultScript {
  const text = JSON.stringify(body);
  return {
    steps: ({ words, opening, content, wantsStream }) => [
      wantsStream ? streamOf(words, opening, content, words.plainEvent(text)) : jsonAnswer(text),
    ],
  };
}

function withStatus(status: number, body: object): FaultScript {
  return { steps: () => [jsonAnswer(JSON.stringify(body), status)] };
}

/** As DashScope refuses a stream. */
function asEventWithStatus(status: number, body: object): FaultScript {
  const text = `event: error\ndata: ${JSON.stringify(body)}\n\n`;
  const headers = { "content-type": "text/event-stream", "content-length": String(text.length) };
  return { steps: () => [head(status, headers) + text] };
}

export const STATED_FAULTS: readonly (readonly [name: string, script: FaultScript])[] = [
  ["no_money_200", within200(NO_MONEY)],
  ["bad_parameter_200", within200(BAD_PARAMETER)],
  ["bad_parameter_after_content", afterContent(BAD_PARAMETER)],
  ["bad_parameter_event_400", asEventWithStatus(400, BAD_PARAMETER)],
  ["busy_200", within200(BUSY)],
  ["not_valid_200", within200(NOT_VALID)],
  ["not_valid_422", withStatus(422, NOT_VALID)],
  ["too_long_400", withStatus(400, TOO_LONG)],
  ["too_long_200", within200(TOO_LONG)],
  ["listed_200", within200(LISTED)],
  ["listed_400", withStatus(400, LISTED)],
  ["long_prompt_500", withStatus(500, LONG_PROMPT)],
  ["no_money_429", withStatus(429, NO_MONEY)],
  ["counted_200", within200(COUNTED)],
  ["flagged_403", withStatus(403, FLAGGED)],
  ["status_403", {
    steps: ({ words }) => [jsonAnswer(words.errorBody("permission_denied"), 403)],
  }],
  ["key_refused_400", withStatus(400, NO_KEY)],
  ["key_refused_200", within200(KEY_REFUSED)],
];
