/** What Ollama alone has words for, or says in a way of its own. */

import type { JsonObject } from "../../../../src/core/text/json.ts";
import { type Feature, type Features, onlyOf } from "../feature.ts";

const ONLY = onlyOf("ollama");
/** How the base64 of every PNG begins. */
const PNG = "iVBORw0KGgo=";
const PNG_URL = `data:image/png;base64,${PNG}`;

const ofOllama = (words: JsonObject): Feature => ({ words: { ollama: words } });
const pictured = (image: string): JsonObject => ({
  messages: [{ role: "user", content: "", images: [image] }],
});

export const OLLAMA_OWN = {
  "image whose type its first bytes tell": {
    ...ofOllama(pictured(PNG)),
    carried: {
      openai_chat: {
        messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: PNG_URL } }] }],
      },
      openai_responses: {
        input: [{ role: "user", content: [{ type: "input_image", image_url: PNG_URL }] }],
      },
      gemini: {
        contents: [{ parts: [{ inlineData: { mimeType: "image/png", data: PNG } }] }],
      },
      anthropic_messages: {
        messages: [{
          role: "user",
          content: [{
            type: "image",
            source: { type: "base64", media_type: "image/png", data: PNG },
          }],
        }],
      },
    },
  },
  "image of a type that nobody knows": ofOllama(pictured("AA==")),
  "result that names the tool alone": {
    ...ofOllama({
      messages: [
        { role: "user", content: "Hi" },
        { role: "assistant", content: "", tool_calls: [{ function: { name: "get" } }] },
        { role: "tool", tool_name: "get", content: "seen" },
      ],
    }),
    carried: {
      openai_chat: {
        messages: [
          { role: "user" },
          { role: "assistant", tool_calls: [{ id: "call_0", function: { name: "get" } }] },
          { role: "tool", tool_call_id: "call_0", content: "seen" },
        ],
      },
      openai_responses: {
        input: [
          { role: "user" },
          { type: "function_call", call_id: "call_0", name: "get" },
          { type: "function_call_output", call_id: "call_0", output: "seen" },
        ],
      },
      gemini: {
        contents: [
          { role: "user" },
          { role: "model", parts: [{ functionCall: { id: "call_0", name: "get" } }] },
          { parts: [{ functionResponse: { id: "call_0", name: "get" } }] },
        ],
      },
      anthropic_messages: {
        messages: [
          { role: "user" },
          { role: "assistant", content: [{ type: "tool_use", id: "call_0", name: "get" }] },
          {
            role: "user",
            content: [{ type: "tool_result", tool_use_id: "call_0", content: "seen" }],
          },
        ],
      },
    },
  },
  "field of a call that nobody else knows": ofOllama({
    messages: [
      { role: "user", content: "Hi" },
      {
        role: "assistant",
        content: "",
        tool_calls: [{ function: { name: "get", arguments: {}, hologram: ONLY } }],
      },
      { role: "tool", tool_name: "get", content: "seen" },
    ],
  }),
  "an effort, a model that takes such words": {
    model: "gpt-oss:20b",
    words: { openai_chat: { reasoning_effort: "high" }, ollama: { think: "high" } },
    carried: {
      gemini: { generationConfig: { thinkingConfig: { thinkingLevel: "high" } } },
      bedrock_converse: {
        additionalModelRequestFields: { reasoningConfig: { maxReasoningEffort: "high" } },
      },
      openai_responses: { reasoning: { effort: "high" } },
    },
    approximated: {
      anthropic_messages: { "as a number of tokens": { thinking: { type: "enabled" } } },
    },
  },
  "`detail` of an image inline": {
    words: {
      openai_chat: {
        messages: [{
          role: "user",
          content: [{ type: "image_url", image_url: { url: PNG_URL, detail: "low" } }],
        }],
      },
    },
    carried: {
      openai_responses: {
        input: [{
          role: "user",
          content: [{ type: "input_image", image_url: PNG_URL, detail: "low" }],
        }],
      },
    },
  },
  "`keep_alive`": {
    words: { openai_chat: { keep_alive: "5m" }, ollama: { keep_alive: "5m" } },
  },
  "`num_ctx`": {
    words: {
      openai_chat: { options: { num_ctx: 8_192 } },
      ollama: { options: { num_ctx: 8_192 } },
    },
  },
  "an option that nobody else knows": ofOllama({ options: { hologram: ONLY } }),
} satisfies Features;

/** Answers. */
export const OLLAMA_OWN_ANSWERS = {
  "image whose type its first bytes tell": {
    ...ofOllama({ message: { content: "Here", images: [PNG] } }),
    carried: {
      openai_chat: {
        choices: [{
          message: { content: "Here", images: [{ image_url: { url: PNG_URL } }] },
        }],
      },
      openai_responses: {
        output: [{ type: "message" }, { type: "image_generation_call", result: PNG }],
      },
    },
  },
  "image of a type that nobody knows": {
    ...ofOllama({ message: { content: "Here", images: ["AA=="] } }),
    carried: {
      openai_responses: {
        output: [{ type: "message" }, { type: "image_generation_call", result: "AA==" }],
      },
    },
    approximated: {
      openai_chat: {
        "as bytes of no type": {
          choices: [{
            message: {
              images: [{ image_url: { url: "data:application/octet-stream;base64,AA==" } }],
            },
          }],
        },
      },
    },
  },
  "end: a model is loaded": {
    ...ofOllama({ message: { content: "" }, done_reason: "load" }),
    approximated: {
      openai_chat: { "`stop`": { choices: [{ finish_reason: "stop" }] } },
      openai_responses: { "`completed`": { status: "completed" } },
      anthropic_messages: { "`end_turn`": { stop_reason: "end_turn" } },
    },
  },
  "arguments as a text": {
    ...ofOllama({
      message: {
        content: "",
        tool_calls: [{ id: "call_1", function: { name: "get", arguments: `{"a":1}` } }],
      },
    }),
    carried: {
      openai_chat: {
        choices: [{ message: { tool_calls: [{ function: { arguments: `{"a":1}` } }] } }],
      },
      openai_responses: { output: [{ type: "function_call", arguments: `{"a":1}` }] },
      anthropic_messages: { content: [{ type: "tool_use", input: { a: 1 } }] },
    },
  },
} satisfies Features;
