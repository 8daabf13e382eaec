/**
 * The providers that are known by name, in the order in which they are asked. A new one goes last: its key,
 * which a shell may hold for other programs, must not take over a default that stands.
 *
 * @module
 */

import type { Preset } from "./preset.ts";

/** Fields of OpenAI's own that those refuse who refuse what they do not know. */
const OF_OPENAI_ALONE = [
  "audio",
  "function_call",
  "functions",
  "metadata",
  "modalities",
  "moderation",
  "prompt_cache_key",
  "prompt_cache_options",
  "prompt_cache_retention",
  "safety_identifier",
  "service_tier",
  "store",
  "user",
  "verbosity",
  "web_search_options",
];

/** What an earlier answer was thought with, which those do not take back. */
const REASONING_BACK = ["messages[].reasoning_content", "messages[].reasoning_details"];

export const PRESETS = {
  mistral: {
    title: "Mistral",
    baseUrl: "https://api.mistral.ai/v1",
    others: ["embeddings"],
    rules: {
      drop: [
        ...OF_OPENAI_ALONE,
        ...REASONING_BACK,
        "logit_bias",
        "logprobs",
        "top_logprobs",
        "stream_options",
      ],
      rename: { seed: "random_seed", max_completion_tokens: "max_tokens" },
    },
    quirks: ["developer_is_system", "nine_character_call_ids", "marked_prefix"],
    acceptsStreamUsage: false,
  },
  groq: {
    title: "Groq",
    baseUrl: "https://api.groq.com/openai/v1",
    formats: ["chat", "responses"],
    others: [],
    rules: {
      drop: [...REASONING_BACK, "logprobs", "top_logprobs", "logit_bias", "messages[].name"],
    },
    notes: ["More than one choice (`n`) is refused."],
  },
  deepseek: {
    title: "DeepSeek",
    baseUrl: "https://api.deepseek.com",
    messagesPath: "/anthropic/v1",
    formats: ["chat", "messages"],
    others: [],
    quirks: ["developer_is_system", "reasoning_with_calls"],
    notes: ["It thinks unless a request says otherwise (`thinking`), and ignores sampling then."],
  },
  xai: {
    title: "xAI",
    baseUrl: "https://api.x.ai/v1",
    formats: ["chat", "responses"],
    rules: {
      drop: ["presence_penalty", "frequency_penalty", "stop"].map((field) => ({
        field,
        models: /^grok-(3-mini|[4-9]|code)(?!.*non-reasoning)/,
      })),
    },
  },
  together: {
    title: "Together",
    baseUrl: "https://api.together.xyz/v1",
  },
  fireworks: {
    title: "Fireworks",
    baseUrl: "https://api.fireworks.ai/inference/v1",
    notes: ["Its models are named `accounts/fireworks/models/x`."],
  },
  cerebras: {
    title: "Cerebras",
    baseUrl: "https://api.cerebras.ai/v1",
    others: ["completions"],
    rules: {
      drop: [...OF_OPENAI_ALONE.filter((field) => field !== "user"), ...REASONING_BACK],
    },
  },
  cohere: {
    title: "Cohere",
    baseUrl: "https://api.cohere.ai/compatibility/v1",
    others: ["embeddings"],
    list: "//v1/models",
    rules: { drop: ["parallel_tool_calls", "logit_bias", { field: "n", value: 1 }] },
    quirks: ["developer_is_system"],
    notes: ["More than one choice (`n`) is refused."],
  },
  perplexity: {
    title: "Perplexity",
    baseUrl: "https://api.perplexity.ai/v1",
    formats: ["responses"],
    others: [],
    list: "none",
    notes: ["It has no list of models: ask for `perplexity/MODEL`, or name an alias."],
  },
  moonshot: {
    title: "Moonshot",
    baseUrl: "https://api.moonshot.ai/v1",
    messagesPath: "/anthropic/v1",
    formats: ["chat", "messages"],
    others: [],
    quirks: ["reasoning_with_calls"],
  },
  zai: {
    title: "Z.ai",
    baseUrl: "https://api.z.ai/api/paas/v4",
    messagesPath: "/api/anthropic/v1",
    formats: ["chat", "messages"],
    others: ["embeddings"],
    rules: { rename: { max_completion_tokens: "max_tokens" } },
    quirks: ["free_tool_choice", "asks_to_stream_calls"],
    notes: ["The coding plan's address is `https://api.z.ai/api/coding/paas/v4`."],
  },
  huggingface: {
    title: "Hugging Face",
    baseUrl: "https://router.huggingface.co/v1",
    others: [],
    routingSuffixes: [":fastest", ":cheapest", ":preferred"],
    notes: ["`:fastest` or a provider's name behind a model's chooses who serves it."],
  },
  vllm: {
    title: "vLLM",
    formats: ["chat", "responses", "messages"],
  },
  llamacpp: {
    title: "llama.cpp",
    formats: ["chat", "messages"],
  },
  lmstudio: {
    title: "LM Studio",
    formats: ["chat", "responses", "messages"],
  },
  llamaswap: {
    title: "llama-swap",
    formats: ["chat", "messages"],
  },
  litellm: {
    title: "LiteLLM",
    formats: ["chat", "responses", "messages"],
  },
  weir: {
    title: "another Weir",
    formats: ["chat", "responses", "messages"],
  },
} satisfies Readonly<Record<string, Preset>>;
