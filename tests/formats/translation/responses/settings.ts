/** Reasoning and settings, in the words of Responses. */

import type { JsonObject } from "../../../../src/core/text/json.ts";
import { plainEnvelopes } from "../../openai_responses/request/plain_envelopes.ts";
import { onlyOf } from "../feature.ts";
import { anyOf } from "../pattern.ts";
import type { REASONING } from "../requests/reasoning.ts";
import type { SETTINGS } from "../requests/settings.ts";
import type { Overlay, Overlays } from "./overlay.ts";

const user = { role: "user", content: "Hi" };

/** A conversation in which the assistant thought something already. */
const after = (reasoning: JsonObject) => ({
  input: [
    user,
    { type: "reasoning", summary: [], ...reasoning },
    { role: "assistant", content: "Hello" },
    { role: "user", content: "Well?" },
  ],
});

/** What Weir makes of what Anthropic has signed. */
const envelope = (text: string) =>
  plainEnvelopes.seal(JSON.stringify({ text, seal: onlyOf("anthropic_messages") }), {
    format: "anthropic_messages",
  });

const SUMMARY = [{ type: "summary_text", text: "Hm" }];
const TOOL = { type: "function", name: "now" };

const effort = (word: string): Overlay => ({ words: { reasoning: { effort: word } } });
const asEffort = { "as an effort": { reasoning: { effort: /^(low|medium|high)$/ } } };

export const RESPONSES_REASONING: Overlays<keyof typeof REASONING> = {
  "an effort": effort("high"),
  "an effort, older Claude": effort("low"),
  "an effort that the model has no word for": effort("minimal"),
  "an effort, a Claude that does not reason": effort("high"),
  "an effort that a message sets": {
    near: { "for the whole answer": { reasoning: { effort: "low" } } },
  },
  "a number of tokens to reason with": { near: asEffort },
  "a number of tokens to reason with, newest Claude": { near: asEffort },
  // Who reasons at all does so as much as it wants; it is asked to show it.
  "as much reasoning as the model wants": {
    carried: { reasoning: { effort: null, summary: "auto" } },
  },
  "no reasoning": effort("none"),
  "reasoning that is not shown": { carried: { reasoning: { effort: "high", summary: null } } },
  "reasoning that is not shown, older Claude": {
    near: { "as an effort": { reasoning: { effort: /^(low|medium|high)$/, summary: null } } },
  },
  "an effort where a tool must be called": {
    words: { reasoning: { effort: "high" }, tools: [TOOL], tool_choice: "required" },
  },
  "earlier reasoning, signed by Anthropic": {
    words: after({ encrypted_content: envelope("Hm") }),
  },
  "earlier reasoning, signed by somebody else": {
    words: after({ summary: SUMMARY, encrypted_content: onlyOf("openai_responses") }),
    carried: {
      input: [
        user,
        {
          type: "reasoning",
          summary: SUMMARY,
          encrypted_content: anyOf(onlyOf("openai_responses"), onlyOf("openai_chat")),
        },
        { role: "assistant" },
        { role: "user" },
      ],
    },
    elsewhere: {
      openai_chat: {
        "its text without the signature": {
          messages: [user, { role: "assistant", reasoning_content: "Hm" }, { role: "user" }],
        },
      },
    },
  },
  "earlier reasoning without a signature": { words: after({ summary: SUMMARY }) },
  "earlier reasoning that Anthropic has sealed": {
    words: after({ encrypted_content: envelope("") }),
  },
  "earlier reasoning that somebody else has sealed": {
    words: after({ encrypted_content: onlyOf("openai_responses") }),
    carried: {
      input: [
        user,
        {
          type: "reasoning",
          encrypted_content: anyOf(onlyOf("openai_responses"), onlyOf("openai_chat")),
        },
        { role: "assistant" },
        { role: "user" },
      ],
    },
  },
};

const SCHEMA = { type: "object", properties: { a: { type: "number" } } };
const NAMED_SCHEMA = { type: "json_schema", name: "a", schema: SCHEMA };

