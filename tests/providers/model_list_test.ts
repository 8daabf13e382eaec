import { assertEquals, assertThrows } from "@std/assert";
import { GatewayError } from "../../src/core/gateway_error.ts";
import type { JsonObject, JsonValue } from "../../src/core/text/json.ts";
import type { ModelFacts } from "../../src/core/provider/model_facts.ts";
import type { ListedModel } from "../../src/core/provider/provider.ts";
import { decodeModelList } from "../../src/providers/models/model_list.ts";
import { providerOf } from "./providers_of.ts";

/** An entry as OpenRouter has it. */
const FULL: JsonObject = {
  id: "maker/model:free",
  canonical_slug: "maker/model-2025",
  hugging_face_id: "",
  name: "Maker: Model",
  created: 1_747_930_371.9,
  description: "It reads.",
  context_length: 200_000,
  architecture: { modality: "text->text", input_modalities: ["text"], tokenizer: "Other" },
  pricing: {
    prompt: "0.0000025",
    completion: "0.00001",
    web_search: "0",
    image: "-1",
    discount: 0.5,
    overrides: [{ min_prompt_tokens: 1_000, utc_start: "08:00", prompt: "0.1", completion: "-1" }],
  },
  top_provider: { context_length: 131_072, max_completion_tokens: 8_192, is_moderated: true },
  per_request_limits: null,
  supported_parameters: ["max_tokens", "temperature"],
  links: { details: "/api/v1/models/maker/model-2025/endpoints" },
  benchmarks: { a: 1 },
};

function only(entry: JsonObject): ListedModel {
  const [model] = decodeModelList({ data: [entry] }, "upstream");
  if (model === undefined) throw new Error("The entry was skipped");
  return model;
}

Deno.test("decodeModelList() keeps what OpenRouter tells of a model, and leaves its own addresses out", () => {
  assertEquals(only(FULL), {
    id: "maker/model:free",
    object: "model",
    name: "Maker: Model",
    created: 1_747_930_371,
    owned_by: "upstream",
    description: "It reads.",
    facts: {
      contextTokens: 200_000,
      maxOutputTokens: 8_192,
      tools: false,
      vision: false,
      thinking: false,
    },
    pricing: {
      prompt: "0.0000025",
      completion: "0.00001",
      web_search: "0",
      discount: 0.5,
      overrides: [{ min_prompt_tokens: 1_000, utc_start: "08:00", prompt: "0.1" }],
    },
    supported_parameters: ["max_tokens", "temperature"],
    is_moderated: true,
    more: {
      canonical_slug: "maker/model-2025",
      hugging_face_id: "",
      architecture: { modality: "text->text", input_modalities: ["text"], tokenizer: "Other" },
      top_provider: { context_length: 131_072, max_completion_tokens: 8_192, is_moderated: true },
      per_request_limits: null,
    },
  });
});

Deno.test("decodeModelList() invents nothing that a list does not tell", () => {
  const unknown = {
    object: "model" as const,
    created: 0,
    owned_by: "upstream",
    description: null,
    facts: {},
    pricing: { prompt: null, completion: null },
    supported_parameters: null,
    is_moderated: null,
    more: {},
  };
  assertEquals(only({ id: "a" }), { id: "a", name: "a", ...unknown });
  const odd = {
    id: "b",
    name: 7,
    created: "now",
    owned_by: "",
    description: ["x"],
    context_length: -1,
    pricing: { prompt: 3, completion: "free", input: 0.2 },
    supported_parameters: "all",
    permission: [{ path: "/srv" }],
  };
  assertEquals(only(odd), { id: "b", name: "b", ...unknown });
});

Deno.test("decodeModelList() takes -1 for a price that is not known", () => {
  for (const price of ["-1", "-1.0", "-0.5"]) {
    assertEquals(
      only({ id: "a", pricing: { prompt: price, completion: price, request: price } }).pricing,
      { prompt: null, completion: null },
    );
  }
});

Deno.test("decodeModelList() reads the same fields where they stand beside the id", () => {
  const { is_moderated, facts } = only({
    id: "a",
    is_moderated: false,
    max_completion_tokens: 64,
    top_provider: { max_completion_tokens: null },
  });
  assertEquals([is_moderated, facts.maxOutputTokens], [false, 64]);
});

