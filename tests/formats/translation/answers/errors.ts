/**
 * Errors that come where an answer is due, or inside one.
 *
 * @module
 */

import type { Features } from "../feature.ts";

export const ERRORS = {
  "error with status 200, before content": {
    words: {
      openai_chat: { error: { message: "Overloaded", type: "server_error", code: 503 } },
      anthropic_messages: {
        type: "error",
        error: { type: "overloaded_error", message: "Overloaded" },
      },
    },
    carried: {
      openai_chat: { status: 503, error: { message: "Overloaded" } },
      anthropic_messages: {
        status: 503,
        error: { type: "overloaded_error", message: "Overloaded" },
      },
    },
  },
  "error: an answer with nothing in it": {
    words: { chatjimmy: { text: "" } },
    approximated: {
      openai_chat: { "as a failed call": { status: 502, error: { code: "empty_answer" } } },
      anthropic_messages: { "as a failed call": { status: 502, error: { type: "api_error" } } },
    },
  },
  "error: the prompt is too long": {
    words: {
      openai_chat: {
        error: {
          message: "This model's maximum context length is 10 tokens. " +
            "However, your messages resulted in 12 tokens.",
          type: "invalid_request_error",
          code: "context_length_exceeded",
        },
      },
      anthropic_messages: {
        type: "error",
        error: {
          type: "invalid_request_error",
          message: "prompt is too long: 12 tokens > 10 maximum",
        },
      },
      chatjimmy: { text: "", stats: null },
    },
    carried: {
      openai_chat: { status: 400, error: { code: "context_length_exceeded" } },
      anthropic_messages: { status: 400, error: { message: /prompt is too long/ } },
    },
  },
  "error: money has run out": {
    words: {
      openai_chat: {
        error: {
          message: "Quota is used up",
          type: "insufficient_quota",
          code: "insufficient_quota",
        },
      },
      anthropic_messages: {
        type: "error",
        error: {
          type: "rate_limit_error",
          message: "Quota is used up",
          details: { error_code: "enforced_spend_limit_reached" },
        },
      },
    },
    carried: {
      openai_chat: { status: 429, error: { code: /insufficient_quota|spend_limit/ } },
      anthropic_messages: {
        status: 429,
        error: {
          type: "rate_limit_error",
          details: { error_code: /insufficient_quota|spend_limit/ },
        },
      },
    },
  },
  "error: an answer that cannot be read": {
    words: {
      openai_chat: {
        choices: [{ index: 999_999, message: { content: "Hello" }, finish_reason: "stop" }],
      },
    },
    approximated: {
      anthropic_messages: { "as a failed call": { status: 502, error: { type: "api_error" } } },
    },
  },
  "error whose words say more than its code": {
    words: {
      openai_chat: {
        error: {
          message: "You exceeded your current quota",
          type: "insufficient_quota",
          code: 500,
        },
      },
    },
    carried: {
      anthropic_messages: { status: 500, error: { message: "You exceeded your current quota" } },
    },
  },
  "error after content": {
    isStreamedOnly: true,
    words: {
      openai_chat: {
        choices: [{ message: { content: "Hello" }, finish_reason: null }],
        error: { message: "Overloaded", type: "server_error", code: 503 },
      },
      anthropic_messages: {
        content: [{ type: "text", text: "Hello" }],
        stop_reason: null,
        error: { type: "overloaded_error", message: "Overloaded" },
      },
    },
    carried: {
      openai_chat: { error: { message: "Overloaded" } },
      anthropic_messages: { error: { type: "overloaded_error", message: "Overloaded" } },
    },
  },
} satisfies Features;
