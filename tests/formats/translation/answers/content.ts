/** What a model says. */

import type { JsonObject } from "../../../../src/core/text/json.ts";
import { type Features, onlyOf } from "../feature.ts";
import { anyOf, type Pattern } from "../pattern.ts";

const text = (words: string): JsonObject => ({ type: "text", text: words });

/** An answer of one choice. */
const chat = <Message extends Pattern>(message: Message) => ({ choices: [{ message }] });

const THOUGHT = { type: "thinking", thinking: "Hm", signature: onlyOf("anthropic_messages") };
const SEALED = { type: "redacted_thinking", data: onlyOf("anthropic_messages") };

/** OpenRouter's form of what Claude thought. */
const chatThought = {
  type: "reasoning.text",
  text: "Hm",
  signature: onlyOf("anthropic_messages"),
  format: "anthropic-claude-v1",
};
const chatSealed = {
  type: "reasoning.encrypted",
  data: onlyOf("anthropic_messages"),
  format: "anthropic-claude-v1",
};

const URL = "https://example.com/weirs";
const CITATION = {
  type: "web_search_result_location",
  url: URL,
  title: "Weirs",
  cited_text: "A weir is",
  encrypted_index: onlyOf("anthropic_messages"),
};

export const CONTENT = {
  "text": {
    words: {
      openai_chat: chat({ content: "Hello" }),
      anthropic_messages: { content: [text("Hello")] },
      chatjimmy: { text: "Hello" },
    },
  },
  "several texts in a row": {
    words: { anthropic_messages: { content: [text("Hello "), text("there")] } },
    approximated: { openai_chat: { "as one text": chat({ content: "Hello there" }) } },
  },
  "reasoning": {
    words: {
      openai_chat: chat({ reasoning_content: "Hm", content: "Hello" }),
      anthropic_messages: {
        content: [{ type: "thinking", thinking: "Hm", signature: "" }, text("Hello")],
      },
    },
    carried: {
      anthropic_messages: {
        content: [{ type: "thinking", thinking: "Hm" }, text("Hello")],
      },
    },
  },
  "reasoning in the field `reasoning`": {
    words: { openai_chat: chat({ reasoning: "Hm", content: "Hello" }) },
    carried: {
      openai_chat: chat({ reasoning_content: "Hm", content: "Hello" }),
      anthropic_messages: {
        content: [{ type: "thinking", thinking: "Hm" }, text("Hello")],
      },
    },
  },
  "reasoning that Anthropic has signed": {
    words: {
      openai_chat: chat({ content: "Hello", reasoning_details: [chatThought] }),
      anthropic_messages: { content: [THOUGHT, text("Hello")] },
    },
  },
  "reasoning that somebody else has signed": {
    words: {
      openai_chat: chat({
        content: "Hello",
        reasoning_details: [{
          type: "reasoning.text",
          text: "Hm",
          signature: onlyOf("openai_chat"),
          format: "openai-responses-v1",
        }],
      }),
    },
    approximated: {
      anthropic_messages: {
        "its text without the signature": {
          content: [{ type: "thinking", thinking: "Hm", signature: "" }, text("Hello")],
        },
      },
    },
  },
  "reasoning that is sealed, between reasoning": {
    words: {
      openai_chat: chat({
        content: "Hello",
        reasoning_details: [chatThought, chatSealed, { ...chatThought, text: "Aha" }],
      }),
      anthropic_messages: {
        content: [THOUGHT, SEALED, { ...THOUGHT, thinking: "Aha" }, text("Hello")],
      },
    },
  },
  "reasoning that somebody else has sealed": {
    words: {
      openai_chat: chat({
        content: "Hello",
        reasoning_details: [{
          type: "reasoning.encrypted",
          data: onlyOf("openai_chat"),
          format: "openai-responses-v1",
        }],
      }),
    },
  },
  "reasoning between two texts": {
    words: {
      anthropic_messages: {
        content: [text("Hello "), THOUGHT, text("there")],
      },
    },
    approximated: {
      openai_chat: {
        "the texts as one, the reasoning beside it": chat({
          content: "Hello there",
          reasoning_details: [chatThought],
        }),
      },
    },
  },
  "refusal": {
    words: {
      openai_chat: chat({ content: null, refusal: "I will not" }),
    },
    approximated: {
      anthropic_messages: {
        "as a text, and `stop_reason` says what it is": {
          content: [text("I will not")],
          stop_reason: "refusal",
        },
      },
    },
  },
  "citation of a page": {
    words: {
      openai_chat: chat({
        content: "A weir is",
        annotations: [{ type: "url_citation", url_citation: { url: URL, title: "Weirs" } }],
      }),
      anthropic_messages: { content: [{ ...text("A weir is"), citations: [CITATION] }] },
    },
  },
  "citation of a document": {
    words: {
      anthropic_messages: {
        content: [{
          ...text("A weir is"),
          citations: [{
            type: "char_location",
            cited_text: "weir",
            document_title: "Weirs",
            document_index: 0,
            file_id: onlyOf("anthropic_messages"),
          }],
        }],
      },
    },
  },
  "image": {
    words: {
      openai_chat: chat({
        content: "Here",
        images: [{ type: "image_url", image_url: { url: "data:image/png;base64,AA==" } }],
      }),
    },
  },
  "sound": {
    words: {
      openai_chat: chat({
        content: null,
        audio: { id: onlyOf("openai_chat"), data: "AA==", transcript: "Hello", expires_at: 9 },
      }),
    },
  },
  "what a provider's own tool did": {
    words: {
      anthropic_messages: {
        content: [
          {
            type: "server_tool_use",
            id: "srvtoolu_1",
            name: "web_search",
            input: { query: onlyOf("anthropic_messages") },
          },
          { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [] },
          text("Found"),
        ],
      },
    },
    approximated: { openai_chat: { "the text that came of it": chat({ content: "Found" }) } },
  },
  "a field that nobody else knows": {
    words: {
      openai_chat: {
        choices: [{ message: { content: "Hello" } }],
        service_tier: onlyOf("openai_chat"),
        system_fingerprint: onlyOf("openai_chat"),
      },
      anthropic_messages: {
        content: [text("Hello")],
        container: { id: onlyOf("anthropic_messages") },
        context_management: { applied_edits: [] },
      },
    },
    carried: {
      openai_chat: { service_tier: onlyOf("openai_chat") },
      anthropic_messages: { container: { id: onlyOf("anthropic_messages") } },
    },
  },
  "several choices": {
    words: {
      openai_chat: {
        choices: [
          { index: 0, message: { content: "Hello" }, finish_reason: "stop" },
          { index: 1, message: { content: "Hi" }, finish_reason: "stop" },
        ],
      },
    },
    approximated: {
      anthropic_messages: { "the first alone": { content: [text("Hello")] } },
    },
  },
  "`logprobs`": {
    words: {
      openai_chat: {
        choices: [{
          message: { content: "Hello" },
          logprobs: { content: [{ token: onlyOf("openai_chat"), logprob: -0.1 }] },
        }],
      },
    },
  },
  "`logprobs` of a refusal": {
    words: {
      openai_chat: {
        choices: [{
          message: { content: null, refusal: "I will not" },
          logprobs: { refusal: [{ token: onlyOf("openai_chat"), logprob: -0.1 }] },
        }],
      },
    },
  },
  "id of the answer": {
    words: {
      openai_chat: { id: "chatcmpl-9" },
      anthropic_messages: { id: "msg_9" },
    },
    carried: {
      openai_chat: { id: anyOf("chatcmpl-9", "msg_9") },
      anthropic_messages: { id: anyOf("chatcmpl-9", "msg_9") },
    },
    approximated: {
      openai_chat: { "the call's own": { id: "chatcmpl-id" } },
      anthropic_messages: { "the call's own": { id: "msg_id" } },
    },
  },
  "no id": {
    words: {
      openai_chat: { id: null },
      anthropic_messages: { id: null },
      chatjimmy: { text: "Hello" },
    },
    approximated: {
      openai_chat: { "the call's own": { id: "chatcmpl-id" } },
      anthropic_messages: { "the call's own": { id: "msg_id" } },
    },
  },
  "model that answered": {
    words: {
      openai_chat: { model: "weir-9" },
      anthropic_messages: { model: "weir-9" },
    },
  },
  "time of the answer": {
    words: { openai_chat: { created: 1_700_000_000 } },
  },
} satisfies Features;
