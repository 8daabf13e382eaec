/** How much a model is to think, and what it thought before. */

import { type Features, onlyOf } from "../feature.ts";
import { NEWEST, OLDER, OLDEST } from "../models.ts";
import { anyOf, type Pattern } from "../pattern.ts";

const user = { role: "user", content: "Hi" };

/** A conversation in which the assistant said something already. */
const after = <Fields>(fields: Fields) => ({
  messages: [user, { role: "assistant", ...fields }, { role: "user", content: "Well?" }],
});

const text = { type: "text", text: "Hello" };

/** The places in which chat providers look for what was thought. */
const chatThought: Pattern = anyOf(
  after({ content: "Hello", reasoning_content: "Hm" }),
  after({ content: "Hello", reasoning: "Hm" }),
  after({
    content: "Hello",
    reasoning_details: [{ type: "reasoning.text", text: "Hm", signature: null }],
  }),
);

/** OpenAI's word for an effort, or OpenRouter's. */
const chatEffort = (word: string): Pattern =>
  anyOf({ reasoning_effort: word }, { reasoning: { effort: word } });

const OPENAI_SEAL = "openai-responses-v1";
const CLAUDE_SEAL = "anthropic-claude-v1";

export const REASONING = {
  "an effort": {
    model: NEWEST,
    words: {
      openai_chat: { reasoning_effort: "high" },
      anthropic_messages: { output_config: { effort: "high" } },
    },
    carried: { openai_chat: chatEffort("high") },
  },
  "an effort, older Claude": {
    model: OLDER,
    words: {
      openai_chat: { reasoning_effort: "low" },
      anthropic_messages: { max_tokens: 10_000, output_config: { effort: "low" } },
    },
    carried: { openai_chat: chatEffort("low") },
    approximated: {
      anthropic_messages: {
        "as a number of tokens": { thinking: { type: "enabled", budget_tokens: 4_096 } },
      },
    },
  },
  "an effort that the model has no word for": {
    model: NEWEST,
    words: {
      openai_chat: { reasoning_effort: "minimal" },
      anthropic_messages: { output_config: { effort: "minimal" } },
    },
    carried: { openai_chat: chatEffort("minimal") },
    approximated: { anthropic_messages: { "the nearest": { output_config: { effort: "low" } } } },
  },
  "an effort, a Claude that does not reason": {
    model: OLDEST,
    words: {
      openai_chat: { reasoning_effort: "high" },
      anthropic_messages: { output_config: { effort: "high" } },
    },
    carried: { openai_chat: chatEffort("high") },
  },
  "an effort that a message sets": {
    model: NEWEST,
    words: {
      anthropic_messages: {
        messages: [{ ...user, output_config: { effort: "low" } }],
      },
    },
    approximated: {
      openai_chat: { "for the whole answer": chatEffort("low") },
      anthropic_messages: { "for the whole answer": { output_config: { effort: "low" } } },
    },
  },
  "a number of tokens to reason with": {
    model: OLDER,
    words: {
      openai_chat: { max_tokens: 10_000, reasoning: { max_tokens: 4_000 } },
      anthropic_messages: {
        max_tokens: 10_000,
        thinking: { type: "enabled", budget_tokens: 4_000 },
      },
    },
    carried: { openai_chat: { reasoning: { max_tokens: 4_000 } } },
    approximated: { openai_chat: { "as an effort": { reasoning_effort: /^(low|medium|high)$/ } } },
  },
  "a number of tokens to reason with, newest Claude": {
    model: NEWEST,
    words: {
      openai_chat: { max_tokens: 10_000, reasoning: { max_tokens: 4_000 } },
      anthropic_messages: {
        max_tokens: 10_000,
        thinking: { type: "enabled", budget_tokens: 4_000 },
      },
    },
    carried: { openai_chat: { reasoning: { max_tokens: 4_000 } } },
    approximated: {
      openai_chat: { "as an effort": { reasoning_effort: /^(low|medium|high)$/ } },
      anthropic_messages: {
        "as an effort": { thinking: { type: "adaptive" }, output_config: { effort: "low" } },
      },
    },
  },
  "as much reasoning as the model wants": {
    model: NEWEST,
    words: {
      openai_chat: { reasoning: { enabled: true } },
      anthropic_messages: { thinking: { type: "adaptive" } },
    },
    carried: {
      openai_chat: anyOf(
        { reasoning: { enabled: true } },
        // Who reasons at all does so as much as it wants.
        { reasoning: null, reasoning_effort: null },
      ),
    },
  },
  "no reasoning": {
    model: NEWEST,
    words: {
      openai_chat: { reasoning_effort: "none" },
      anthropic_messages: { thinking: { type: "disabled" } },
    },
    carried: {
      openai_chat: anyOf({ reasoning_effort: "none" }, { reasoning: { effort: "none" } }, {
        reasoning: { enabled: false },
      }),
    },
    approximated: { chatjimmy: { "it never reasons": { reasoning_effort: null } } },
  },
  "reasoning that is not shown": {
    model: NEWEST,
    words: {
      openai_chat: { reasoning_effort: "high", reasoning: { exclude: true } },
      anthropic_messages: {
        thinking: { type: "adaptive", display: "omitted" },
        output_config: { effort: "high" },
      },
    },
    carried: { openai_chat: { reasoning: { exclude: true } } },
    approximated: { openai_chat: { "it is seen": { reasoning_effort: "high" } } },
  },
  "reasoning that is not shown, older Claude": {
    model: "claude-opus-4-1",
    words: {
      openai_chat: {
        max_tokens: 10_000,
        reasoning: { max_tokens: 4_000, exclude: true },
      },
      anthropic_messages: {
        max_tokens: 10_000,
        thinking: { type: "enabled", budget_tokens: 4_000, display: "omitted" },
      },
    },
    carried: { openai_chat: { reasoning: { exclude: true } } },
    approximated: {
      openai_chat: { "it is seen, and as an effort": { reasoning_effort: "low" } },
      anthropic_messages: { "it is seen": { thinking: { type: "enabled", display: null } } },
    },
  },
  "an effort where a tool must be called": {
    model: NEWEST,
    words: {
      openai_chat: {
        reasoning_effort: "high",
        tools: [{ type: "function", function: { name: "now" } }],
        tool_choice: "required",
      },
      anthropic_messages: {
        thinking: { type: "adaptive" },
        output_config: { effort: "high" },
        tools: [{ name: "now", input_schema: { type: "object" } }],
        tool_choice: { type: "any" },
      },
    },
    carried: {
      openai_chat: anyOf({ reasoning_effort: "high", tool_choice: "required" }, {
        reasoning: { effort: "high" },
        tool_choice: "required",
      }),
    },
    approximated: {
      anthropic_messages: {
        "the effort without the thinking": { thinking: null, output_config: { effort: "high" } },
      },
    },
  },
  "earlier reasoning, signed by Anthropic": {
    model: NEWEST,
    words: {
      openai_chat: after({
        content: "Hello",
        reasoning_details: [{
          type: "reasoning.text",
          text: "Hm",
          signature: onlyOf("anthropic_messages"),
          format: CLAUDE_SEAL,
          index: 0,
        }],
      }),
      anthropic_messages: after({
        content: [
          { type: "thinking", thinking: "Hm", signature: onlyOf("anthropic_messages") },
          text,
        ],
      }),
    },
    approximated: { openai_chat: { "its text without the signature": chatThought } },
  },
  "earlier reasoning, signed by somebody else": {
    model: NEWEST,
    words: {
      openai_chat: after({
        content: "Hello",
        reasoning_details: [{
          type: "reasoning.text",
          text: "Hm",
          signature: onlyOf("openai_chat"),
          format: OPENAI_SEAL,
          index: 0,
        }],
      }),
    },
  },
  "earlier reasoning without a signature": {
    model: NEWEST,
    words: {
      openai_chat: after({ content: "Hello", reasoning_content: "Hm" }),
      anthropic_messages: after({
        content: [{ type: "thinking", thinking: "Hm", signature: "" }, text],
      }),
    },
    carried: { openai_chat: chatThought },
  },
  "earlier reasoning that Anthropic has sealed": {
    model: NEWEST,
    words: {
      openai_chat: after({
        content: "Hello",
        reasoning_details: [{
          type: "reasoning.encrypted",
          data: onlyOf("anthropic_messages"),
          format: CLAUDE_SEAL,
          index: 0,
        }],
      }),
      anthropic_messages: after({
        content: [{ type: "redacted_thinking", data: onlyOf("anthropic_messages") }, text],
      }),
    },
  },
  "earlier reasoning that somebody else has sealed": {
    model: NEWEST,
    words: {
      openai_chat: after({
        content: "Hello",
        reasoning_details: [{
          type: "reasoning.encrypted",
          id: "rs_1",
          data: onlyOf("openai_chat"),
          format: OPENAI_SEAL,
          index: 0,
        }],
      }),
    },
  },
} satisfies Features;
