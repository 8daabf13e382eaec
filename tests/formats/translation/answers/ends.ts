/** Why an answer ended, and what it cost. */

import type { JsonObject } from "../../../../src/core/text/json.ts";
import { type Feature, type Features, onlyOf } from "../feature.ts";
import type { Pattern } from "../pattern.ts";

/** An answer that ended with a word of each format's. */
const end = (
  chatWord: string | undefined,
  word: string | undefined,
  rest: JsonObject = {},
): Feature => ({
  words: {
    ...(chatWord !== undefined && {
      openai_chat: { choices: [{ message: { content: "Hello" }, finish_reason: chatWord }] },
    }),
    ...(word !== undefined && { anthropic_messages: { stop_reason: word, ...rest } }),
  },
});

const finished = (word: Pattern): Pattern => ({ choices: [{ finish_reason: word }] });

const usage = (chat: JsonObject | undefined, messages: JsonObject | undefined): Feature => ({
  words: {
    ...(chat !== undefined && { openai_chat: { usage: chat } }),
    ...(messages !== undefined && { anthropic_messages: { usage: messages } }),
  },
});

const COUNTS = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };

export const ENDS = {
  "end: it is done": {
    words: {
      ...end("stop", "end_turn").words,
      chatjimmy: { text: "Hello", stats: { done_reason: "stop" } },
    },
  },
  "end: a stop sequence, and which": {
    words: {
      openai_chat: {
        choices: [{ message: { content: "Hello" }, finish_reason: "stop", stop_reason: "END" }],
      },
      anthropic_messages: { stop_reason: "stop_sequence", stop_sequence: "END" },
    },
    approximated: { openai_chat: { "that it stopped, not at which": finished("stop") } },
  },
  "end: the bound of the output": {
    words: {
      ...end("length", "max_tokens").words,
      chatjimmy: { text: "Hello", stats: { done_reason: "length" } },
    },
  },
  "end: the model's window": {
    ...end(undefined, "model_context_window_exceeded"),
    approximated: { openai_chat: { "`length`": finished("length") } },
  },
  "end: calls of tools": {
    words: {
      openai_chat: {
        choices: [{
          message: {
            content: null,
            tool_calls: [{
              id: "call_1",
              type: "function",
              function: { name: "now", arguments: "{}" },
            }],
          },
          finish_reason: "tool_calls",
        }],
      },
      anthropic_messages: {
        content: [{ type: "tool_use", id: "call_1", name: "now", input: {} }],
        stop_reason: "tool_use",
      },
    },
  },
  "end: `stop`, though tools were called": {
    words: {
      openai_chat: {
        choices: [{
          message: {
            content: null,
            tool_calls: [{
              id: "call_1",
              type: "function",
              function: { name: "now", arguments: "{}" },
            }],
          },
          finish_reason: "stop",
        }],
      },
      anthropic_messages: {
        content: [{ type: "tool_use", id: "call_1", name: "now", input: {} }],
        stop_reason: "end_turn",
      },
    },
    approximated: {
      openai_chat: { "`tool_calls`": finished("tool_calls") },
      anthropic_messages: { "`tool_use`": { stop_reason: "tool_use" } },
    },
  },
  "end: a filter": end("content_filter", "refusal"),
  "end: a refusal, and why": {
    ...end(undefined, "refusal", {
      stop_details: { type: "refusal", category: null, explanation: "It is unsafe" },
    }),
    approximated: {
      openai_chat: {
        "the reason as `refusal`": {
          choices: [{ message: { refusal: "It is unsafe" }, finish_reason: "content_filter" }],
        },
      },
    },
  },
  "end: a pause of the provider's tools": {
    ...end(undefined, "pause_turn"),
    approximated: { openai_chat: { "`stop`": finished("stop") } },
  },
  "end: OpenRouter's `error`": {
    ...end("error", undefined),
    approximated: { anthropic_messages: { "as a failed call": { error: { message: /./ } } } },
  },
  "end: a word that nobody knows": {
    ...end(onlyOf("openai_chat"), onlyOf("anthropic_messages")),
    approximated: {
      openai_chat: { "the word as it is": finished(onlyOf("anthropic_messages")) },
      anthropic_messages: { "`end_turn`": { stop_reason: "end_turn" } },
    },
  },
} satisfies Features;

export const USAGE = {
  "tokens read and written": {
    words: {
      ...usage(COUNTS, { input_tokens: 10, output_tokens: 5 }).words,
      chatjimmy: {
        text: "Hello",
        stats: { prefill_tokens: 10, decode_tokens: 5, total_tokens: 15 },
      },
    },
  },
  "nothing counted": {
    words: {
      openai_chat: { usage: null },
      anthropic_messages: { usage: null },
      chatjimmy: { text: "Hello", stats: {} },
    },
    approximated: {
      anthropic_messages: {
        "as 0: its clients read the counts unasked": {
          usage: { input_tokens: 0, output_tokens: 0 },
        },
      },
    },
  },
  "tokens read from a cache": usage(
    { ...COUNTS, prompt_tokens_details: { cached_tokens: 4 } },
    { input_tokens: 6, cache_read_input_tokens: 4, output_tokens: 5 },
  ),
  "tokens written to a cache": usage(
    { ...COUNTS, prompt_tokens_details: { cache_write_tokens: 4 } },
    { input_tokens: 6, cache_creation_input_tokens: 4, output_tokens: 5 },
  ),
  "tokens written to a cache, by how long": {
    ...usage(undefined, {
      input_tokens: 6,
      cache_creation_input_tokens: 4,
      cache_creation: { ephemeral_5m_input_tokens: 1, ephemeral_1h_input_tokens: 3 },
      output_tokens: 5,
    }),
    approximated: {
      openai_chat: {
        "both together": {
          usage: { ...COUNTS, prompt_tokens_details: { cache_write_tokens: 4 } },
        },
      },
    },
  },
  "tokens of reasoning": usage(
    { ...COUNTS, completion_tokens_details: { reasoning_tokens: 2 } },
    { input_tokens: 10, output_tokens: 5, output_tokens_details: { thinking_tokens: 2 } },
  ),
  "price of the call": usage({ ...COUNTS, cost: 0.25 }, undefined),
  "counts that nobody else knows": {
    words: {
      openai_chat: {
        usage: { ...COUNTS, completion_tokens_details: { [onlyOf("openai_chat")]: 1 } },
      },
      anthropic_messages: {
        usage: {
          input_tokens: 10,
          output_tokens: 5,
          server_tool_use: { [onlyOf("anthropic_messages")]: 1 },
        },
      },
    },
  },
} satisfies Features;