const same = (words: JsonObject): Overlay => ({ words });

/** A field that means the same in OpenAI's two APIs, and nothing to anybody else. */
const shared = (name: string): Overlay => ({
  words: { [name]: onlyOf("openai_responses") },
  carried: anyOf(
    { [name]: onlyOf("openai_responses") },
    { [name]: onlyOf("openai_chat") },
  ),
  carriedTo: {
    openai_chat: anyOf(
      { [name]: onlyOf("openai_responses") },
      { [name]: onlyOf("openai_chat") },
    ),
  },
});

export const RESPONSES_SETTINGS: Overlays<keyof typeof SETTINGS> = {
  "bound of the output": { words: { max_output_tokens: 99 } },
  "bound of the output, as of old": { words: { max_output_tokens: 99 } },
  "no bound of the output": { words: {} },
  "`temperature`": same({ temperature: 0.5 }),
  "`temperature`, newest Claude": same({ temperature: 0.5 }),
  "`temperature` beyond 1": same({ temperature: 1.5 }),
  "`temperature` while the model reasons": {
    words: { temperature: 0.5, max_output_tokens: 10_000, reasoning: { effort: "low" } },
    carried: { temperature: 0.5 },
  },
  "`top_p`": same({ top_p: 0.9 }),
  "`temperature` and `top_p`": same({ temperature: 0.5, top_p: 0.9 }),
  "`temperature` and `top_p`, oldest Claude": same({ temperature: 0.5, top_p: 0.9 }),
  "`n` of 1": { near: { "what the API does by itself": { n: null } } },
  "`logprobs`": { words: { include: ["message.output_text.logprobs"] } },
  "`top_logprobs`": {
    words: { include: ["message.output_text.logprobs"], top_logprobs: 3 },
  },
  "answer as text": {
    words: { text: { format: { type: "text" } } },
    near: { "what the API does by itself": { text: null } },
  },
  "answer as JSON": { words: { text: { format: { type: "json_object" } } } },
  "answer by a schema": {
    words: { text: { format: NAMED_SCHEMA } },
    carried: { text: { format: { type: "json_schema", schema: SCHEMA } } },
  },
  "name, description and `strict` of a schema": {
    words: { text: { format: { ...NAMED_SCHEMA, description: "A number", strict: true } } },
  },
  "answer by a schema, oldest Claude": {
    words: { text: { format: NAMED_SCHEMA } },
    carried: { text: { format: { type: "json_schema", schema: SCHEMA } } },
  },
  "end user": { words: { safety_identifier: "ada" } },
  "end user of more than 64 characters": {
    near: { "as a digest": { safety_identifier: /^[0-9a-f]{64}$/ } },
  },
  "end user, as of old": {
    words: { user: "ada" },
    carried: anyOf({ safety_identifier: "ada" }, { user: "ada" }),
  },
  "`metadata`": { carried: { metadata: { team: onlyOf("openai_chat") } } },
  "a stream": { words: { stream: true } },
  "`stream_options`": {
    words: { stream: true, stream_options: { include_obfuscation: false } },
    near: { "Weir itself does as they say": { stream_options: null } },
    elsewhere: { openai_chat: { "Weir itself does as they say": { stream_options: null } } },
  },
  "`service_tier`": shared("service_tier"),
  "`store`": { carried: { store: true } },
  "`verbosity`": {
    words: { text: { verbosity: onlyOf("openai_responses") } },
    carried: anyOf(
      { text: { verbosity: onlyOf("openai_responses") } },
      { text: { verbosity: onlyOf("openai_chat") } },
    ),
    carriedTo: {
      openai_chat: anyOf(
        { verbosity: onlyOf("openai_responses") },
        { verbosity: onlyOf("openai_chat") },
      ),
    },
  },
  "`context_management`": {
    words: { context_management: [{ type: onlyOf("openai_responses") }] },
  },
  "a field that nobody else knows": { words: { hologram: onlyOf("openai_responses") } },
};
