/** Numbers, bounds, forms of the answer, and what else is said once for a request. */

import type { JsonObject, JsonValue } from "../../../../src/core/text/json.ts";
import { type Feature, type Features, onlyOf } from "../feature.ts";
import { NEWEST, OLDER, OLDEST } from "../models.ts";
import { anyOf } from "../pattern.ts";

const SCHEMA = { type: "object", properties: { a: { type: "number" } } };

/** A field that no other format has a word for. */
const ofChat = (name: string, value: JsonValue = onlyOf("openai_chat")): Feature => ({
  words: { openai_chat: { [name]: value } },
});
const ofMessages = (name: string, value: JsonValue = onlyOf("anthropic_messages")): Feature => ({
  words: { anthropic_messages: { [name]: value } },
});

/** The same field with the same value in several formats. */
const same = (fields: JsonObject, model?: string): Feature => ({
  ...(model !== undefined && { model }),
  words: { openai_chat: fields, anthropic_messages: fields },
});

export const SETTINGS = {
  "bound of the output": {
    words: {
      openai_chat: { max_completion_tokens: 99 },
      anthropic_messages: { max_tokens: 99 },
    },
    carried: { openai_chat: anyOf({ max_completion_tokens: 99 }, { max_tokens: 99 }) },
  },
  "bound of the output, as of old": {
    words: { openai_chat: { max_tokens: 99 }, anthropic_messages: { max_tokens: 99 } },
    carried: { openai_chat: anyOf({ max_completion_tokens: 99 }, { max_tokens: 99 }) },
  },
  "no bound of the output": {
    words: { openai_chat: {} },
    approximated: {
      anthropic_messages: { "a default of 16,384, or the model's most": { max_tokens: 16_384 } },
      chatjimmy: { "it has none": { max_tokens: null } },
    },
  },
  "stop sequences": {
    words: {
      openai_chat: { stop: ["END", "STOP"] },
      anthropic_messages: { stop_sequences: ["END", "STOP"] },
    },
  },
  "one stop sequence": {
    words: {
      openai_chat: { stop: "END" },
      anthropic_messages: { stop_sequences: ["END"] },
    },
    carried: { openai_chat: anyOf({ stop: "END" }, { stop: ["END"] }) },
  },
  "stop sequence of nothing but space": {
    words: { openai_chat: { stop: ["\n\n"] } },
  },
  "`temperature`": same({ temperature: 0.5 }),
  "`temperature`, newest Claude": same({ temperature: 0.5 }, NEWEST),
  "`temperature` beyond 1": {
    words: { openai_chat: { temperature: 1.5 } },
    approximated: { anthropic_messages: { "as 1, the most it takes": { temperature: 1 } } },
  },
  "`temperature` while the model reasons": {
    model: OLDER,
    words: {
      openai_chat: { temperature: 0.5, max_tokens: 10_000, reasoning_effort: "low" },
      anthropic_messages: {
        temperature: 0.5,
        max_tokens: 10_000,
        output_config: { effort: "low" },
      },
    },
    carried: { openai_chat: { temperature: 0.5 } },
  },
  "`top_p`": same({ top_p: 0.9 }),
  "`temperature` and `top_p`": {
    ...same({ temperature: 0.5, top_p: 0.9 }),
    approximated: {
      anthropic_messages: { "`temperature` alone": { temperature: 0.5, top_p: null } },
    },
  },
  "`temperature` and `top_p`, oldest Claude": same({ temperature: 0.5, top_p: 0.9 }, OLDEST),
  "`top_k`": {
    words: {
      openai_chat: { top_k: 5 },
      anthropic_messages: { top_k: 5 },
      chatjimmy: { chatOptions: { topK: 5 } },
    },
  },
  "`top_k` beyond 8": {
    words: { openai_chat: { top_k: 40 }, anthropic_messages: { top_k: 40 } },
    approximated: { chatjimmy: { "as 8, the most it takes": { chatOptions: { topK: 8 } } } },
  },
  "`seed`": ofChat("seed", 7),
  "`n` of 2": ofChat("n", 2),
  "`n` of 1": {
    words: { openai_chat: { n: 1 } },
    approximated: {
      anthropic_messages: { "what the API does by itself": { n: null } },
      chatjimmy: { "what the API does by itself": { n: null } },
    },
  },
  "`logprobs`": ofChat("logprobs", true),
  "`top_logprobs`": {
    words: { openai_chat: { logprobs: true, top_logprobs: 3 } },
  },
  "`frequency_penalty`": ofChat("frequency_penalty", 0.5),
  "`presence_penalty`": ofChat("presence_penalty", 0.5),
  "`logit_bias`": ofChat("logit_bias", { [onlyOf("openai_chat")]: 5 }),
  "answer as text": {
    words: { openai_chat: { response_format: { type: "text" } } },
    approximated: {
      openai_chat: { "what the API does by itself": { response_format: null } },
      anthropic_messages: { "what the API does by itself": { output_config: null } },
      chatjimmy: { "what the API does by itself": { response_format: null } },
    },
  },
  "answer as JSON": {
    words: { openai_chat: { response_format: { type: "json_object" } } },
    approximated: {
      anthropic_messages: { "asked for in the system prompt": { system: /JSON object/ } },
    },
  },
  "answer by a schema": {
    words: {
      openai_chat: {
        response_format: { type: "json_schema", json_schema: { name: "a", schema: SCHEMA } },
      },
      anthropic_messages: { output_config: { format: { type: "json_schema", schema: SCHEMA } } },
    },
    carried: {
      openai_chat: { response_format: { type: "json_schema", json_schema: { schema: SCHEMA } } },
    },
  },
  "name, description and `strict` of a schema": {
    words: {
      openai_chat: {
        response_format: {
          type: "json_schema",
          json_schema: { name: "a", description: "A number", strict: true, schema: SCHEMA },
        },
      },
    },
    approximated: {
      anthropic_messages: {
        "the schema alone, which is always strict": {
          output_config: { format: { type: "json_schema", schema: SCHEMA } },
        },
      },
    },
  },
  "answer by a schema, oldest Claude": {
    model: OLDEST,
    words: {
      openai_chat: {
        response_format: { type: "json_schema", json_schema: { name: "a", schema: SCHEMA } },
      },
      anthropic_messages: { output_config: { format: { type: "json_schema", schema: SCHEMA } } },
    },
    carried: {
      openai_chat: { response_format: { type: "json_schema", json_schema: { schema: SCHEMA } } },
    },
    approximated: {
      anthropic_messages: { "asked for in the system prompt": { system: /follow this schema/ } },
    },
  },
  "end user": {
    words: {
      openai_chat: { safety_identifier: "ada" },
      anthropic_messages: { metadata: { user_id: "ada" } },
    },
    carried: { openai_chat: anyOf({ safety_identifier: "ada" }, { user: "ada" }) },
    approximated: {
      openai_chat: { "as a hash": { safety_identifier: /^(?!ada$)[0-9a-z_-]{8,}/ } },
    },
  },
  "end user of more than 64 characters": {
    words: {
      anthropic_messages: { metadata: { user_id: JSON.stringify({ device: "0".repeat(64) }) } },
    },
    approximated: {
      openai_chat: {
        "as a digest": anyOf({ safety_identifier: /^[0-9a-f]{64}$/ }, { user: /^[0-9a-f]{64}$/ }),
      },
    },
  },
  "end user, as of old": {
    words: { openai_chat: { user: "ada" } },
    carried: {
      openai_chat: anyOf({ safety_identifier: "ada" }, { user: "ada" }),
      anthropic_messages: { metadata: { user_id: "ada" } },
    },
  },
  "`metadata`": {
    words: {
      openai_chat: { metadata: { team: onlyOf("openai_chat") } },
      anthropic_messages: { metadata: { team: onlyOf("anthropic_messages") } },
    },
  },
  "a stream": {
    words: { openai_chat: { stream: true }, anthropic_messages: { stream: true } },
    approximated: { chatjimmy: { "it always streams": { stream: null } } },
  },
  "`stream_options`": {
    words: { openai_chat: { stream: true, stream_options: { include_usage: true } } },
    approximated: {
      anthropic_messages: { "Weir itself does as they say": { stream_options: null } },
      chatjimmy: { "Weir itself does as they say": { stream_options: null } },
    },
  },
  "`service_tier`": {
    words: {
      openai_chat: { service_tier: onlyOf("openai_chat") },
      anthropic_messages: { service_tier: onlyOf("anthropic_messages") },
    },
  },
  "`store`": ofChat("store", true),
  "`verbosity`": ofChat("verbosity"),
  "`prediction`": ofChat("prediction", { type: "content", content: onlyOf("openai_chat") }),
  "`modalities`": ofChat("modalities", ["text", "audio"]),
  "OpenRouter's `provider`, `models`, `plugins`": ofChat("provider", {
    order: [onlyOf("openai_chat")],
  }),
  "`context_management`": ofMessages("context_management", {
    edits: [{ type: onlyOf("anthropic_messages") }],
  }),
  "`container`": ofMessages("container"),
  "`speed`": ofMessages("speed"),
  "`task_budget` of `output_config`": {
    words: {
      anthropic_messages: {
        output_config: { task_budget: { type: onlyOf("anthropic_messages") } },
      },
    },
  },
  "a field that nobody else knows": {
    words: {
      openai_chat: { hologram: onlyOf("openai_chat") },
      anthropic_messages: { hologram: onlyOf("anthropic_messages") },
    },
  },
} satisfies Features;