Deno.test("decodeModelList() skips what has no id and keeps ten thousand at the most", () => {
  const entries = [null, 7, "", {}, { id: "" }, { id: 7 }, { name: "" }, { id: "a" }];
  assertEquals(decodeModelList({ data: entries }, "u").map(({ id }) => id), ["a"]);
  const many = Array.from({ length: 10_001 }, (_, index) => ({ id: `m${index}` }));
  assertEquals(decodeModelList({ data: many }, "u").length, 10_000);
});

Deno.test("decodeModelList() reads a list that stands elsewhere, and ids under other names", () => {
  const idsIn = (body: JsonValue) => decodeModelList(body, "u").map(({ id }) => id);
  assertEquals(idsIn([{ id: "a", object: "model" }, { id: "b" }]), ["a", "b"]);
  assertEquals(idsIn({ models: [{ name: "llama3:latest", model: "llama3:latest" }] }), [
    "llama3:latest",
  ]);
  assertEquals(idsIn({ data: null, models: [{ id: "a", name: "The A" }, "b"] }), ["a", "b"]);
  assertEquals(idsIn(["a", "b"]), ["a", "b"]);
  for (const body of [null, "a", {}, { data: {} }, { models: "a" }, { error: { message: "x" } }]) {
    const error = assertThrows(() => decodeModelList(body, "u"), GatewayError);
    assertEquals(error.code, "upstream_invalid_response");
  }
});

Deno.test("OpenRouter's links are kept, since they lead through the gateway", () => {
  const provider = providerOf({ OPENROUTER_API_KEY: "k" });
  const [model] = provider.decodeModels({ data: [FULL] });
  assertEquals(model?.more.links, FULL.links);
});

/** An entry of each kind of list, and what it tells. */
const TOLD: readonly (readonly [string, JsonObject, ModelFacts])[] = [
  ["vLLM", { max_model_len: 32_768 }, { contextTokens: 32_768 }],
  ["Groq", { context_window: 131_072, max_completion_tokens: 32_768 }, {
    contextTokens: 131_072,
    maxOutputTokens: 32_768,
  }],
  ["Mistral", {
    max_context_length: 32_768,
    capabilities: { completion_chat: true, function_calling: true, vision: false },
  }, { contextTokens: 32_768, tools: true, vision: false }],
  ["Venice", {
    type: "text",
    model_spec: {
      availableContextTokens: 65_536,
      maxCompletionTokens: 4_096,
      capabilities: {
        supportsFunctionCalling: true,
        supportsVision: false,
        supportsReasoning: true,
      },
    },
  }, {
    contextTokens: 65_536,
    maxOutputTokens: 4_096,
    tools: true,
    vision: false,
    thinking: true,
  }],
  ["Venice's embeddings", { type: "embedding", context_length: 8_192 }, {
    contextTokens: 8_192,
    embedding: true,
  }],
  ["Anthropic", {
    max_input_tokens: 200_000,
    capabilities: { image_input: { supported: true }, thinking: { supported: true, types: {} } },
  }, { contextTokens: 200_000, vision: true, thinking: true }],
  ["LM Studio", { type: "vlm", max_context_length: 4_096, capabilities: ["tool_use"] }, {
    contextTokens: 4_096,
    vision: true,
    tools: true,
  }],
  ["Ollama, whose lists are whole", { capabilities: ["completion", "tools"] }, {
    tools: true,
    vision: false,
    thinking: false,
    embedding: false,
  }],
  ["llama.cpp", { meta: { n_ctx_train: 8_192 } }, { contextTokens: 8_192 }],
  ["OpenRouter", {
    supported_parameters: ["tools", "reasoning"],
    architecture: { input_modalities: ["text", "image"], output_modalities: ["text"] },
  }, { tools: true, thinking: true, vision: true, embedding: false }],
  ["odd values", {
    context_length: "many",
    max_model_len: 1.5,
    capabilities: [1, "constructor"],
    tools: "yes",
    architecture: [],
    model_spec: null,
  }, {}],
];

Deno.test("decodeModelList() reads what models can do in the words of every list", () => {
  for (const [who, entry, facts] of TOLD) {
    assertEquals(only({ id: "a", ...entry }).facts, facts, who);
  }
});
