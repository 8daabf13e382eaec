/** Ends, counts and errors, in the words of Responses. */

import type { JsonObject } from "../../../../src/core/text/json.ts";
import type { ENDS, USAGE } from "../answers/ends.ts";
import type { ERRORS } from "../answers/errors.ts";
import { onlyOf } from "../feature.ts";
import type { Overlay, Overlays } from "./overlay.ts";

const HELLO = {
  type: "message",
  role: "assistant",
  content: [{ type: "output_text", text: "Hello" }],
};
const CALL = { type: "function_call", call_id: "call_1", name: "now", arguments: "{}" };

const incomplete = (reason: string) => ({
  status: "incomplete",
  incomplete_details: { reason },
});
const COMPLETED = { "`completed`": { status: "completed" } };

export const RESPONSES_ENDS: Overlays<keyof typeof ENDS> = {
  "end: it is done": { words: { status: "completed" } },
  "end: a stop sequence, and which": {
    near: { "that it stopped, not at which": { status: "completed" } },
  },
  "end: the bound of the output": { words: incomplete("max_output_tokens") },
  "end: the model's window": {
    near: {
      "as a failure, `context_length_exceeded`": {
        status: "failed",
        error: { code: "context_length_exceeded" },
      },
    },
  },
  "end: calls of tools": { words: { status: "completed", output: [CALL] } },
  "end: `stop`, though tools were called": { carried: { status: "completed", output: [CALL] } },
  "end: a filter": { words: incomplete("content_filter") },
  "end: a refusal, and why": {
    near: {
      "the reason as a part behind the text": {
        ...incomplete("content_filter"),
        output: [{
          content: [{ type: "output_text" }, { type: "refusal", refusal: "It is unsafe" }],
        }],
      },
    },
  },
  "end: a pause of the provider's tools": { near: COMPLETED },
  "end: OpenRouter's `error`": { near: { "as a failed call": { error: { message: /./ } } } },
  "end: a word that nobody knows": {
    words: incomplete(onlyOf("openai_responses")),
    near: COMPLETED,
    elsewhere: {
      openai_chat: {
        "its reason as it is": { choices: [{ finish_reason: onlyOf("openai_responses") }] },
      },
    },
  },
};

const COUNTS = { input_tokens: 10, output_tokens: 5, total_tokens: 15 };
const usage = (details: JsonObject = {}): Overlay => ({
  words: { usage: { ...COUNTS, ...details } },
});

export const RESPONSES_USAGE: Overlays<keyof typeof USAGE> = {
  "tokens read and written": usage(),
  "nothing counted": { words: { usage: null } },
  "tokens read from a cache": usage({ input_tokens_details: { cached_tokens: 4 } }),
  "tokens written to a cache": usage({ input_tokens_details: { cache_write_tokens: 4 } }),
  "tokens written to a cache, by how long": {
    near: { "both together": { usage: { input_tokens_details: { cache_write_tokens: 4 } } } },
  },
  "tokens of reasoning": usage({ output_tokens_details: { reasoning_tokens: 2 } }),
  "price of the call": usage({ cost: 0.25 }),
  "counts that nobody else knows": usage({
    output_tokens_details: { [onlyOf("openai_responses")]: 1 },
  }),
};

const failed = (code: string, message: string, output: readonly JsonObject[] = []) => ({
  status: "failed",
  output,
  error: { code, message },
});

export const RESPONSES_ERRORS: Overlays<keyof typeof ERRORS> = {
  "error with status 200, before content": {
    words: failed("server_is_overloaded", "Overloaded"),
    carried: { status: 503, error: { message: "Overloaded" } },
  },
  "error: an answer with nothing in it": {
    near: { "as a failed call": { status: 502, error: { code: "empty_answer" } } },
  },
  "error: the prompt is too long": {
    words: failed("context_length_exceeded", "It does not fit"),
    carried: { status: 400, error: { code: "context_length_exceeded" } },
  },
  "error: money has run out": {
    words: failed("insufficient_quota", "Quota is used up"),
    carried: { status: 429, error: { code: /insufficient_quota|spend_limit/ } },
  },
  "error: an answer that cannot be read": {
    near: { "as a failed call": { status: 502, error: { code: "upstream_invalid_response" } } },
  },
  "error whose words say more than its code": {
    carried: { status: 500, error: { message: "You exceeded your current quota" } },
  },
  "error after content": {
    words: failed("server_is_overloaded", "Overloaded", [HELLO]),
    carried: { error: { message: "Overloaded" } },
  },
};
